import { X509Certificate } from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { checkCertificate } from '../../sfu/doctor/certificate.ts';
import { Pebble } from '../support/pebble.ts';
import { freePort } from '../support/ports.ts';
import { startService, testConfig, type Service } from '../support/service.ts';
import { TestCertificate } from '../support/testCertificate.ts';

// An authority that is away is asked for half a minute.
vi.setConfig({ testTimeout: 150_000 });

const name = 'meet.parley.test';
/** Waits for what takes as long as the authority does. */
const inTime = (look: () => unknown) =>
	vi.waitFor(async () => expect(await look()).toBe(true), { timeout: 120_000, interval: 50 });

let certificate: TestCertificate;
let pebble: Pebble;
const before = getCACertificates('default');
beforeAll(async () => {
	certificate = await TestCertificate.make();
	setDefaultCACertificates([...before, certificate.text]);
	pebble = await Pebble.start(certificate);
});
afterAll(async () => {
	await pebble.close();
	setDefaultCACertificates(before);
	certificate.close();
});

let dir: string;
const services: Service[] = [];
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'parley-acme-'))));
afterEach(async () => {
	for (const service of services.splice(0)) await service.close();
	rmSync(dir, { recursive: true, force: true });
});

const sections = (port = pebble.challengePort, directory = pebble.directory) => ({
	http: { acme: { domains: [name], contact: 'admin@parley.test', directory, port } },
	data: { dir },
});

async function start(port?: number, directory?: string): Promise<Service> {
	const service = await startService(sections(port, directory));
	services.push(service);
	return service;
}

/** The certificate that browsers are shown now. */
const shown = ({ url }: Service): Promise<X509Certificate> =>
	new Promise((resolve, reject) => {
		const socket = connect(
			{
				host: '127.0.0.1',
				port: Number(new URL(url).port),
				servername: name,
				rejectUnauthorized: false,
			},
			() => {
				const found = socket.getPeerX509Certificate();
				socket.destroy();
				if (found) resolve(found);
				else reject(new Error('no certificate'));
			},
		);
		socket.once('error', reject);
	});

const isOfPebble = ({ issuer }: X509Certificate) => issuer.includes('Pebble');
const hasOne = async (service: Service) => {
	await inTime(async () => isOfPebble(await shown(service)));
	return shown(service);
};

/** A certificate that an authority gave 85 days ago for 90, as the service keeps it. */
async function keepOld(): Promise<string> {
	const day = 86_400_000;
	const made = await generate([{ name: 'commonName', value: name }], {
		notBeforeDate: new Date(Date.now() - 85 * day),
		notAfterDate: new Date(Date.now() + 5 * day),
		extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
	});
	mkdirSync(join(dir, 'acme'), { recursive: true });
	writeFileSync(join(dir, 'acme/certificate.pem'), `${made.private.trim()}\n${made.cert}`);
	return new X509Certificate(made.cert).serialNumber;
}

const findings = async (port?: number) => {
	const config = await testConfig(sections(port));
	return checkCertificate({
		config,
		page: null,
		pid: null,
		backups: '',
		mediaPaths: async () => [],
	});
};

/** Asks what answers the authority. */
const ask = (path: string, host: string) =>
	new Promise<[status: number | undefined, location: string | undefined]>((resolve, reject) => {
		const to = { host: '127.0.0.1', port: pebble.challengePort, path, headers: { host } };
		request(to, (response) => {
			response.resume();
			resolve([response.statusCode, response.headers.location]);
		})
			.once('error', reject)
			.end();
	});

test('a service gets its certificate by itself, and has it after a restart', async () => {
	const service = await start();
	const given = await hasOne(service);
	expect(given.checkHost(name)).toBe(name);
	for (const file of ['certificate.pem', 'account-key.pem'])
		expect(statSync(join(dir, 'acme', file)).mode & 0o777).toBe(0o600);
	expect((await findings()).map(({ state }) => state)).toEqual(['ok']);
	expect(await ask('/room/abc?x=1', `${name}:80`)).toEqual([301, `https://${name}/room/abc?x=1`]);
	expect(await ask('/', 'evil.example')).toEqual([301, `https://${name}/`]);
	expect(await ask('//evil.example', name)).toEqual([301, `https://${name}//evil.example`]);

	// The certificate is in the folder of the first one, whose end would remove it.
	const kept = readFileSync(join(dir, 'acme/certificate.pem'));
	await services.pop()?.close();
	mkdirSync(join(dir, 'acme'), { recursive: true });
	writeFileSync(join(dir, 'acme/certificate.pem'), kept);
	const again = await start();
	expect((await shown(again)).serialNumber).toBe(given.serialNumber);
});

test('a certificate near its end is renewed without a restart', async () => {
	const old = await keepOld();
	const service = await start();
	const given = await hasOne(service);
	expect(given.serialNumber).not.toBe(old);
});

test('where the authority refuses, the old certificate goes on, and the doctor says why', async () => {
	const old = await keepOld();
	// The authority looks at another port.
	const port = await freePort();
	const service = await start(port);
	await inTime(() => existsSync(join(dir, 'acme/failure.json')));
	expect((await shown(service)).serialNumber).toBe(old);
	const [first, second] = await findings(port);
	expect(first).toMatchObject({
		state: 'warning',
		seen: expect.stringContaining('in 4 days') as string,
	});
	expect(second).toMatchObject({
		state: 'warning',
		seen: expect.stringMatching(/gave no certificate on .*: .*connection refused/i) as string,
	});
});

test('without any certificate and with an authority that is away, the doctor fails', async () => {
	const service = await start(undefined, `https://localhost:${await freePort()}/dir`);
	await inTime(() => existsSync(join(dir, 'acme/failure.json')));
	expect(isOfPebble(await shown(service))).toBe(false);
	expect(await findings()).toMatchObject([
		{ state: 'failed', seen: expect.stringContaining('ECONNREFUSED') as string },
	]);
});

test('a port that is taken stops the start, and is named', async () => {
	const other = createServer();
	await new Promise<void>((resolve) => other.listen(pebble.challengePort, '127.0.0.1', resolve));
	try {
		await expect(start()).rejects.toThrow(/^http\.acme\.port: port \d+ is taken/);
	} finally {
		other.close();
	}
});

test.each([
	['a certificate of its own', { certificate: 'a.pem' }, {}, 'http.certificate are both set'],
	['other nodes', {}, { url: 'redis://127.0.0.1:1' }, 'http.acme.domains is for a service on one'],
])('a service with %s gets none by itself, and says so', async (_what, http, redis, words) => {
	const { http: own, data } = sections();
	const files = { dir };
	const full = {
		http: { ...own, ...http },
		data: { ...data, databaseUrl: 'url' in redis ? 'postgres://x' : '' },
	};
	await expect(startService({ ...full, files, redis })).rejects.toThrow(words);
});
