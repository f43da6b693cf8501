import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../load/run/report.ts';
import { childEnvironment } from './childEnvironment.ts';

const tool = fileURLToPath(new URL('../load/run.ts', import.meta.url));

/** The load tool as a process that was started. */
export class LoadTool {
	said = '';
	readonly exit: Promise<number | null>;
	readonly #pid: number;
	readonly #folder = mkdtempSync(join(tmpdir(), 'parley-load-'));
	readonly #file: string;
	readonly #listeners = new Set<() => void>();

	/** @param environment variables besides those of every process of a test. */
	constructor(args: readonly string[], environment: Record<string, string> = {}) {
		this.#file = join(this.#folder, 'report.json');
		// In a process group of its own, so that it can be asked whether anything is left of it.
		const child = spawn(process.execPath, [tool, '--report', this.#file, ...args], {
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...childEnvironment, ...environment },
		});
		this.#pid = child.pid ?? 0;
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (data: Buffer) => {
				this.said += data.toString();
				for (const look of [...this.#listeners]) look();
			});
		this.exit = new Promise((resolve) => child.once('close', resolve));
	}

	get report(): Report {
		return JSON.parse(readFileSync(this.#file, 'utf8')) as Report;
	}

	/** Whether a process of it is running. */
	get lives(): boolean {
		try {
			return process.kill(-this.#pid, 0);
		} catch {
			// There is no such group.
			return false;
		}
	}

	async says(text: string): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			const look = () => void (this.said.includes(text) && resolve());
			this.#listeners.add(look);
			look();
			void this.exit.then(() => reject(new Error(`it did not say "${text}": ${this.said}`)));
		});
	}

	interrupt(): void {
		process.kill(this.#pid, 'SIGINT');
	}

	/** Ends what a test that failed has left, and removes the report. */
	close(): void {
		if (this.lives) process.kill(-this.#pid, 'SIGKILL');
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
