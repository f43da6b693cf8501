import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newPersonId, newRingId, newRoomId } from '../../shared/ids.ts';
import { rulesVersion } from '../../shared/match.ts';
import { childEnvironment } from '../support/childEnvironment.ts';
import { eventually, TestClient } from '../support/client.ts';
import { freePort } from '../support/ports.ts';
import { RawConnection } from '../support/rawConnection.ts';
import { serviceFolder } from '../support/serviceProcess.ts';

const main = fileURLToPath(new URL('../../sfu/main.ts', import.meta.url));
const faults = fileURLToPath(new URL('../support/faults.ts', import.meta.url));

let folder: string;
const children: ChildProcess[] = [];
const clients: TestClient[] = [];
beforeEach(() => (folder = serviceFolder()));
afterEach(async () => {
	for (const client of clients.splice(0)) client.close();
	for (const child of children.splice(0)) {
		if (child.exitCode !== null || child.signalCode !== null) continue;
		child.kill('SIGKILL');
		await once(child, 'close');
	}
	rmSync(folder, { recursive: true, force: true });
});

/**
 * A service process in the folder of the test.
 *
 * @param options.detached whether it and its media workers are a process group of their own, as under a terminal.
 */
async function start(
	environment: Record<string, string> = {},
	{ stdout = 'pipe', detached = false }: { stdout?: 'pipe' | number; detached?: boolean } = {},
) {
	const [port, mediaPort] = [await freePort(), await freePort()];
	const child = spawn(process.execPath, ['--import', faults, main], {
		cwd: folder,
		detached,
		stdio: ['ignore', stdout, 'pipe'],
		env: {
			...childEnvironment,
			PARLEY_HTTP_PORT: String(port),
			PARLEY_HTTP_ADDRESS: '127.0.0.1',
			PARLEY_MEDIA_PORT: String(mediaPort),
			PARLEY_MEDIA_WORKERS: '1',
			PARLEY_MEDIA_LISTENADDRESS: '127.0.0.1',
			PARLEY_LOG_LEVEL: 'warn',
			...environment,
		},
	});
	children.push(child);
	let output = '';
	child.stdout?.on('data', (chunk) => (output += chunk));
	child.stderr?.on('data', (chunk) => (output += chunk));
	const ended = once(child, 'close').then(([code]: unknown[]) => code);
	// A busy machine takes its time.
	const url = `http://127.0.0.1:${environment['PARLEY_HTTP_PORT'] ?? port}`;
	if (stdout === 'pipe')
		await Promise.race([ended, saying(child, () => output.includes('listens on'))]);
	else await eventually(() => isReady(url));
	const connect = async (cookie?: string) => {
		const client = await TestClient.connect({ url }, { ...(cookie && { cookie }) });
		clients.push(client);
		return client;
	};
	return { url, child, ended, connect, output: () => output };
}

const isReady = async (url: string) => {
	const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
		() => null,
	);
	return answer?.ok === true;
};

/** Resolves when what a process said so far is enough. */
const saying = (child: ChildProcess, isEnough: () => boolean): Promise<void> =>
	new Promise((resolve) => {
		child.stdout?.on('data', () => isEnough() && resolve());
	});

/** What a process logs that was cut off while it closed. */
const cutOff = 'closing the service took too long';

describe('SERVICE-3: a failure that nobody caught', { timeout: 60_000 }, () => {
	test.each(['an exception', 'a rejection'])(
		'A-C1: %s is logged once, told to the rooms, and ends the process; people come back',
		async (fault) => {
			const first = await start({ FAULT: fault.split(' ')[1] ?? '' });
			const [one, other] = [await first.connect(), await first.connect()];
			const roomId = newRoomId();
			await one.join(roomId, 'One');
			await other.join(roomId, 'Other');
			first.child.kill('SIGUSR2');
			expect(await first.ended).toBe(70);
			expect(first.output()).not.toContain(cutOff);
			for (const client of [one, other])
				expect((await client.until('room:ended')).code).toBe('UNAVAILABLE');
			const lines = first
				.output()
				.split('\n')
				.filter((line) => line.includes('injected'));
			expect(lines).toHaveLength(1);
			expect(JSON.parse(lines[0] ?? '')).toMatchObject({ rooms: 1, peers: 2, sockets: 2 });
			const second = await start({ PARLEY_HTTP_PORT: new URL(first.url).port });
			const back = await second.connect(one.cookie);
			await back.join(roomId, 'One');
			second.child.kill('SIGTERM');
			expect(await second.ended).toBe(0);
		},
	);

	test('A-C1: closing that does not come to an end is cut off after five seconds', async () => {
		const service = await start({ FAULT: 'exception', FAULT_STUCK: '1' });
		const began = performance.now();
		service.child.kill('SIGUSR2');
		expect(await service.ended).toBe(70);
		expect(performance.now() - began).toBeGreaterThan(4_900);
		const lines = service.output().split('\n');
		expect(JSON.parse(lines.find((line) => line.includes(cutOff)) ?? '')).toMatchObject({
			within: 5_000,
		});
	});
});

