import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { exits } from '../load/run/exits.ts';
import type { Report } from '../load/run/report.ts';
import { childEnvironment } from '../support/childEnvironment.ts';
import { freePort } from '../support/ports.ts';
import { startServiceProcess } from '../support/serviceProcess.ts';
import { sharedService } from '../support/withService.ts';

const tool = fileURLToPath(new URL('../load/run.ts', import.meta.url));

let folder: string;
const tools: Tool[] = [];
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'parley-load-'))));
afterEach(() => {
	for (const each of tools.splice(0)) each.kill();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The tool as a process that was started. */
class Tool {
	said = '';
	readonly exit: Promise<number | null>;
	readonly #pid: number;
	readonly #file: string;
	readonly #listeners = new Set<() => void>();

	constructor(name: string, ...args: string[]) {
		this.#file = join(folder, `${name}.json`);
		// In a process group of its own, so that it can be asked whether anything is left of it.
		const child = spawn(process.execPath, [tool, '--report', this.#file, ...args], {
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: childEnvironment,
		});
		this.#pid = child.pid ?? 0;
		tools.push(this);
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

	/** Ends what a test that failed has left. */
	kill(): void {
		if (this.lives) process.kill(-this.#pid, 'SIGKILL');
	}
}

describe('the load tool', { timeout: 180_000 }, () => {
	test('has all its bots inside, where each receives sound and pictures of every other', async () => {
		const { url } = await sharedService();
		// Small pictures, for the machine of the test is none to be measured.
		const size = ['--rooms', '3', '--peers', '3', '--video', '180p', '--fps', '5'];
		const run = new Tool('all', '--url', url, ...size, '--seconds', '5');
		expect(await run.exit, run.said).toBe(exits.complete);
		const { bots, others, errors, steps, received } = run.report.summary;
		expect(bots).toEqual({ asked: 9, inside: 9, complete: 9 });
		expect(others).toEqual({ sound: 18, heard: 18, pictures: 18, seen: 18 });
		expect(errors).toEqual([]);
		expect(steps).toMatchObject({ lobby: { count: 9 }, joined: { count: 9 } });
		expect(received.bitrate).toBeGreaterThan(0);
		expect(run.said).toContain('9 of 9');
		expect(run.lives).toBe(false);
	});

	test('says in a sentence that nobody answers', async () => {
		const url = `http://127.0.0.1:${await freePort()}`;
		const run = new Tool('nobody', '--url', url);
		expect(await run.exit).toBe(exits.unreachable);
		expect(run.said).toBe(`Nobody answers at ${url} (ECONNREFUSED).\n`);
	});

	test('keeps what it measured when the service ends in the middle', async () => {
		const service = await startServiceProcess();
		try {
			const size = ['--rooms', '1', '--peers', '2', '--video', 'none', '--seconds', '600'];
			const run = new Tool('gone', '--url', service.url, ...size);
			await run.says('load on: 2 of 2 inside');
			await service.kill();
			expect(await run.exit, run.said).toBe(exits.gone);
			expect(run.report).toMatchObject({
				machines: [{ ended: 'gone' }],
				summary: { bots: { asked: 2, inside: 2 } },
			});
			expect(run.said).toContain(`The service at ${service.url} stopped answering`);
			expect(run.lives).toBe(false);
		} finally {
			await service.close();
		}
	});

	test('keeps what it measured at Ctrl+C, and says that a room is full', async () => {
		const service = await startServiceProcess(undefined, { PARLEY_ROOMS_MAXPEERS: '1' });
		try {
			const size = ['--rooms', '1', '--peers', '2', '--video', 'none'];
			const full = new Tool('full', '--url', service.url, ...size, '--seconds', '1');
			expect(await full.exit, full.said).toBe(exits.full);
			const refused = { what: 'room:join', code: 'ROOM_FULL', count: 1 };
			expect(full.report.summary.errors).toContainEqual(expect.objectContaining(refused));
			const run = new Tool('interrupted', '--url', service.url, ...size, '--seconds', '600');
			await run.says('load on: 1 of 2 inside');
			run.interrupt();
			expect(await run.exit, run.said).toBe(exits.interrupted);
			expect(run.report.summary.bots).toMatchObject({ asked: 2, inside: 1 });
			expect(run.lives).toBe(false);
		} finally {
			await service.close();
		}
	});
});
