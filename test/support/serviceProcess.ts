import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.ts';

const main = fileURLToPath(new URL('../../sfu/main.ts', import.meta.url));

export type ServiceProcess = {
	url: string;
	pid: number;
	/** Ends it as an operator would, and removes its folder. */
	close(): Promise<void>;
	/** Ends it as an operator would who starts it again. Its folder stays. */
	stop(): Promise<void>;
	/** Ends it as a power cut would. Its folder stays. */
	kill(): Promise<void>;
};

/** A folder for a service that is to be started in it more than once. */
export const serviceFolder = () => mkdtempSync(join(tmpdir(), 'parley-process-'));

/**
 * The real service in a process of its own, on loopback: for measurements that must not share its time, and
 * for ends that a test would not survive.
 *
 * @param environment settings besides those that every test has.
 */
export async function startServiceProcess(
	folder = serviceFolder(),
	environment: Record<string, string> = {},
): Promise<ServiceProcess> {
	const mediaPort = await freePort();
	const child = spawn(process.execPath, [main], {
		cwd: folder,
		stdio: ['ignore', 'pipe', 'inherit'],
		env: {
			PATH: process.env['PATH'],
			PARLEY_HTTP_PORT: '0',
			PARLEY_HTTP_ADDRESS: '127.0.0.1',
			PARLEY_MEDIA_PORT: String(mediaPort),
			PARLEY_MEDIA_WORKERS: '1',
			PARLEY_MEDIA_LISTENADDRESS: '127.0.0.1',
			PARLEY_LOG_LEVEL: 'warn',
			PARLEY_DRAIN_SECONDS: '0',
			...environment,
		},
	});
	const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
	const kill = async () => {
		child.kill('SIGKILL');
		await ended;
	};
	const stop = async () => {
		child.kill('SIGTERM');
		await ended;
	};
	const close = async () => {
		await stop();
		rmSync(folder, { recursive: true, force: true });
	};
	for await (const said of createInterface({ input: child.stdout })) {
		const port = /listens on http:\/\/localhost:(\d+)/.exec(said)?.[1];
		if (port) {
			// Nobody reads on: what it says later must not fill the pipe.
			child.stdout.resume();
			return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, close, stop, kill };
		}
	}
	await close();
	throw new Error('the service did not start');
}
