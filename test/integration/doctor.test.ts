import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { doctorPath, operatorProof } from '../../sfu/http/doctorRoute.ts';
import { loadSecret } from '../../sfu/platform/secret.ts';
import { diagnose, found, runDoctor } from '../support/doctorCommand.ts';
import { PostgresServer } from '../support/postgres.ts';
import { freePort } from '../support/ports.ts';
import { serviceFolder, settingsOnLoopback } from '../support/serviceProcess.ts';
import { startService, type Service } from '../support/service.ts';

vi.setConfig({ testTimeout: 60_000 });

const folders: string[] = [];
afterAll(() => {
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
	const folder = serviceFolder();
	folders.push(folder);
	return folder;
}

/** Settings of a service that does not run: free ports, a folder of its own. */
const settings = async (): Promise<Record<string, string>> => ({
	...(await settingsOnLoopback()),
	PARLEY_HTTP_PORT: String(await freePort()),
	PARLEY_DATA_DIR: newFolder(),
});

describe('the doctor beside a running service', () => {
	let service: Service;
	let beside: Record<string, string>;
	let mediaPort = 0;
	const dir = newFolder();
	beforeAll(async () => {
		mediaPort = await freePort();
		service = await startService({ media: { port: mediaPort }, data: { dir } });
		beside = {
			...(await settings()),
			PARLEY_HTTP_PORT: new URL(service.url).port,
			PARLEY_MEDIA_PORT: String(mediaPort),
			PARLEY_DATA_DIR: dir,
		};
	});
	afterAll(() => service.close());

	test('finds it, tries its media ports, its database and its pages, and disturbs nothing', async () => {
		const diagnosis = await diagnose(beside, '--page', service.url);
		expect(diagnosis.findings.filter(({ state }) => state === 'failed')).toEqual([]);
		expect(diagnosis.code).toBe(0);
		expect(found(diagnosis, 'HTTP port')[0]?.seen).toBe(
			`Process ${process.pid}, the service, holds port ${beside['PARLEY_HTTP_PORT']} and can take calls.`,
		);
		expect(found(diagnosis, 'media').map(({ seen }) => seen)).toEqual([
			`127.0.0.1 over UDP: port ${mediaPort} answered.`,
			`127.0.0.1 over TCP: port ${mediaPort} answered.`,
		]);
		expect(found(diagnosis, 'database')[0]?.seen).toMatch(/^SQLite 3\.\S+ answers\.$/);
		expect(found(diagnosis, 'page').map(({ state, seen }) => [state, seen])).toEqual([
			['ok', `${service.url}/ answers.`],
			['ok', 'A page gets its WebSocket.'],
			['ok', 'The clocks of this machine and of the page agree.'],
		]);
		expect(service.app.census().workers).toBe(1);
	});

	test('prints one line for each finding', async () => {
		const { text } = await runDoctor(beside);
		expect(text).toMatch(/^ok {7}configuration: The configuration is valid\.$/m);
		expect(text).toMatch(/^warning {2}backup: There is no backup in .* Run "npm run backup"/m);
	});

	test('sees a backup', async () => {
		const folder = newFolder();
		mkdirSync(join(folder, 'parley-20260101-000000'));
		writeFileSync(join(folder, 'parley-20260101-000000', 'parley.sqlite'), '');
		const diagnosis = await diagnose(beside, '--backups', folder);
		expect(found(diagnosis, 'backup')[0]?.seen).toContain('is less than a day old');
	});

	test('tells a service that the configuration does not belong to', async () => {
		const diagnosis = await diagnose({ ...beside, PARLEY_DATA_DIR: newFolder() });
		expect(diagnosis.code).toBe(1);
		expect(found(diagnosis, 'HTTP port')[0]?.seen).toContain(
			'this configuration does not belong to',
		);
		expect(found(diagnosis, 'media')[0]).toMatchObject({ state: 'failed' });
	});

	test('names what has to be set when the service is asked for another host than the page’s', async () => {
		const proxy = createServer((from) => {
			from.once('data', (head) => {
				const told = head.toString().replace(/^host: .*$/im, 'Host: inside');
				const answer = fetch(service.url + (/^GET (\S+)/.exec(told)?.[1] ?? '/'), {
					headers: { origin: /^origin: (.*)$/im.exec(told)?.[1] ?? '', host: 'inside' },
				});
				void answer.then(async (response) => {
					const body = await response.text();
					from.end(
						`HTTP/1.1 ${response.status} x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
					);
				});
			});
			from.on('error', () => undefined);
		});
		proxy.listen(0, '127.0.0.1');
		await once(proxy, 'listening');
		const { port } = proxy.address() as AddressInfo;
		const diagnosis = await diagnose(beside, '--page', `http://127.0.0.1:${port}`);
		proxy.close();
		const refused = found(diagnosis, 'page').find(({ state }) => state === 'failed');
		expect(refused?.seen).toContain('refuses pages of');
		expect(refused?.fix).toContain('http.trustProxy');
	});

	test('only whoever reads the data folder has the service try its ports', async () => {
		const ask = async (proof: string) =>
			(
				await fetch(service.url + doctorPath, {
					method: 'POST',
					headers: { authorization: `Bearer ${proof}` },
				})
			).status;
		expect(await ask('')).toBe(401);
		expect(await ask(operatorProof('another secret', Date.now()))).toBe(401);
		const secret = loadSecret(dir);
		expect(await ask(operatorProof(secret, Date.now() - 120_000))).toBe(401);
		expect(await ask(operatorProof(secret, Date.now()))).toBe(200);
	});
});

describe('the doctor without a service', () => {
	test('tries the ports itself', async () => {
		const free = await settings();
		const diagnosis = await diagnose(free);
		expect(diagnosis.code).toBe(0);
		expect(found(diagnosis, 'HTTP port')[0]?.seen).toContain('No service runs, and port');
		expect(found(diagnosis, 'media').map(({ state }) => state)).toEqual(['ok', 'ok']);
		expect(found(diagnosis, 'database')[0]?.seen).toContain('no tables yet');
	});

	test('names a port that another program has', async () => {
		const free = await settings();
		const taken = createServer().listen(Number(free['PARLEY_HTTP_PORT']), '127.0.0.1');
		const media = createSocket('udp4').bind(Number(free['PARLEY_MEDIA_PORT']), '127.0.0.1');
		await Promise.all([once(taken, 'listening'), once(media, 'listening')]);
		const diagnosis = await diagnose(free);
		taken.close();
		media.close();
		expect(diagnosis.code).toBe(1);
		expect(found(diagnosis, 'HTTP port')[0]).toMatchObject({
			state: 'failed',
			seen: `http.port: port ${free['PARLEY_HTTP_PORT']} is taken by another program.`,
			fix: 'Stop it, or set http.port to another one.',
		});
		expect(found(diagnosis, 'media')[0]).toMatchObject({
			state: 'failed',
			seen: `Media port ${free['PARLEY_MEDIA_PORT']} is taken by another program.`,
		});
	});

	test('names an announced address that does not resolve', async () => {
		const name = 'media.invalid';
		const diagnosis = await diagnose({
			...(await settings()),
			PARLEY_MEDIA_ANNOUNCEDADDRESS: name,
		});
		expect(diagnosis.code).toBe(1);
		const [address] = found(diagnosis, 'announced addresses');
		expect(address).toMatchObject({ state: 'failed' });
		expect(address?.seen).toContain(`media.announcedAddress has "${name}"`);
	});

	test('says that an address in front of the machine could not be tested', async () => {
		const diagnosis = await diagnose({
			...(await settings()),
			PARLEY_MEDIA_ANNOUNCEDADDRESS: '203.0.113.5',
		});
		expect(diagnosis.code).toBe(0);
		for (const { state, seen } of found(diagnosis, 'media')) {
			expect(state).toBe('warning');
			expect(seen).toContain('could not be tested from here');
		}
	});

	test('names a certificate that has ended', async () => {
		const folder = newFolder();
		const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
			notBeforeDate: new Date('2020-01-01'),
			notAfterDate: new Date('2021-01-01'),
		});
		const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
		writeFileSync(files.cert, cert);
		writeFileSync(files.key, key);
		const diagnosis = await diagnose({
			...(await settings()),
			PARLEY_HTTP_CERTIFICATE: files.cert,
			PARLEY_HTTP_KEY: files.key,
		});
		expect(diagnosis.code).toBe(1);
		expect(found(diagnosis, 'certificate')[0]?.seen).toBe('The certificate ended on 2021-01-01.');
	});

	test('names a setting that is wrong, and goes no further', async () => {
		const diagnosis = await diagnose({ PARLEY_HTTP_PORT: '99999' });
		expect(diagnosis.code).toBe(1);
		expect(diagnosis.findings).toHaveLength(1);
		expect(diagnosis.findings[0]?.seen).toContain('http.port');
	});

	test('names a database that does not answer', async () => {
		const diagnosis = await diagnose({
			...(await settings()),
			PARLEY_DATA_DATABASEURL: `postgres://parley:secret@127.0.0.1:${await freePort()}/parley`,
		});
		const [database] = found(diagnosis, 'database');
		expect(database).toMatchObject({ state: 'failed' });
		expect(database?.seen).toContain('no PostgreSQL listens there');
		expect(JSON.stringify(diagnosis)).not.toContain('secret@');
	});

	test('asks PostgreSQL for its version and its clock', async () => {
		const server = await PostgresServer.start();
		try {
			const diagnosis = await diagnose({
				...(await settings()),
				PARLEY_DATA_DATABASEURL: await server.createDatabase(),
			});
			expect(found(diagnosis, 'database').map(({ state, seen }) => [state, seen])).toEqual([
				['ok', expect.stringMatching(/^PostgreSQL \d+.* has no tables yet/)],
				['ok', 'The clocks of this machine and of the database agree.'],
			]);
		} finally {
			await server.close();
		}
	});

	test('names a TURN server that does not answer', async () => {
		const diagnosis = await diagnose({
			...(await settings()),
			PARLEY_MEDIA_TURN_URLS: `turn:127.0.0.1:${await freePort()}?transport=tcp`,
			PARLEY_MEDIA_TURN_SECRET: 'secret',
		});
		expect(found(diagnosis, 'TURN')[0]).toMatchObject({ state: 'failed' });
	});
});
