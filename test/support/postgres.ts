import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { ensurePostgres } from '../../setup/postgres.mjs';
import { freePort } from './ports.ts';

/** PostgreSQL refuses to run as root, so there it runs as nobody. */
const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/**
 * A real PostgreSQL server with a folder of its own, on a free port of loopback. It does not wait for the
 * disk unless asked to: that would only be missed if the machine lost its power.
 */
export class PostgresServer {
	readonly port: number;
	/** The folder of its programs. */
	readonly programs: string;
	readonly #folder: string;
	readonly #password: string;
	readonly #durable: boolean;
	#server: ChildProcess | null = null;

	private constructor(
		programs: string,
		folder: string,
		port: number,
		password: string,
		durable: boolean,
	) {
		this.programs = programs;
		this.#folder = folder;
		this.port = port;
		this.#password = password;
		this.#durable = durable;
	}

	/**
	 * The programs are where `PARLEY_POSTGRES` says, or are looked for.
	 *
	 * @param options.durable whether a commit waits for the disk, as it does where it matters.
	 */
	static async start({ durable = false } = {}): Promise<PostgresServer> {
		const programs = await ensurePostgres();
		const folder = mkdtempSync(join(tmpdir(), 'parley-postgres-'));
		chmodSync(folder, 0o755);
		const inside = join(folder, 'server');
		mkdirSync(inside);
		if (asNobody.uid !== undefined) chownSync(inside, asNobody.uid, asNobody.gid);
		const password = randomBytes(12).toString('hex');
		const passwordFile = join(folder, 'password');
		writeFileSync(passwordFile, password);
		const { status, stderr } = spawnSync(
			join(programs, 'initdb'),
			[
				'--pgdata',
				join(inside, 'data'),
				'--username=parley',
				`--pwfile=${passwordFile}`,
				'--auth=scram-sha-256',
				'--encoding=UTF8',
				'--locale=C',
				'--no-sync',
			],
			{ ...asNobody, cwd: inside, encoding: 'utf8' },
		);
		if (status !== 0) throw new Error(`initdb ended with code ${status}\n${stderr}`);
		const server = new PostgresServer(programs, inside, await freePort(), password, durable);
		await server.resume();
		return server;
	}

	/** Of a database of this server; the one that all have if none is named. */
	url(database = 'postgres'): string {
		return `postgres://parley:${this.#password}@127.0.0.1:${this.port}/${database}`;
	}

	/** @returns the URL of a new, empty database. */
	async createDatabase(): Promise<string> {
		const name = `test_${randomBytes(6).toString('hex')}`;
		const client = new pg.Client(this.url());
		await client.connect();
		await client.query(`create database ${name}`);
		await client.end();
		return this.url(name);
	}

	/** Starts again what was stopped, with all it had. */
	async resume(): Promise<void> {
		const server = spawn(
			join(this.programs, 'postgres'),
			[
				...['-D', join(this.#folder, 'data'), '-k', this.#folder, '-p', String(this.port)],
				...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=60'],
				...['-c', `fsync=${this.#durable ? 'on' : 'off'}`],
			],
			{ ...asNobody, cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] },
		);
		this.#server = server;
		const said = [];
		for await (const line of createInterface({ input: server.stderr })) {
			said.push(line);
			if (line.includes('ready to accept connections')) {
				server.stderr.resume();
				return;
			}
		}
		throw new Error(`PostgreSQL did not start\n${said.join('\n')}`);
	}

	/** Ends it as a crash would: nobody is waited for, nothing is tidied up. */
	async stop(): Promise<void> {
		const server = this.#server;
		this.#server = null;
		if (!server || server.exitCode !== null) return;
		const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
		server.kill('SIGQUIT');
		await ended;
	}

	/** Stops it and removes its folder. */
	async close(): Promise<void> {
		await this.stop();
		rmSync(join(this.#folder, '..'), { recursive: true, force: true });
	}
}
