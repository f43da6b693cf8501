import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { networkPrograms } from '../../setup/networks.mjs';
import { childEnvironment } from './childEnvironment.ts';
import { freePort } from './ports.ts';
import type { TestCertificate } from './testCertificate.ts';

/** A real authority for tests (RFC 8555), for which all names lead to this machine. */
export class Pebble {
	/** The address of its directory, for who trusts its certificate. */
	readonly directory: string;
	/** The port on which it looks whether a name leads here. */
	readonly challengePort: number;
	readonly #children: ChildProcess[];
	readonly #folder: string;

	private constructor(
		directory: string,
		challengePort: number,
		children: ChildProcess[],
		folder: string,
	) {
		this.directory = directory;
		this.challengePort = challengePort;
		this.#children = children;
		this.#folder = folder;
	}

	/** Resolves when it answers. @param certificate for "localhost", which this process trusts. */
	static async start({ files: { cert, key } }: TestCertificate): Promise<Pebble> {
		const folder = mkdtempSync(join(tmpdir(), 'parley-pebble-'));
		const [port, management] = [await freePort(), await freePort()];
		const [names, challengePort] = [await freePort(), await freePort()];
		const file = join(folder, 'config.json');
		const pebble = {
			listenAddress: `127.0.0.1:${port}`,
			managementListenAddress: `127.0.0.1:${management}`,
			...{ certificate: cert, privateKey: key, ocspResponderURL: '' },
			...{ httpPort: challengePort, tlsPort: 1, externalAccountBindingRequired: false },
		};
		writeFileSync(file, JSON.stringify({ pebble }));
		const programs = networkPrograms();
		const start = (program: string, args: string[]) =>
			spawn(program, args, {
				stdio: 'ignore',
				env: { ...childEnvironment, PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0' },
			});
		const none = ['-http01', '', '-https01', '', '-tlsalpn01', ''];
		const children = [
			start(programs['pebble-challtestsrv'], [
				...['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', ...none],
				...['-dns01', `127.0.0.1:${names}`, '-management', `127.0.0.1:${await freePort()}`],
			]),
			start(programs.pebble, ['-config', file, '-dnsserver', `127.0.0.1:${names}`]),
		];
		const directory = `https://localhost:${port}/dir`;
		const made = new Pebble(directory, challengePort, children, folder);
		while (!(await answers(directory))) {
			if (children.every(({ exitCode }) => exitCode === null)) continue;
			await made.close();
			throw new Error('pebble did not start');
		}
		return made;
	}

	async close(): Promise<void> {
		for (const child of this.#children) {
			if (child.exitCode !== null || child.signalCode !== null) continue;
			const ended = new Promise((resolve) => child.once('close', resolve));
			child.kill('SIGKILL');
			await ended;
		}
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

/** Looks once, and takes a moment where nobody listens. */
const answers = (address: string): Promise<boolean> =>
	fetch(address).then(
		({ ok }) => ok,
		() => new Promise((resolve) => setTimeout(resolve, 20, false)),
	);
