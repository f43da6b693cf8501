import { once } from 'node:events';
import { connect } from 'node:net';
import { observer } from 'mediasoup';
import type { ProducerOptions, Transport, WebRtcServer, Worker } from 'mediasoup/types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { isAlive } from '../support/isAlive.ts';
import { Cast, eventually, TestClient } from '../support/client.ts';
import { produceInput } from '../support/rtp.ts';
import { startService, type Service } from '../support/service.ts';

/** The least time between two requests for a key frame to each producer of late, in ms. */
const keyFrameIntervals: (number | undefined)[] = [];
function noteIntervals(transport: Transport): void {
	const produce = transport.produce.bind(transport) as Transport['produce'];
	transport.produce = ((options: ProducerOptions) => {
		keyFrameIntervals.push(options.keyFrameRequestDelay);
		return produce(options);
	}) as Transport['produce'];
}

const workers = new Set<Worker>();
const servers = new Set<WebRtcServer>();
observer.on('newworker', (worker) => {
	workers.add(worker);
	worker.observer.once('close', () => workers.delete(worker));
	worker.observer.on('newrouter', (router) =>
		router.observer.on('newtransport', (transport) => noteIntervals(transport)),
	);
	worker.observer.on('newwebrtcserver', (server) => {
		servers.add(server);
		server.observer.once('close', () => servers.delete(server));
	});
});

let service: Service;
let cast: Cast;
beforeEach(async () => {
	service = await startService({ media: { workers: 2 }, rooms: { graceSeconds: 0 } });
	cast = new Cast(service);
});
afterEach(async () => {
	cast.close();
	await service.close();
});

/** Routers and transports that the workers still hold. */
async function leftovers(): Promise<number> {
	const dumps = await Promise.all([...workers].map((worker) => worker.dump()));
	const transports = await Promise.all([...servers].map((server) => server.dump()));
	return (
		dumps.reduce((sum, dump) => sum + dump.routerIds.length, 0) +
		transports.reduce((sum, dump) => sum + dump.webRtcTransportIds.length, 0)
	);
}

test('ROOM-5: after everybody left nothing remains in the workers', async () => {
	const [one, two, three] = [
		await cast.joined('One'),
		await cast.joined('Two'),
		await cast.connect(),
	];
	for (const client of [one, two]) {
		await client.ask('media:produce', produceInput('camera'));
		await client.ask('media:produce', produceInput('microphone'));
	}
	const wants = one
		.told('producer:added')
		.map(({ producer: { producerId } }) => ({ producerId, width: 100, height: 100, priority: 1 }));
	await one.ask('media:want', { wants });
	await three.ask('lobby:enter', { roomId: newRoomId() });
	expect(await leftovers()).toBeGreaterThan(0);
	expect(service.app.rooms.all.size).toBe(2);
	await one.ask('room:leave', {});
	two.close();
	three.close();
	await eventually(() => service.app.rooms.all.size === 0);
	expect(await leftovers()).toBe(0);
});

test('closing the service leaves no worker, no timer and no socket', async () => {
	const count = (kind: string) =>
		process.getActiveResourcesInfo().filter((resource) => resource === kind).length;
	const sockets = count('TCPSocketWrap');
	const own = await startService();
	const client = await TestClient.connect(own);
	await client.join(newRoomId());
	await client.ask('media:produce', produceInput('camera'));
	const pids = own.app.workerPids();
	expect(pids).toHaveLength(1);
	await Promise.all([own.close(), own.close()]);
	client.close();
	await eventually(() => count('TCPSocketWrap') <= sockets);
	await eventually(() => pids.every((pid) => !isAlive(pid)));
});

test('a connection by which something is half asked does not keep the service from closing', async () => {
	const own = await startService();
	const { port } = new URL(own.url);
	const slow = connect(Number(port), '127.0.0.1');
	const ended = once(slow, 'close');
	slow.write('GET /readyz HTTP/1.1\r\n');
	// What comes later is answered later.
	expect((await fetch(`${own.url}/readyz`)).status).toBe(200);
	await own.close();
	await ended;
});

