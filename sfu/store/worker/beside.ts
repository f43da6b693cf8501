import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../../platform/config.ts';
import { StartError } from '../../platform/startError.ts';
import type { Database } from '../database/database.ts';
import { schemaVersion } from '../database/migrate.ts';
import { connectPostgres } from '../database/postgres.ts';
import { connectSqlite, sqliteFile } from '../database/sqlite.ts';

/**
 * Opens the database beside a running service, which is its owner: for a command that changes a row or two in one
 * transaction and ends. It makes no tables and does not update the owner's caches.
 *
 * @throws {StartError} if there is no database, or its tables are not those of this program.
 */
export async function openForCommand({ dir, databaseUrl }: Config['data']): Promise<Database> {
	if (!databaseUrl && !existsSync(sqliteFile(dir)))
		throw new StartError(
			`data.dir: there is no database in ${resolve(dir)}. Start the service once.`,
		);
	const database = databaseUrl
		? connectPostgres(databaseUrl, () => undefined)
		: connectSqlite(sqliteFile(dir), 'write');
	try {
		const { found, known } = await schemaVersion(database.db);
		if (found === known) return database;
		throw new StartError(
			`The tables of the database have version ${found}, and this program knows ${known}. Start the service of this version once.`,
		);
	} catch (error) {
		await database.close().catch(() => undefined);
		if (error instanceof StartError) throw error;
		const reason = error instanceof Error ? error.message : String(error);
		throw new StartError(`The database cannot be used: ${reason}.`);
	}
}
