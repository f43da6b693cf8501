import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import type { Config } from '../../platform/config.ts';
import { connectPostgres } from '../database/postgres.ts';
import { sqliteFile } from '../database/sqlite.ts';
import { unusableDatabase } from '../database/unusableDatabase.ts';
import { openForCommand } from './beside.ts';

export type DatabaseCondition = {
	/** Such as "PostgreSQL 17.2". */
	name: string;
	/** Whether its tables are made: not before the first start. */
	made: boolean;
	/** By how many ms the database's clock is ahead of ours; null where it has none of its own. */
	clockAhead: number | null;
};

/**
 * How the database is, beside a running service, which is not disturbed.
 *
 * @throws {StartError} if it cannot be used, or its tables are not those of this program.
 */
export async function conditionOf(data: Config['data']): Promise<DatabaseCondition> {
	const name = `SQLite ${process.versions['sqlite'] ?? ''}`.trim();
	const condition = data.databaseUrl
		? await conditionOfPostgres(data.databaseUrl)
		: { name, made: existsSync(sqliteFile(data.dir)), clockAhead: null };
	if (condition.made) await (await openForCommand(data)).close();
	return condition;
}

async function conditionOfPostgres(url: string): Promise<DatabaseCondition> {
	const database = connectPostgres(url, () => undefined);
	const before = Date.now();
	try {
		const { rows } = await sql<{ version: string; now: number; made: boolean }>`
			select current_setting('server_version') as version,
				to_regclass('schema_version') is not null as made,
				(extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(database.db);
		const [found] = rows;
		if (!found) throw new Error('it answered nothing');
		const { version, made, now } = found;
		const clockAhead = now - (before + Date.now()) / 2;
		return { name: `PostgreSQL ${version}`, made, clockAhead };
	} catch (error) {
		throw unusableDatabase(url, error);
	} finally {
		await database.close();
	}
}
