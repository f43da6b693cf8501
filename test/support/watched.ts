import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Gauge } from './serviceGauge.ts';
import { serviceFolder, startServiceProcess, type ServiceProcess } from './serviceProcess.ts';

const gaugeFile = fileURLToPath(new URL('./serviceGauge.ts', import.meta.url));
const errorLevel = 50;

/** Children of a process that run, as Linux lists them. */
export function childrenOf(pid: number): number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((other) => {
			try {
				const stat = readFileSync(`/proc/${other}/stat`, 'utf8');
				// The name stands in brackets and may hold anything.
				const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
				return Number(parent) === pid && state !== 'Z';
			} catch {
				return false;
			}
		});
}

/** What a process has open: sockets by their kind alone, files by their path. */
function descriptorsOf(pid: number): string[] {
	const folder = `/proc/${pid}/fd`;
	return readdirSync(folder).flatMap((name) => {
		try {
			return [readlinkSync(`${folder}/${name}`).replace(/:\[\d+\]$/, '')];
		} catch {
			return [];
		}
	});
}

/** A service in a process of its own that can be looked into. */
export class Watched {
	readonly process: ServiceProcess;
	/** The folder of its data. */
	readonly folder: string;
	readonly #child: ChildProcess;
	readonly #lines: string[];

	private constructor(
		process: ServiceProcess,
		folder: string,
		child: ChildProcess,
		lines: string[],
	) {
		this.process = process;
		this.folder = folder;
		this.#child = child;
		this.#lines = lines;
	}

	/** @param environment settings besides those that every test has. */
	static async start(environment: Record<string, string> = {}): Promise<Watched> {
		const lines: string[] = [];
		const folder = serviceFolder();
		let child: ChildProcess | undefined;
		const service = await startServiceProcess(
			folder,
			{ PARLEY_ROOMS_GRACESECONDS: '0', ...environment },
			{
				node: ['--expose-gc', `--import=${gaugeFile}`],
				began: (started) => (child = started),
				said: (line) => void lines.push(line),
			},
		);
		if (!child) throw new Error('the service has no process');
		return new Watched(service, folder, child, lines);
	}

	get url(): string {
		return this.process.url;
	}

	get pid(): number {
		return this.process.pid;
	}

	get alive(): boolean {
		return this.#child.exitCode === null && this.#child.signalCode === null;
	}

	/** How it ended, in words. */
	get end(): string {
		const { exitCode, signalCode } = this.#child;
		return `ended with ${signalCode ?? `code ${exitCode}`}: ${this.#lines.slice(-12).join('\n')}`;
	}

	workers(): number[] {
		return childrenOf(this.pid);
	}

	descriptors(): string[] {
		return descriptorsOf(this.pid);
	}

	/** What it counts within itself; after a collection if the heap is what counts. */
	async gauge(collected = false): Promise<Gauge> {
		const answer = once(this.#child, 'message', { signal: AbortSignal.timeout(10_000) });
		this.#child.send({ collected });
		const [gauge] = (await answer) as [Gauge];
		return gauge;
	}

	/** The errors with a stack that were logged since this was asked for last, each once. */
	errors(): string[] {
		type Line = { level: number; msg?: string; err?: { stack?: string } };
		const errors = this.#lines.splice(0).flatMap((line) => {
			try {
				const { level, msg, err } = JSON.parse(line) as Line;
				if (level < errorLevel || !err?.stack) return [];
				return [`${msg}: ${err.stack.split('\n').slice(0, 4).join('\n')}`];
			} catch {
				// What no log wrote: warnings of Node, and the last words of a process.
				return /^\s+at /.test(line) ? [line] : [];
			}
		});
		return [...new Set(errors)];
	}

	async close(): Promise<void> {
		if (this.alive) await this.process.close();
		else rmSync(this.folder, { recursive: true, force: true });
	}
}
