import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { carefulPool } from './postgresConnection.ts';
import type { Tables } from './tables.ts';
import { unusableDatabase } from './unusableDatabase.ts';

/** In ms. A request fails after this time instead of waiting for a server that is away. */
const connectionTimeout = 4_000;
const statementTimeout = 5_000;
/** For a server that does not answer at all. A server that works ends a statement sooner. */
const answerTimeout = 6_000;
const connections = 8;

/** PostgreSQL's type of `bigint`: counts and times, all of which fit a number. */
const int8 = 20;

const types: pg.CustomTypesConfig = {
	getTypeParser: (id, format) =>
		id === int8 ? (text: string) => Number(text) : pg.types.getTypeParser(id, format),
};

/**
 * @param lost is called for connections that broke while idle; the next query makes a new one.
 * @throws {StartError} naming `data.databaseUrl` if it cannot be used.
 */
export async function openPostgres(url: string, lost: (error: Error) => void): Promise<Database> {
	const database = connectPostgres(url, lost);
	try {
		await migrate(database.db, database.kind);
		return database;
	} catch (error) {
		await database.close().catch(() => undefined);
		throw unusableDatabase(url, error);
	}
}

/** Connects without checking the tables. */
export function connectPostgres(url: string, lost: (error: Error) => void): Database {
	const pool = new pg.Pool({
		connectionString: url,
		types,
		max: connections,
		connectionTimeoutMillis: connectionTimeout,
		statement_timeout: statementTimeout,
		query_timeout: answerTimeout,
		idle_in_transaction_session_timeout: statementTimeout,
		keepAlive: true,
		application_name: 'parley',
	});
	pool.on('error', lost);
	return new Database(
		new Kysely<Tables>({ dialect: new PostgresDialect({ pool: carefulPool(pool) }) }),
		'postgres',
	);
}
