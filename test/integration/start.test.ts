import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { childEnvironment } from '../support/childEnvironment.ts';
import { eventually } from '../support/client.ts';
import { freePort } from '../support/ports.ts';

const main = fileURLToPath(new URL('../../sfu/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'parley-start-'));
let taken: Server;
let takenPort = 0;
/** Free, for that of the configuration may be any program's for a moment. */
let mediaPort = 0;

beforeAll(async () => {
	mediaPort = await freePort();
	taken = createServer();
	await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
	const address = taken.address();
	takenPort = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => {
	taken.close();
	rmSync(folder, { recursive: true, force: true });
});

/** Runs the service as a process in an empty folder. */
function run(args: string[], env: Record<string, string> = {}) {
	const child = spawn(process.execPath, [main, ...args], {
		cwd: folder,
		env: {
			...childEnvironment,
			PARLEY_HTTP_ADDRESS: '127.0.0.1',
			PARLEY_MEDIA_LISTENADDRESS: '127.0.0.1',
			PARLEY_MEDIA_WORKERS: '1',
			PARLEY_MEDIA_PORT: String(mediaPort),
			...env,
		},
	});
	let output = '';
	child.stdout.on('data', (chunk) => (output += chunk));
	child.stderr.on('data', (chunk) => (output += chunk));
	const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
	return { child, ended, output: () => output };
}

function file(name: string, content: string): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

describe('a start that cannot be stops with one sentence', () => {
	const cases: [string, () => [string[], Record<string, string>?], RegExp][] = [
		[
			'an unknown key',
			() => [['--config', file('a.json', '{"http":{"prot":1}}')]],
			/http\.prot is not a setting/,
		],
		[
			'an unknown section',
			() => [['--config', file('b.json', '{"video":{}}')]],
			/video is not a setting/,
		],
		[
			'a wrong type',
			() => [['--config', file('c.json', '{"http":{"port":"x"}}')]],
			/http\.port must be a whole number/,
		],
		['broken JSON', () => [['--config', file('d.json', '{"http":')]], /d\.json is not valid JSON/],
		['a missing file', () => [['--config', 'nowhere.json']], /nowhere\.json does not exist/],
		['a wrong variable', () => [[], { PARLEY_HTTP_PORT: 'many' }], /PARLEY_HTTP_PORT is not valid/],
		['an unknown option', () => [['--prot']], /--help shows the options/],
		[
			'a taken HTTP port',
			() => [[], { PARLEY_HTTP_PORT: String(takenPort) }],
			/http\.port: port \d+ is taken/,
		],
		[
			'a taken media port',
			() => [[], { PARLEY_HTTP_PORT: '0', PARLEY_MEDIA_PORT: String(takenPort) }],
			/Media port \d+ is taken.*media\.port/,
		],
		[
			'a certificate without key',
			() => [[], { PARLEY_HTTP_CERTIFICATE: 'cert.pem' }],
			/http\.key is missing/,
		],
		[
			'an unreadable certificate',
			() => [[], { PARLEY_HTTP_CERTIFICATE: 'no.pem', PARLEY_HTTP_KEY: 'no.key' }],
			/http\.certificate: the file .*no\.pem cannot be read/,
		],
		[
			'A-L7: a key in the place of its file',
			() => [
				[],
				{
					PARLEY_HTTP_CERTIFICATE: file('good.pem', 'x'),
					PARLEY_HTTP_KEY: '-----BEGIN KEY-----\nsecret',
				},
			],
			/http\.key is the name of a file(?:(?!secret).)*$/,
		],
		[
			'a certificate that is none',
			() => [
				[],
				{ PARLEY_HTTP_CERTIFICATE: file('x.pem', 'x'), PARLEY_HTTP_KEY: file('x.key', 'x') },
			],
			/do not make a usable pair/,
		],
		[
			'a data folder that is a file',
			() => [[], { PARLEY_DATA_DIR: file('data-file', 'x') }],
			/data\.dir: .* cannot be used/,
		],
		[
			'an announced URL',
			() => [[], { PARLEY_MEDIA_ANNOUNCEDADDRESS: '203.0.113.5,https://meet.example.org' }],
			/media\.announcedAddress has "https:\/\/meet\.example\.org", which is a URL/,
		],
		[
			'an announced address of a family that is not listened on',
			() => [[], { PARLEY_MEDIA_ANNOUNCEDADDRESS: '203.0.113.5,2001:db8::5' }],
			/media\.announcedAddress has "2001:db8::5", but nothing listens on IPv6/,
		],
		[
			'a TURN server without its secret',
			() => [[], { PARLEY_MEDIA_TURN_URLS: 'turn:turn.example.org' }],
			/media\.turn needs both/,
		],
		[
			'an address of another machine',
			() => [[], { PARLEY_HTTP_PORT: '0', PARLEY_HTTP_ADDRESS: '192.0.2.99' }],
			/http\.address: this machine has no address/,
		],
	];
	test.each(cases)('%s', async (_what, prepare, says) => {
		const { ended, output } = run(...prepare());
		expect(await ended).toBe(1);
		expect(output().trim()).toMatch(says);
		expect(output().trim().split('\n')).toHaveLength(1);
	});
});

test('a start says where it listens and what browsers are told, and a signal ends it', async () => {
	const { child, ended, output } = run([], {
		PARLEY_HTTP_PORT: '0',
		PARLEY_MEDIA_ANNOUNCED_ADDRESS: '203.0.113.5,localhost',
		PARLEY_MEDIA_PAGESPORT: '443',
		// B-12: what Kubernetes sets where a Service is called "parley".
		PARLEY_SERVICE_HOST: '10.0.0.7',
		PARLEY_PORT: 'tcp://10.0.0.7:3000',
		PARLEY_DATA_DATABASEURL: '',
	});
	await eventually(() => output().includes('Media on UDP and TCP'));
	expect(output()).toMatch(/Parley listens on http:\/\/localhost:\d+/);
	expect(output()).toContain(
		'browsers will be told 203.0.113.5, 127.0.0.1 (from media.announcedAddress)',
	);
	expect(output()).toContain(', and on TCP port 443 with the pages;');
	expect(output()).toContain('PARLEY_SERVICE_HOST is not a setting');
	child.kill('SIGTERM');
	expect(await ended).toBe(0);
});

test('a start with a certificate that has ended says so once, and goes on', async () => {
	const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
		notBeforeDate: new Date('2020-01-01'),
		notAfterDate: new Date('2021-01-01'),
	});
	const { child, ended, output } = run([], {
		PARLEY_HTTP_PORT: '0',
		PARLEY_HTTP_CERTIFICATE: file('ended-cert.pem', cert),
		PARLEY_HTTP_KEY: file('ended-key.pem', key),
	});
	await eventually(() => output().includes('listens on'));
	expect(output().match(/http\.certificate ended on 2021-01-01/g)).toHaveLength(1);
	child.kill('SIGTERM');
	expect(await ended).toBe(0);
});

test('--lan serves HTTPS with a certificate of its own and keeps it', async () => {
	const start = async () => {
		const { child, ended, output } = run(['--lan'], { PARLEY_HTTP_PORT: '0' });
		await eventually(() => output().includes('listens on'));
		const port = /localhost:(\d+)/.exec(output())?.[1] ?? '';
		const { connect } = await import('node:tls');
		const fingerprint = await new Promise<string>((resolve, reject) => {
			const socket = connect(
				{ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false },
				() => {
					resolve(socket.getPeerCertificate().fingerprint256);
					socket.destroy();
				},
			);
			socket.once('error', reject);
		});
		child.kill('SIGTERM');
		await ended;
		return { fingerprint, output: output() };
	};
	const first = await start();
	expect(first.output).toContain('https://localhost:');
	expect((await start()).fingerprint).toBe(first.fingerprint);
});