test('ROOM-8: a worker that dies is replaced, its rooms are told, and other rooms go on', async () => {
	const other = await TestClient.connect(service);
	await other.join(newRoomId());
	const inside = await cast.joined('Inside');
	const waiting = await cast.connect();
	await waiting.ask('lobby:enter', { roomId: cast.roomId });
	const before = service.app.workerPids();
	// Two rooms on two workers: the one of the cast came second.
	const [, victim = 0] = before;
	process.kill(victim, 'SIGKILL');
	expect((await inside.until('room:ended')).code).toBe('MEDIA_LOST');
	expect((await waiting.until('room:ended')).code).toBe('MEDIA_LOST');
	expect(await inside.codeOf('media:want', { wants: [] })).toBe('WRONG_PHASE');
	await inside.join(cast.roomId, 'Inside again');
	await eventually(() => service.app.workerPids().length === 2);
	expect(service.app.workerPids()).not.toContain(victim);
	expect(other.told('room:ended')).toEqual([]);
	expect(await other.codeOf('media:want', { wants: [] })).toBe('OK');
	const late = await cast.joined('Late');
	expect(await late.codeOf('media:want', { wants: [] })).toBe('OK');
	other.close();
});

test('ROOM-8: without any worker the service says so and takes calls again when one is back', async () => {
	const client = await cast.connect();
	const ready = async () => (await fetch(`${service.url}/readyz`)).status;
	expect(await ready()).toBe(200);
	for (const pid of service.app.workerPids()) process.kill(pid, 'SIGKILL');
	await eventually(
		async () => (await client.codeOf('lobby:enter', { roomId: newRoomId() })) === 'OK',
	);
	expect(await ready()).toBe(200);
});

test('ROOM-8: where all workers died, who comes back at once waits for the first replacement', async () => {
	const inside = await cast.joined('Inside');
	const before = service.app.workerPids();
	for (const pid of before) process.kill(pid, 'SIGKILL');
	await inside.until('room:ended');
	expect(await inside.codeOf('lobby:enter', { roomId: cast.roomId })).toBe('OK');
	await eventually(() => service.app.workerPids().length === 2);
	expect(service.app.workerPids()).not.toEqual(expect.arrayContaining(before));
});

test('MEDIA-19: people who come back into a small room that lost its worker are asked for key frames more often', async () => {
	const [ana, ben] = [await cast.joined('Ana'), await cast.joined('Ben')];
	keyFrameIntervals.length = 0;
	await ana.ask('media:produce', produceInput('camera'));
	for (const pid of service.app.workerPids()) process.kill(pid, 'SIGKILL');
	await ben.until('room:ended');
	for (const [client, name] of [
		[ana, 'Ana'],
		[ben, 'Ben'],
	] as const) {
		await client.join(cast.roomId, name);
		await client.ask('media:produce', produceInput('camera'));
	}
	expect(keyFrameIntervals).toEqual([1000, 350, 350]);
});

test('ADMISSION-1: who was inside when the worker died comes back into a room that asks to join; others wait', async () => {
	const host = await cast.joined('Host');
	const guest = await cast.joined('Guest');
	const moved = await cast.joined('Moved');
	await host.ask('host:policy', { knocking: true });
	const { personId } = await moved.ask('lobby:enter', { roomId: newRoomId() });
	await moved.join(cast.roomId, 'Moved');
	await host.ask('host:make-wait', { personId });
	await moved.until('room:ended');
	for (const pid of service.app.workerPids()) process.kill(pid, 'SIGKILL');
	await guest.until('room:ended');
	const stranger = await cast.connect();
	const admissionOf = async (client: TestClient) =>
		(await client.ask('lobby:enter', { roomId: cast.roomId })).admission;
	expect(await admissionOf(stranger)).toBe('knock');
	expect(await admissionOf(guest)).toBe('open');
	expect(await admissionOf(moved)).toBe('knock');
	await guest.join(cast.roomId, 'Guest');
	// The call is over when they leave, and with it all admissions.
	await guest.ask('room:leave', {});
	expect(await admissionOf(guest)).toBe('knock');
});

test('SERVICE-1: a service that shuts down tells the people in it', async () => {
	const inside = await cast.joined('Inside');
	const waiting = await cast.connect();
	await waiting.ask('lobby:enter', { roomId: cast.roomId });
	await service.close();
	for (const client of [inside, waiting])
		expect((await client.until('room:ended')).code).toBe('UNAVAILABLE');
});

test('rooms are spread over the workers', async () => {
	const clients = await Promise.all(Array.from({ length: 4 }, () => cast.connect()));
	await Promise.all(clients.map((client) => client.ask('lobby:enter', { roomId: newRoomId() })));
	const dumps = await Promise.all(
		[...workers]
			.filter((worker) => service.app.workerPids().includes(worker.pid))
			.map((worker) => worker.dump()),
	);
	expect(dumps.map((dump) => dump.routerIds.length)).toEqual([2, 2]);
});
