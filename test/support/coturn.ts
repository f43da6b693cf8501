import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { networkPrograms } from '../../setup/networks.mjs';
import { plainly, type Command } from './networkNamespace.ts';
import { TestCertificate } from './testCertificate.ts';

const page = fileURLToPath(new URL('../../docs/operations/turn.md', import.meta.url));

/** The file for coturn that the documentation shows. */
export const documentedConfig = (): string =>
	/^```ini\n(.*?)^```/ms.exec(readFileSync(page, 'utf8'))?.[1] ?? '';

/** The documented file, for a coturn on loopback with these ports. */
export const configOnLoopback = (port: number, tlsPort: number): string =>
	documentedConfig()
		.replaceAll(/^(listening-ip|relay-ip)=[\d.]+$/gm, '$1=127.0.0.1')
		.replaceAll(/^(listening-ip|relay-ip)=[\da-f:]+$/gm, '$1=::1')
		.replace(/^listening-port=.*$/m, `listening-port=${port}`)
		.replace(/^tls-listening-port=.*$/m, `tls-listening-port=${tlsPort}`);

/** A setting of coturn's file; the first one where there are several. */
export const settingOf = (config: string, name: string): string =>
	new RegExp(`^${name}=(.*)$`, 'm').exec(config)?.[1] ?? '';

/** A real coturn with a file of settings. */
export class Coturn {
	readonly #child: ChildProcess;
	readonly #folder: string;
	readonly #certificate: TestCertificate;
	readonly #ended: Promise<void>;

	private constructor(child: ChildProcess, folder: string, certificate: TestCertificate) {
		this.#child = child;
		this.#folder = folder;
		this.#certificate = certificate;
		this.#ended = new Promise((resolve) => child.once('close', () => resolve()));
	}

	/**
	 * @param config its settings; certificate and key are replaced by ones that are there.
	 * @param within puts a command into a network namespace.
	 */
	static async start(config: string, within: Command = plainly): Promise<Coturn> {
		const folder = mkdtempSync(join(tmpdir(), 'parley-coturn-'));
		const certificate = await TestCertificate.make();
		const settings = config
			.replace(/^cert=.*$/m, `cert=${certificate.files.cert}`)
			.replace(/^pkey=.*$/m, `pkey=${certificate.files.key}`);
		const file = join(folder, 'turnserver.conf');
		writeFileSync(file, settings, { mode: 0o600 });
		const [command, args] = within(networkPrograms().turnserver, [
			...['-c', file],
			...['--log-file=stdout', '--simple-log', '--verbose'],
			...[`--pidfile=${join(folder, 'pid')}`, `--db=${join(folder, 'db')}`],
		]);
		const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
		const coturn = new Coturn(child, folder, certificate);
		const said: string[] = [];
		for await (const line of createInterface({ input: child.stdout })) {
			said.push(line);
			if (!/Total General servers/.test(line)) continue;
			child.stdout.resume();
			return coturn;
		}
		await coturn.close();
		throw new Error(`coturn did not start\n${said.join('\n')}`);
	}

	async close(): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.#ended;
		this.#certificate.close();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
