import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { StartError } from '../startError.ts';
import type { Database } from './database.ts';
import { schemaVersion } from './migrate.ts';
import { connectPostgres } from './postgres.ts';
import { connectSqlite, sqliteFile } from './sqlite.ts';

/**
 * Opens the database beside a service that may be running, which is its owner: for a command that changes a row or two in
 * one transaction and ends. It makes no tables, and takes no part in what the owner keeps at hand.
 *
 * @throws {StartError} where there is no database, or its tables are not those of this program.
 */
export async function openBeside({ dir, databaseUrl }: Config['data']): Promise<Database> {
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
