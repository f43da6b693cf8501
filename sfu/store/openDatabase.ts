import type { Database } from './database.ts';
import type { Settings } from './lanes.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

/**
 * Opens the database that the configuration names, and brings its tables up to date if it is to write.
 *
 * @param lost is told of connections that broke while nothing was asked.
 * @throws {StartError} in words for operators.
 */
export function openDatabase(
	{ dir, databaseUrl, lane }: Settings,
	lost: (error: Error) => void,
): Promise<Database> {
	return databaseUrl ? openPostgres(databaseUrl, lost) : openSqlite(dir, lane);
}
