import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import {
	CompiledQuery,
	Kysely,
	SqliteAdapter,
	SqliteDriver,
	SqliteIntrospector,
	SqliteQueryCompiler,
	type DatabaseConnection,
	type Dialect,
	type TransactionSettings,
} from 'kysely';
import { StartError } from '../../platform/startError.ts';
import { Database } from './database.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

/** How long to wait for another process's lock on the file, in ms. */
const busyTimeout = 5_000;
/** Prepared statements that are kept: all that the service uses, and spare ones for lists of other lengths. */
const statements = 500;

/** SQLite's primary result codes that mean that the file cannot be used. */
const unusable: Record<number, string> = {
	8: 'it cannot be written to',
	11: 'it is damaged: restore a backup',
	14: 'it cannot be opened',
	26: 'it is no database',
};

export const sqliteFile = (dir: string): string => join(dir, 'parley.sqlite');

/**
 * Opens `<dir>/parley.sqlite` in this thread. Each query blocks the thread until it is done, and a write until its
 * commit is on the disk: only the store's own threads may call this.
 *
 * @param mode `read` opens a database that a writer has opened before, and writes nothing.
 * @throws {StartError} naming `data.dir` if it cannot be used.
 */
export async function openSqlite(dir: string, mode: 'write' | 'read' = 'write'): Promise<Database> {
	const file = sqliteFile(dir);
	try {
		mkdirSync(dir, { recursive: true });
		// SQLite gives its companion files the permissions of the first one.
		closeSync(openSync(file, 'a', 0o600));
		chmodSync(file, 0o600);
		const database = connectSqlite(file, mode);
		try {
			if (mode === 'write') await migrate(database.db, database.kind);
		} catch (error) {
			await database.close();
			throw error;
		}
		return database;
	} catch (error) {
		if (error instanceof StartError) throw error;
		throw new StartError(`data.dir: ${resolve(file)} cannot be used: ${reasonOf(error)}.`);
	}
}

/** Opens an existing database without checking its tables. */
export function connectSqlite(file: string, mode: 'write' | 'read'): Database {
	return new Database(new Kysely<Tables>({ dialect: dialect(open(file, mode)) }), 'sqlite');
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
	if (code === 5 || code === 6) return 'another program keeps it locked';
	return unusable[code] ?? error.message;
}

function open(file: string, mode: 'write' | 'read'): DatabaseSync {
	const opened = new DatabaseSync(file, { timeout: busyTimeout });
	try {
		// FULL: a commit is on the disk before it is acknowledged, also in WAL mode.
		opened.exec(`
			pragma journal_mode = wal;
			pragma synchronous = full;
			pragma foreign_keys = on;
			pragma secure_delete = on;
			pragma temp_store = memory;
			pragma cache_size = -16000;
		`);
		if (mode === 'read') opened.exec('pragma query_only = on');
		return opened;
	} catch (error) {
		opened.close();
		throw error;
	}
}

/** Kysely's own dialect for SQLite, over Node's built-in driver. */
function dialect(opened: DatabaseSync): Dialect {
	return {
		createAdapter: () => new SqliteAdapter(),
		createDriver: () => new Driver(opened),
		createIntrospector: (db) => new SqliteIntrospector(db),
		createQueryCompiler: () => new SqliteQueryCompiler(),
	};
}

class Driver extends SqliteDriver {
	readonly #opened: DatabaseSync;

	constructor(opened: DatabaseSync) {
		const cache = new StatementCache(opened);
		const log = new DeletionLog(opened);
		super({
			database: {
				close: () => {
					log.close();
					cache.clear();
					opened.close();
				},
				prepare: (sql) => {
					if (sql.startsWith('delete')) log.deleted();
					return cache.take(sql);
				},
			},
		});
		this.#opened = opened;
	}

	/**
	 * A writing transaction takes the lock at its beginning. One that began by reading could not get it any more once
	 * another process has written.
	 */
	override async beginTransaction(
		connection: DatabaseConnection,
		settings?: TransactionSettings,
	): Promise<void> {
		// After a failed rollback the next transaction must not fail because of it.
		await this.rollbackTransaction(connection);
		const reads = settings?.accessMode === 'read only';
		await connection.executeQuery(CompiledQuery.raw(reads ? 'begin' : 'begin immediate'));
	}

	/** SQLite has already rolled back by itself after some failures, such as a full disk. */
	override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		if (this.#opened.isTransaction) await super.rollbackTransaction(connection);
	}
}

/** How soon after a deletion the log is emptied, and how soon to try again if a reader prevented it, in ms. */
const emptyAfter = 1_000;
const emptyAgain = 5_000;

/**
 * The write-ahead log holds deleted text until it is emptied. It is emptied shortly after a deletion, and not while
 * other requests wait for their commit.
 */
class DeletionLog {
	readonly #opened: DatabaseSync;
	#timer: NodeJS.Timeout | null = null;

	constructor(opened: DatabaseSync) {
		this.#opened = opened;
	}

	deleted(): void {
		this.#timer ??= setTimeout(() => this.#empty(), emptyAfter).unref();
	}

	close(): void {
		if (this.#timer) clearTimeout(this.#timer);
	}

	#empty(): void {
		const again = (wait: number) => (this.#timer = setTimeout(() => this.#empty(), wait).unref());
		if (this.#opened.isTransaction) return void again(20);
		this.#timer = null;
		try {
			this.#opened.exec('pragma busy_timeout = 50');
			if (this.#opened.prepare('pragma wal_checkpoint(truncate)').get()?.['busy'] !== 0)
				again(emptyAgain);
		} catch {
			// The disk is full, or a backup reads: deleted text stays in the log until it can be emptied.
			again(emptyAgain);
		} finally {
			this.#opened.exec(`pragma busy_timeout = ${busyTimeout}`);
		}
	}
}

type Prepared = {
	readonly reader: boolean;
	all(parameters: ReadonlyArray<unknown>): unknown[];
	run(parameters: ReadonlyArray<unknown>): {
		changes: number | bigint;
		lastInsertRowid: number | bigint;
	};
	iterate(parameters: ReadonlyArray<unknown>): IterableIterator<unknown>;
};

/** Prepared statements by their text. The least recently used one is given up. */
class StatementCache {
	readonly #opened: DatabaseSync;
	readonly #prepared = new LRUCache<string, Prepared>({ max: statements });

	constructor(opened: DatabaseSync) {
		this.#opened = opened;
	}

	take(sql: string): Prepared {
		const kept = this.#prepared.get(sql);
		if (kept) return kept;
		const made = prepared(this.#opened.prepare(sql));
		this.#prepared.set(sql, made);
		return made;
	}

	clear(): void {
		this.#prepared.clear();
	}
}

function prepared(statement: StatementSync): Prepared {
	const values = (parameters: ReadonlyArray<unknown>) => parameters as SQLInputValue[];
	const reader = statement.columns().length > 0;
	// The "last row" that is reported after a change of the search index is any 64-bit number.
	if (!reader) statement.setReadBigInts(true);
	return {
		reader,
		all: (parameters) => statement.all(...values(parameters)),
		run: (parameters) => statement.run(...values(parameters)),
		iterate: (parameters) => statement.iterate(...values(parameters)),
	};
}
