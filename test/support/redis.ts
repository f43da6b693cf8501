import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureRedis } from '../../setup/redis.mjs';
import { freePort } from './ports.ts';

/** The server is killed when its standard input ends, and with that also when the process that started it is gone. */
const endsWithInput = '"$@" & exec >/dev/null; read -r line; kill -9 $!; wait';

/** A real Redis server on a free port of loopback. It keeps nothing on disk but what it is told to by `SAVE`. */
export class RedisServer {
	readonly port: number;
	readonly #program: string;
	readonly #folder: string;
	#server: ChildProcess | null = null;
	#pid = 0;

	private constructor(program: string, folder: string, port: number) {
		this.#program = program;
		this.#folder = folder;
		this.port = port;
	}

	/** The program is where `PARLEY_REDIS` says, or is looked for. */
	static async start(): Promise<RedisServer> {
		const program = await ensureRedis();
		const folder = mkdtempSync(join(tmpdir(), 'parley-redis-'));
		const server = new RedisServer(program, folder, await freePort());
		await server.resume();
		return server;
	}

	get url(): string {
		return `redis://127.0.0.1:${this.port}`;
	}

	/** From what it saved, nothing is left. */
	forget(): void {
		rmSync(join(this.#folder, 'dump.rdb'), { force: true });
	}

	/** Starts what was stopped, with what it saved last. */
	async resume(): Promise<void> {
		const server = spawn(
			'sh',
			[
				...['-c', endsWithInput, 'sh', this.#program],
				...['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.#folder],
				...['--save', '', '--appendonly', 'no', '--logfile', ''],
			],
			{ stdio: ['pipe', 'pipe', 'inherit'] },
		);
		this.#server = server;
		const said = [];
		for await (const line of createInterface({ input: server.stdout })) {
			said.push(line);
			this.#pid = Number(/\bpid=(\d+), just started/.exec(line)?.[1] ?? this.#pid);
			if (/ready to accept connections/i.test(line)) {
				server.stdout.resume();
				return;
			}
		}
		throw new Error(`Redis did not start\n${said.join('\n')}`);
	}

	/** It does nothing until it goes on. */
	pause(): void {
		if (this.#pid) process.kill(this.#pid, 'SIGSTOP');
	}

	goOn(): void {
		if (this.#pid) process.kill(this.#pid, 'SIGCONT');
	}

	/** Ends it as a power cut would. */
	async stop(): Promise<void> {
		const server = this.#server;
		this.#server = null;
		this.#pid = 0;
		if (!server || server.exitCode !== null) return;
		const ended = once(server, 'exit');
		server.stdin?.destroy();
		await ended;
	}

	/** Stops it and removes its folder. */
	async close(): Promise<void> {
		await this.stop();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
