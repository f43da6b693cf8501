import { hostname } from 'node:os';
import pg from 'pg';
import type { Log } from '../../platform/log.ts';
import type { StartError } from '../../platform/startError.ts';
import { placeOf, unusableDatabase } from '../database/unusableDatabase.ts';
import { inUse, type Claim } from './claim.ts';

/** The name of the advisory lock. Any number works that differs from the migrations'. */
const advisoryLock = 7_272_652;
/** How often the connection that holds the lock is checked, and tried anew once it is lost, in ms. */
const checkInterval = 10_000;
const retryEvery = 1_000;
/** How long to wait for an answer, in ms. */
const answerTimeout = 5_000;
/** How long a process that has just ended may still seem to hold the database, in ms. */
const settlingTime = 3_000;

/** PostgreSQL keeps this many characters of a name. */
const nameLength = 63;
const ownName = () => `parley ${process.pid} on ${hostname()}`.slice(0, nameLength);

type Holder = { backend: number; name: string; since: Date };

/** A connection that holds the lock of a database, alone or with other nodes, and takes the lock again after the connection was lost. */
export class PostgresClaim implements Claim {
	readonly #url: string;
	readonly #isNode: boolean;
	readonly #log: Log;
	readonly #lost: (error: Error) => void;
	#client: pg.Client | null = null;
	/** The server's process of our last connection. */
	#backend = 0;
	#timer: NodeJS.Timeout | null = null;
	#closed = false;

	private constructor(url: string, isNode: boolean, log: Log, lost: (error: Error) => void) {
		this.#url = url;
		this.#isNode = isNode;
		this.#log = log;
		this.#lost = lost;
	}

	/** @throws {StartError} */
	static async take(
		url: string,
		isNode: boolean,
		log: Log,
		lost: (error: Error) => void,
	): Promise<Claim> {
		const claim = new PostgresClaim(url, isNode, log, lost);
		const until = Date.now() + settlingTime;
		for (;;) {
			const holder = await claim.#try().catch((error: unknown) => {
				throw unusableDatabase(url, error);
			});
			if (!holder) return claim;
			if (Date.now() > until) throw claim.#taken(holder);
			await new Promise((resolve) => setTimeout(resolve, 200));
		}
	}

	async release(): Promise<void> {
		this.#closed = true;
		if (this.#timer) clearTimeout(this.#timer);
		await this.#client?.end().catch(() => undefined);
	}

	#taken({ name, since }: Holder): StartError {
		const who = name.replace(/^parley (?=\d)/, 'process ') || 'a process without a name';
		const by = `${who}, since ${since.toISOString()}`;
		return inUse(`data.databaseUrl: ${placeOf(this.#url)}`, by, 'a database');
	}

	/** @returns null once this process has the lock, otherwise the process that holds it. */
	async #try(): Promise<Holder | null> {
		const client = new pg.Client({
			connectionString: this.#url,
			application_name: ownName(),
			connectionTimeoutMillis: answerTimeout,
			query_timeout: answerTimeout,
			keepAlive: true,
		});
		client.on('error', () => this.#onLost(client));
		client.on('end', () => this.#onLost(client));
		try {
			await client.connect();
			// A machine that disappears without closing its connection then holds the lock for half a minute, not for
			// two hours.
			await client.query(
				'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3',
			);
			const { rows } = await client.query<{ got: boolean; backend: number }>(
				`select ${this.#isNode ? 'pg_try_advisory_lock_shared' : 'pg_try_advisory_lock'}($1::bigint) as got, pg_backend_pid() as backend`,
				[advisoryLock],
			);
			if (rows[0]?.got) {
				this.#client = client;
				this.#backend = rows[0].backend;
				this.#look(client);
				return null;
			}
			const holder = await holderOf(client);
			// The server has not noticed yet that our last connection is gone.
			if (holder?.backend === this.#backend && holder.name === ownName())
				await client.query('select pg_terminate_backend($1)', [holder.backend]);
			await client.end();
			return holder ?? { backend: 0, name: '', since: new Date() };
		} catch (error) {
			client.end().catch(() => undefined);
			throw error;
		}
	}

	/** Checks the connection, which may have broken without an event. */
	#look(client: pg.Client): void {
		this.#timer = setTimeout(() => {
			client.query('select 1').then(
				() => client === this.#client && !this.#closed && this.#look(client),
				() => this.#onLost(client),
			);
		}, checkInterval);
	}

	#onLost(client: pg.Client): void {
		if (client !== this.#client || this.#closed) return;
		this.#log.warn('the connection that holds the lock of the database was lost');
		this.#client = null;
		client.end().catch(() => undefined);
		void this.#regain();
	}

	async #regain(): Promise<void> {
		while (!this.#closed) {
			if (this.#timer) clearTimeout(this.#timer);
			// The database may be away for long: nothing can be read or written meanwhile.
			const holder = await this.#try().catch(() => 'away' as const);
			if (holder === null) {
				if (this.#closed) await this.release();
				return;
			}
			if (holder !== 'away' && !(holder.backend === this.#backend && holder.name === ownName())) {
				if (!this.#closed) this.#lost(this.#taken(holder));
				return;
			}
			await new Promise((resolve) => (this.#timer = setTimeout(resolve, retryEvery)));
		}
	}
}

async function holderOf(client: pg.Client): Promise<Holder | undefined> {
	const { rows } = await client.query<Holder>(
		`select a.pid as backend, a.application_name as name, a.backend_start as since
		from pg_locks l join pg_stat_activity a on a.pid = l.pid
		where l.locktype = 'advisory' and l.granted and l.objid = $1 and l.classid = 0 and l.objsubid = 1
			and l.database = (select oid from pg_database where datname = current_database())`,
		[advisoryLock],
	);
	return rows[0];
}
