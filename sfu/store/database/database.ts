import type { Kysely, SelectQueryBuilder, Transaction } from 'kysely';
import { postgresSearch } from './postgresSearch.ts';
import { sqliteSearch } from './sqliteSearch.ts';
import type { SearchIndex } from './searchIndex.ts';
import type { Tables } from './tables.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

/** A transaction for queries: one that writes, or one that reads one state of the database. */
export type Tx = Transaction<Tables>;

/** One of the two databases, with the few operations in which they differ. */
export class Database {
	readonly db: Kysely<Tables>;
	readonly kind: DatabaseKind;
	readonly search: SearchIndex;

	constructor(db: Kysely<Tables>, kind: DatabaseKind) {
		this.db = db;
		this.kind = kind;
		this.search = kind === 'sqlite' ? sqliteSearch : postgresSearch;
	}

	/** Resolves when the changes are durable. If `work` throws, nothing is written. */
	write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
		return this.db.transaction().execute(work);
	}

	/** All queries of `work` see the same state. */
	read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
		const reading = this.db.transaction().setAccessMode('read only');
		// SQLite offers no choice and rejects the option: its reads always see one state.
		if (this.kind === 'sqlite') return reading.execute(work);
		return reading.setIsolationLevel('repeatable read').execute(work);
	}

	/** Makes other transactions that lock the same rows wait for the end of this one. On SQLite writers always do. */
	lock<T extends keyof Tables, O>(
		query: SelectQueryBuilder<Tables, T, O>,
	): SelectQueryBuilder<Tables, T, O> {
		return this.kind === 'sqlite' ? query : query.forNoKeyUpdate();
	}

	close(): Promise<void> {
		return this.db.destroy();
	}
}