describe('SERVICE-4: a service whose log is on a full disk', { timeout: 60_000 }, () => {
	// Takes nothing, as a full disk does.
	const full = openSync('/dev/full', 'w');
	afterAll(() => closeSync(full));

	test('goes on, and ends in order', async () => {
		const service = await start(
			{ PARLEY_LOG_LEVEL: 'debug', PARLEY_DRAIN_SECONDS: '0' },
			{ stdout: full },
		);
		const headers = { origin: 'http://elsewhere.example' };
		// A page of another origin is a line in the log.
		const refused = await fetch(`${service.url}/api/session/token`, { method: 'POST', headers });
		expect(refused.status).toBe(403);
		await (await service.connect()).join(newRoomId(), 'Guest');
		expect(await isReady(service.url)).toBe(true);
		service.child.kill('SIGTERM');
		expect(await service.ended).toBe(0);
	});

	test('ends after a failure', async () => {
		const service = await start({ FAULT: 'exception' }, { stdout: full });
		service.child.kill('SIGUSR2');
		expect(await service.ended).toBe(70);
	});
});

describe('SERVICE-2: a service that is to end', { timeout: 60_000 }, () => {
	const ready = async ({ url }: { url: string }) => (await fetch(`${url}/readyz`)).status;

	test('A-M5: ends at once where nobody is in a call, also with people in a lobby', async () => {
		const service = await start({ PARLEY_DRAIN_SECONDS: '600' });
		const client = await service.connect();
		await client.ask('lobby:enter', { roomId: newRoomId() });
		service.child.kill('SIGTERM');
		expect(await service.ended).toBe(0);
		expect(service.output()).not.toContain(cutOff);
		expect((await client.until('room:ended')).code).toBe('UNAVAILABLE');
	});

	test('A-M5: lets a call go on, begins no other, and ends with the call', async () => {
		const service = await start({ PARLEY_DRAIN_SECONDS: '60' });
		const [one, other, third] = await Promise.all([
			service.connect(),
			service.connect(),
			service.connect(),
		]);
		const roomId = newRoomId();
		await one.join(roomId, 'One');
		await other.join(roomId, 'Other');
		await third.ask('match:enter', { media: false });
		service.child.kill('SIGTERM');
		await eventually(async () => (await ready(service)) === 503);
		const refused = {
			error: { code: 'UNAVAILABLE', message: expect.stringContaining('restarting') },
		};
		const ring = { ringId: newRingId(), personId: newPersonId(), name: 'Third', video: false };
		expect(await third.raw('match:start', { mode: 'text', agree: rulesVersion })).toMatchObject(
			refused,
		);
		expect(await third.raw('lobby:enter', { roomId: newRoomId() })).toMatchObject(refused);
		expect(await third.raw('call:start', { ...ring, roomId: newRoomId() })).toMatchObject(refused);
		const late = await service.connect();
		await late.join(roomId, 'Late');
		expect(await one.codeOf('media:want', { wants: [] })).toBe('OK');
		for (const client of [one, other]) await client.ask('room:leave', {});
		expect(await service.ended).toBe(0);
		expect((await late.until('room:ended')).code).toBe('UNAVAILABLE');
	});

	test('A-M5: ends the calls when the time is up', async () => {
		const service = await start({ PARLEY_DRAIN_SECONDS: '2' });
		const [one, other] = [await service.connect(), await service.connect()];
		const roomId = newRoomId();
		await one.join(roomId, 'One');
		await other.join(roomId, 'Other');
		const began = performance.now();
		service.child.kill('SIGTERM');
		expect(await service.ended).toBe(0);
		expect(performance.now() - began).toBeGreaterThan(1_900);
		expect(service.output()).not.toContain(cutOff);
		expect((await one.until('room:ended')).code).toBe('UNAVAILABLE');
	});

	test.each(['SIGTERM', 'SIGINT'] as const)(
		'A-M5: does not wait for calls after a further %s',
		async (signal) => {
			const service = await start({ PARLEY_DRAIN_SECONDS: '600' });
			const [one, other] = [await service.connect(), await service.connect()];
			const roomId = newRoomId();
			await one.join(roomId, 'One');
			await other.join(roomId, 'Other');
			service.child.kill('SIGTERM');
			await eventually(async () => (await ready(service)) === 503);
			expect(one.told('room:ended')).toEqual([]);
			service.child.kill(signal);
			expect(await service.ended).toBe(0);
			expect(service.output()).not.toContain(cutOff);
			expect((await one.until('room:ended')).code).toBe('UNAVAILABLE');
		},
	);

	test('Ctrl+C, which reaches the media workers too, ends the calls and is no error in the log', async () => {
		const service = await start({}, { detached: true });
		const one = await service.connect();
		await one.join(newRoomId(), 'One');
		process.kill(-(service.child.pid ?? 0), 'SIGINT');
		expect(await service.ended).toBe(0);
		// Which of the two ends first is nobody's to say; clients come back after both.
		expect(['UNAVAILABLE', 'MEDIA_LOST']).toContain((await one.until('room:ended')).code);
		expect(service.output()).not.toContain('"level":50');
	});

	test('A-M5: is not held up by a client that does not read', async () => {
		const service = await start();
		const deaf = await RawConnection.enter(service);
		deaf.deafen();
		service.child.kill('SIGTERM');
		expect(await service.ended).toBe(0);
		expect(service.output()).not.toContain(cutOff);
		deaf.close();
	});
});
