import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from './childEnvironment.ts';
import { plainly, type Command } from './networkNamespace.ts';
import { freePort } from './ports.ts';

const main = fileURLToPath(new URL('../../sfu/main.ts', import.meta.url));
const endsWithParent = fileURLToPath(new URL('./endsWithParent.ts', import.meta.url));

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

/** Settings of a service on loopback that is alone on its ports: the system chooses that of the pages. */
export const settingsOnLoopback = async (): Promise<Record<string, string>> => ({
	PARLEY_HTTP_PORT: '0',
	PARLEY_HTTP_ADDRESS: '127.0.0.1',
	// Of a worker, and of one that it runs for another node.
	PARLEY_MEDIA_PORT: String(await freePort(2)),
	PARLEY_MEDIA_WORKERS: '1',
	PARLEY_MEDIA_LISTENADDRESS: '127.0.0.1',
	PARLEY_DRAIN_SECONDS: '0',
});

/** The port of its pages, where a service says it in this line. */
export const portIn = (line: string): string | undefined =>
	/listens on https?:\/\/localhost:(\d+)/.exec(line)?.[1];

/** A look into a service process from outside. */
export type Watch = {
	/** Options of Node that the process is started with. */
	node: string[];
	/** Is given the process, with a channel to it. */
	began(child: ChildProcess): void;
	/** Is given each line that the process says, on standard output and on standard error. */
	said(line: string): void;
};

/**
 * The real service in a process of its own, on loopback: for measurements that must not share its time, and
 * for ends that a test would not survive. It ends with the process that started it, even if that one is killed.
 *
 * @param environment settings besides those that every test has.
 * @param watch what looks into it. Without, what it says on standard error is shown.
 * @param program the file that Node runs: the `sfu/main.ts` of another revision is another service.
 * @param within puts the command into a network namespace.
 */
export async function startServiceProcess(
	folder = serviceFolder(),
	environment: Record<string, string> = {},
	watch?: Watch,
	program = main,
	within: Command = plainly,
): Promise<ServiceProcess> {
	const settings = await settingsOnLoopback();
	const options = [`--import=${endsWithParent}`, ...(watch?.node ?? [])];
	const child = spawn(...within(process.execPath, [...options, program]), {
		cwd: folder,
		stdio: ['ignore', 'pipe', watch ? 'pipe' : 'inherit', 'ipc'],
		env: {
			...childEnvironment,
			...settings,
			PARLEY_LOG_LEVEL: 'warn',
			...environment,
		},
	});
	watch?.began(child);
	if (watch && child.stderr)
		createInterface({ input: child.stderr }).on('line', (line) => watch.said(line));
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
	// It is read to its end: what it says later must not fill the pipe.
	const listening = new Promise<string | null>((resolve) => {
		if (!child.stdout) throw new Error('the service has no standard output');
		const lines = createInterface({ input: child.stdout });
		lines.on('line', (line) => {
			const port = portIn(line);
			if (port) resolve(port);
			else watch?.said(line);
		});
		lines.on('close', () => resolve(null));
	});
	const port = await listening;
	if (port) return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, close, stop, kill };
	await close();
	throw new Error('the service did not start');
}
