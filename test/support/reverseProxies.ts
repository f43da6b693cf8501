import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { networkPrograms } from '../../setup/networks.mjs';
import { childEnvironment } from './childEnvironment.ts';

const page = readFileSync(
	fileURLToPath(new URL('../../docs/operations/proxies.md', import.meta.url)),
	'utf8',
);

/** Where a proxy of the tests listens, and what it needs. */
export type Place = {
	folder: string;
	ports: { http: number; https: number; service: number };
	/** The files of a certificate for "localhost". */
	certificate: { cert: string; key: string; both: string };
	variant: Variant;
};

/**
 * As the documentation shows it: the service at the root of the host, below a path, or at the root with media over the port
 * of the pages.
 */
type Variant = 'root' | 'below' | 'onePort';

type Kind = {
	/** The program, and its arguments. */
	command(place: Place, file: string): [program: string, args: string[]];
	/** What of the documented file is different in a test, in this order. */
	changes(place: Place): [from: string, to: string][];
	/** The file that the program reads: the documented one alone, or within what the system has around it. */
	around?(place: Place, config: string): string;
};

const certbot = '/etc/letsencrypt/live/meet.example.org';
const withHost: [string, string] = ['meet.example.org', 'localhost'];

/** The proxies of docs/operations/proxies.md, by the language of their files there. */
export const proxies: Record<'nginx' | 'caddyfile' | 'apache' | 'haproxy', Kind> = {
	nginx: {
		command: ({ folder }, file) => [
			networkPrograms().nginx,
			['-p', folder, '-c', file, '-g', 'daemon off;'],
		],
		changes: ({ ports, certificate }) => [
			[`${certbot}/fullchain.pem`, certificate.cert],
			[`${certbot}/privkey.pem`, certificate.key],
			['listen 80;', `listen 127.0.0.1:${ports.http};`],
			['listen [::]:80;', `listen [::1]:${ports.http};`],
			['listen 443 ', `listen 127.0.0.1:${ports.https} `],
			['listen [::]:443 ', `listen [::1]:${ports.https} `],
			withHost,
		],
		around: ({ folder }, config) =>
			[
				`pid ${folder}/pid; error_log stderr; events {}`,
				`http { access_log off; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
					.map((name) => `${name}_temp_path ${folder}/${name};`)
					.join(' ')}`,
				config,
				'}',
			].join('\n'),
	},
	caddyfile: {
		command: (_place, file) => [
			networkPrograms().caddy,
			['run', '--adapter', 'caddyfile', '--config', file],
		],
		changes: ({ certificate }) => [
			['meet.example.org {', `localhost {\n\ttls ${certificate.cert} ${certificate.key}`],
		],
		around: ({ ports }, config) =>
			[
				...['{', 'admin off', 'default_bind 127.0.0.1'],
				...[`http_port ${ports.http}`, `https_port ${ports.https}`, '}'],
				config,
			].join('\n'),
	},
	apache: {
		command: (_place, file) => [networkPrograms().apache2, ['-f', file, '-DFOREGROUND']],
		changes: ({ ports, certificate }) => [
			[`${certbot}/fullchain.pem`, certificate.cert],
			[`${certbot}/privkey.pem`, certificate.key],
			['*:80', `127.0.0.1:${ports.http}`],
			['*:443', `127.0.0.1:${ports.https}`],
			withHost,
		],
		around: ({ folder, ports }, config) =>
			[
				...['mpm_event', 'authz_core', 'headers', 'alias', 'reqtimeout', 'ssl', 'socache_shmcb'],
				...['proxy', 'proxy_http', 'http2'],
			]
				.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
				.concat(
					...[`ServerRoot ${folder}`, `DefaultRuntimeDir ${folder}`, `PidFile ${folder}/pid`],
					...[
						'ServerName localhost',
						`ErrorLog ${folder}/error.log`,
						'User www-data',
						'Group www-data',
					],
					...[`Listen 127.0.0.1:${ports.http}`, `Listen 127.0.0.1:${ports.https}`],
					config,
				)
				.join('\n'),
	},
	haproxy: {
		command: (_place, file) => [networkPrograms().haproxy, ['-db', '-f', file]],
		changes: ({ ports, certificate }) => [
			['/etc/haproxy/meet.example.org.pem', certificate.both],
			['*:80', `127.0.0.1:${ports.http}`],
			[':::80', `[::1]:${ports.http}`],
			['*:443', `127.0.0.1:${ports.https}`],
			[':::443', `[::1]:${ports.https}`],
		],
	},
};
export type ProxyName = keyof typeof proxies;

