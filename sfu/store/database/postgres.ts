import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { StartError } from '../../platform/startError.ts';
import { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { carefulPool } from './postgresConnection.ts';
import type { Tables } from './tables.ts';

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

/** Messages for operators by the error code of the server or the network. */
const reasons: Record<string, string> = {
	ECONNREFUSED: 'no PostgreSQL listens there',
	ENOTFOUND: 'there is no such host',
	EAI_AGAIN: 'the name of the host cannot be looked up',
	ETIMEDOUT: 'it does not answer',
	EHOSTUNREACH: 'it cannot be reached',
	'28P01': 'the password is wrong',
	'28000': 'this user may not connect',
	'3D000': 'there is no such database',
	'42501': 'this user may not make tables there',
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

/** A StartError for the operator; an existing StartError stays as it is. */
export function unusableDatabase(url: string, error: unknown): StartError {
	if (error instanceof StartError) return error;
	return new StartError(`data.databaseUrl: ${placeOf(url)} cannot be used: ${reasonOf(error)}.`);
}

/** The address without user and password. */
export function placeOf(url: string): string {
	const { host, pathname } = new URL(url);
	return `the PostgreSQL database ${pathname.slice(1) || '(none named)'} at ${host || 'this machine'}`;
}

function reasonOf(error: unknown): string {
	if (error instanceof AggregateError) return reasonOf(error.errors[0]);
	if (!(error instanceof Error)) return String(error);
	const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
	return reasons[code] ?? error.message;
}
