import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';

/** The message of `pg` after `query_timeout`. */
const overdue = 'Query read timeout';

/**
 * A connection that is given up when an answer on it is overdue. `pg` would use it again, and later queries on it would
 * wait for an answer that may never come.
 */
class Connection implements PostgresPoolClient {
	readonly #client: pg.PoolClient;
	#overdue: Error | null = null;

	constructor(client: pg.PoolClient) {
		this.#client = client;
	}

	query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
	query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
	query<R>(
		sql: string | PostgresCursor<R>,
		parameters: readonly unknown[] = [],
	): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
		if (typeof sql !== 'string') throw new Error('the store uses no cursors');
		return this.#ask<R>(sql, parameters);
	}

	async #ask<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
		if (this.#overdue) throw this.#overdue;
		try {
			const { command, rowCount, rows } = await this.#client.query(sql, [...parameters]);
			return {
				command: command as PostgresQueryResult<R>['command'],
				rowCount: rowCount ?? 0,
				rows: rows as R[],
			};
		} catch (error) {
			if (error instanceof Error && error.message === overdue) this.#overdue = error;
			throw error;
		}
	}

	release(destroy = false): void {
		this.#client.release(destroy || this.#overdue !== null);
	}
}

/** A pool that gives up connections on which an answer is overdue. */
export const carefulPool = (pool: pg.Pool): PostgresPool => ({
	options: pool.options,
	connect: async () => new Connection(await pool.connect()),
	end: () => pool.end(),
});