/** What of the file is different for a service below a path: the line of the documentation's table. */
function changeBelow(name: ProxyName): [from: string, to: string] {
	const title = { nginx: 'nginx', caddyfile: 'Caddy', apache: 'Apache', haproxy: 'HAProxy' }[name];
	const row = new RegExp(`^\\| ${title} \\| (.*?) \\| (.*?) \\|$`, 'm').exec(page);
	const codes = (cell = '') =>
		[...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code).join('\n\t');
	return [codes(row?.[1]), codes(row?.[2])];
}

/** The parts of the documentation in the language of a proxy. */
const fencesOf = (name: ProxyName): string[] =>
	[...page.matchAll(new RegExp(`^\`\`\`${name}\\n(.*?)^\`\`\``, 'gms'))].map(
		([, text = '']) => text,
	);

/** The file of the documentation for this variant. */
function documented(name: ProxyName, variant: Variant): string {
	const [config = '', bind = '', more = ''] = fencesOf(name);
	if (variant !== 'onePort') return config;
	// Sockets without a file are those of the whole machine.
	const isPort443 = /^\tbind (?:\*|::):443 .*\n(?:\tbind (?:\*|::):443 .*\n)?/m;
	return `${config.replace(isPort443, bind)}\n${more}`.replaceAll(
		'abns@pages',
		`abns@${process.pid}`,
	);
}

/** The file of the documentation, on the ports of a test. Fails where the documentation no longer has what is changed. */
function configFor(name: ProxyName, place: Place): string {
	let config = documented(name, place.variant);
	const below = place.variant === 'below' ? [changeBelow(name)] : [];
	const service: [string, string] = ['127.0.0.1:3000', `127.0.0.1:${place.ports.service}`];
	for (const [from, to] of [...below, ...proxies[name].changes(place), service]) {
		if (from === '' || !config.includes(from))
			throw new Error(`the file for ${name} has no "${from}"`);
		config = config.replaceAll(from, to);
	}
	return proxies[name].around?.(place, config) ?? config;
}

/** A real reverse proxy with the documented file, on loopback. */
export class ReverseProxy {
	readonly #child: ChildProcess;
	readonly #folder: string;
	readonly #ended: Promise<void>;

	private constructor(child: ChildProcess, folder: string) {
		this.#child = child;
		this.#folder = folder;
		this.#ended = new Promise((resolve) => child.once('close', () => resolve()));
	}

	/**
	 * Resolves when it listens.
	 *
	 * @param variant `onePort` is documented for HAProxy alone.
	 */
	static async start(
		name: ProxyName,
		ports: Place['ports'],
		certificate: Place['certificate'],
		variant: Variant = 'root',
	): Promise<ReverseProxy> {
		const folder = mkdtempSync(join(tmpdir(), `parley-${name}-`));
		// Workers run as users of their own.
		chmodSync(folder, 0o755);
		mkdirSync(join(folder, 'home'));
		const place = { folder, ports, certificate, variant };
		const file = join(folder, 'config');
		writeFileSync(file, configFor(name, place));
		const child = spawn(...proxies[name].command(place, file), {
			stdio: ['ignore', 'pipe', 'pipe'],
			// In a process group of its own, with the workers that it starts.
			detached: true,
			env: { ...childEnvironment, HOME: join(folder, 'home') },
		});
		const proxy = new ReverseProxy(child, folder);
		let said = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-10_000)));
		while (!(await listens(ports.https))) {
			if (proxy.#isRunning) continue;
			await proxy.close();
			throw new Error(`${name} did not start\n${said}`);
		}
		return proxy;
	}

	get #isRunning(): boolean {
		return this.#child.exitCode === null && this.#child.signalCode === null;
	}

	/** Ends it at once: some wait for seconds until connections that are kept alive have closed. */
	async close(): Promise<void> {
		if (this.#child.pid && this.#isRunning) process.kill(-this.#child.pid, 'SIGKILL');
		await this.#ended;
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

/** Looks once, and takes a moment where nobody listens. */
function listens(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => setTimeout(resolve, 20, false));
	});
}
