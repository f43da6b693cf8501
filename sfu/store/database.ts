import type { Kysely, SelectQueryBuilder, Transaction } from 'kysely';
import { postgresSearch } from './postgresSearch.ts';
import { sqliteSearch } from './sqliteSearch.ts';
import type { SearchIndex } from './searchIndex.ts';
import type { Tables } from './tables.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

/** Where queries run: in a transaction that writes, or in one that reads one state of the database. */
export type Tx = Transaction<Tables>;

/** One of the two databases, with the few things that they do differently. */
export class Database {
	readonly db: Kysely<Tables>;
	readonly kind: DatabaseKind;
	readonly search: SearchIndex;

	constructor(db: Kysely<Tables>, kind: DatabaseKind) {
		this.db = db;
		this.kind = kind;
		this.search = kind === 'sqlite' ? sqliteSearch : postgresSearch;
	}

	/** Fulfilled when what was written is durable; when `work` throws, nothing is written. */
	write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
		return this.db.transaction().execute(work);
	}

	/** All queries of `work` see the same state. */
	read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
		const reading = this.db.transaction().setAccessMode('read only');
		// SQLite gives no choice and complains about one: its reads are always like this.
		if (this.kind === 'sqlite') return reading.execute(work);
		return reading.setIsolationLevel('repeatable read').execute(work);
	}

	/** Makes others who lock the same rows wait for our end. On SQLite writers do so anyway. */
	lock<T extends keyof Tables, O>(
		query: SelectQueryBuilder<Tables, T, O>,
	): SelectQueryBuilder<Tables, T, O> {
		return this.kind === 'sqlite' ? query : query.forNoKeyUpdate();
	}

	close(): Promise<void> {
		return this.db.destroy();
	}
}
