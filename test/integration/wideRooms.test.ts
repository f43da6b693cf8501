import { observer } from 'mediasoup';
import type { Worker } from 'mediasoup/types';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import type { ConsumerInfo } from '../../shared/media.ts';
import type { MediaSource } from '../../shared/mediaSource.ts';
import { eventually, type Cast, type TestClient } from '../support/client.ts';
import { consumersInWorker, stateOf } from '../support/consumersInWorker.ts';
import { exposition, figure } from '../support/figure.ts';
import { LoadTool } from '../support/loadTool.ts';
import { produceInput } from '../support/rtp.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

/*
 * Rooms that grow onto a second worker with their second peer. Nobody in them may notice.
 */

const workers = new Set<Worker>();
observer.on('newworker', (worker) => {
	workers.add(worker);
	worker.observer.once('close', () => workers.delete(worker));
});

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on), {
	media: { workers: 2, consumersPerRouter: 1 },
	rooms: { graceSeconds: 0 },
});

const both = (name: string) =>
	Promise.all([0, 1].map((worker) => figure(service, `parley_worker_${name}{worker="${worker}"}`)));
const pipes = async () => (await both('pipes')).reduce((sum, each) => sum + each, 0);
/** Routers that the workers themselves know. */
const routers = async () => {
	const own = [...workers].filter(({ pid }) => service.app.workerPids().includes(pid));
	const dumps = await Promise.all(own.map((worker) => worker.dump()));
	return dumps.map(({ routerIds }) => routerIds.length);
};

const send = async (client: TestClient, source: MediaSource) => {
	const input = produceInput(source);
	await client.ask('media:produce', input);
	return input.producerId;
};

const consumerOf = (consumers: readonly ConsumerInfo[], producerId: string) => {
	const info = consumers.find((each) => each.producerId === producerId);
	const consumer = consumersInWorker.get(info?.consumerId ?? '');
	if (!info || !consumer) throw new Error('there is no such consumer');
	return { id: info.consumerId, consumer };
};

test('peers of a room land on different workers, and each receives what the others send', async () => {
	const one = await cast.joined('One');
	const [camera, microphone] = [await send(one, 'camera'), await send(one, 'microphone')];
	const two = await cast.connect();
	const { consumers, peers } = await two.join(cast.roomId, 'Two');
	expect(await both('peers')).toEqual([1, 1]);
	expect(await both('routers')).toEqual([1, 1]);
	expect(await figure(service, 'parley_wide_rooms')).toBe(1);
	expect(peers[0]?.producers.map(({ producerId }) => producerId)).toEqual([camera, microphone]);
	expect(consumers.map(({ producerId }) => producerId)).toEqual([camera, microphone]);
	const consumerIds = consumers.map(({ consumerId }) => consumerId);
	expect(await two.ask('media:resume', { consumerIds })).toEqual({ unavailable: [] });
	expect(consumerIds.map(stateOf)).toEqual(['flowing', 'flowing']);
	// Either is on the worker of its peer, and piped to the other one; and the other way round.
	expect([await both('producers'), await both('consumers'), await pipes()]).toEqual([
		...[expect.arrayContaining([2, 0]), expect.arrayContaining([0, 2])],
		2,
	]);
	const share = await send(two, 'screen');
	await one.until('producer:added', ({ producer }) => producer.producerId === share);
	const wants = [{ producerId: share, width: 1280, height: 720, priority: 1 }];
	expect((await one.ask('media:want', { wants })).unavailable).toEqual([]);
	expect(await pipes()).toBe(3);
});

test('a third peer shares the pipes of the second, whoever asks first, and asks at the same time', async () => {
	const one = await cast.joined('One');
	const sent = [await send(one, 'camera'), await send(one, 'microphone')];
	const others = await Promise.all(Array.from({ length: 5 }, () => cast.connect()));
	const answers = await Promise.all(others.map((other) => other.join(cast.roomId, 'Other')));
	for (const { consumers } of answers)
		expect(consumers.map(({ producerId }) => producerId)).toEqual(sent);
	expect((await both('peers')).sort()).toEqual([3, 3]);
	expect(await pipes()).toBe(2);
});

test('MEDIA-3, HOST-1: what is paused by its owner is paused for those on the other worker', async () => {
	const one = await cast.joined('One');
	const producerId = await send(one, 'microphone');
	const two = await cast.connect();
	const { consumers } = await two.join(cast.roomId, 'Two');
	const { consumer } = consumerOf(consumers, producerId);
	const update = { producerId, width: 0, height: 0 };
	await one.ask('media:update', { ...update, paused: true });
	await eventually(() => consumer.producerPaused);
	await one.ask('media:update', { ...update, paused: false });
	await eventually(() => !consumer.producerPaused);
});

test('MEDIA-9, MEDIA-10: the layer follows the tile on the other worker, and the sender is told the highest', async () => {
	const one = await cast.joined('One');
	const producerId = await send(one, 'camera');
	const viewers = [await cast.connect(), await cast.connect()];
	const states = await Promise.all(
		viewers.map(async (viewer) => {
			const { consumers } = await viewer.join(cast.roomId, 'Viewer');
			return consumerOf(consumers, producerId);
		}),
	);
	const want = (viewer: TestClient | undefined, width: number, height: number) =>
		viewer?.ask('media:want', { wants: [{ producerId, width, height, priority: 1 }] });
	const demanded = () => one.told('media:demand').at(-1)?.spatialLayer;
	await want(viewers[0], 320, 180);
	await want(viewers[1], 640, 360);
	const preferred = () => states.map(({ consumer }) => consumer.preferredLayers?.spatialLayer);
	await eventually(() => preferred().join() === '0,1' && demanded() === 1);
	await want(viewers[0], 1280, 720);
	await eventually(() => preferred().join() === '2,1' && demanded() === 2);
	for (const viewer of viewers) await want(viewer, 0, 0);
	await eventually(() => demanded() === null);
	for (const [index, { id }] of states.entries())
		expect(await viewers[index]?.ask('media:keyframe', { consumerIds: [id] })).toEqual({
			unavailable: [],
		});
});

test('MEDIA-2: the id of a producer on the other worker is refused to everybody else, and that producer goes on', async () => {
	const [one, two] = [await cast.joined('One'), await cast.joined('Two')];
	const producerId = await send(one, 'camera');
	const theft = produceInput('camera', { producerId });
	expect(await two.codeOf('media:produce', theft)).toBe('BAD_MEDIA');
	const wants = [{ producerId, width: 320, height: 180, priority: 1 }];
	expect((await two.ask('media:want', { wants })).consumers).toMatchObject([{ producerId }]);
	expect(await two.codeOf('media:produce', theft)).toBe('BAD_MEDIA');
	expect(one.told('producer:added')).toEqual([]);
	// It is free again once its producer has ended.
	await one.ask('media:close', { producerId });
	expect(await two.codeOf('media:produce', theft)).toBe('OK');
	await one.until('producer:added', ({ producer }) => producer.producerId === producerId);
});

test('LOBBY-2, MEDIA-12: a lobby on another worker has its loopback, and prepares what it will see', async () => {
	const one = await cast.joined('One');
	const producerId = await send(one, 'camera');
	const two = await cast.connect();
	const lobby = await two.ask('lobby:enter', { roomId: cast.roomId });
	expect(await both('peers')).toEqual([1, 1]);
	const own = await send(two, 'camera');
	const rtpCapabilities = lobby.routerRtpCapabilities;
	const loopback = await two.ask('media:loopback', { rtpCapabilities });
	expect(loopback.consumers.map((each) => each.producerId)).toEqual([own]);
	const firstPage = { videos: 9, width: 640, height: 360 };
	const { consumers } = await two.ask('lobby:prepare', { rtpCapabilities, firstPage });
	expect(consumers.map((each) => each.producerId)).toEqual([producerId]);
	const { id } = consumerOf(consumers, producerId);
	await two.ask('media:resume', { consumerIds: [id] });
	expect(stateOf(id)).toBe('paused');
	await two.ask('room:join', { roomId: cast.roomId, name: 'Two', rtpCapabilities, firstPage });
	expect(stateOf(id)).toBe('flowing');
	await two.ask('room:leave', {});
	expect(await pipes()).toBe(0);
});

test('whoever leaves takes their pipes along, and the last one on a worker its router', async () => {
	const one = await cast.joined('One');
	const two = await cast.joined('Two');
	for (const client of [one, two])
		for (const source of ['camera', 'microphone'] as const) await send(client, source);
	const wanted = async (client: TestClient) => {
		const wants = client
			.told('producer:added')
			.map(({ producer }) => ({ ...producer, width: 320, height: 180, priority: 1 }))
			.map(({ producerId, width, height, priority }) => ({ producerId, width, height, priority }));
		await client.ask('media:want', { wants });
	};
	await one.until('producer:added', ({ producer }) => producer.source === 'microphone');
	await two.until('producer:added', ({ producer }) => producer.source === 'microphone');
	await Promise.all([wanted(one), wanted(two)]);
	expect(await both('pipes')).toEqual([2, 2]);
	await one.ask('media:want', { wants: [] });
	expect(await pipes()).toBe(2);
	await two.ask('room:leave', {});
	expect([await both('pipes'), (await both('routers')).sort()]).toEqual([
		[0, 0],
		[0, 1],
	]);
	// The room goes on, and grows again.
	await cast.joined('Three');
	expect(await both('routers')).toEqual([1, 1]);
	await one.ask('room:leave', {});
	expect((await both('routers')).sort()).toEqual([0, 1]);
});

test('ROOM-5: a room that is over leaves nothing on any worker', async () => {
	const clients = [await cast.joined('One'), await cast.joined('Two'), await cast.joined('Three')];
	for (const client of clients) await send(client, 'camera');
	for (const client of clients) await client.ask('room:leave', {});
	await eventually(() => service.app.rooms.all.size === 0);
	expect(await routers()).toEqual([0, 0]);
	expect(await both('pipes')).toEqual([0, 0]);
	expect(await exposition(service)).toContain('parley_wide_rooms 0');
});

test('many who come at the same moment are spread over the workers', async () => {
	const roomId = newRoomId();
	const clients = await Promise.all(Array.from({ length: 8 }, () => cast.connect()));
	await Promise.all(clients.map((client) => client.ask('lobby:enter', { roomId })));
	expect(await both('peers')).toEqual([4, 4]);
	expect(await both('routers')).toEqual([1, 1]);
});

describe('where two microphones are heard at a time', () => {
	withService((on) => ({ cast } = on), {
		media: { workers: 2, consumersPerRouter: 1 },
		rooms: { audibleSpeakers: 2 },
	});

	test('ROOM-11: as many microphones are heard as on one worker, and the same ones for everybody', async () => {
		const clients = [
			await cast.joined('One'),
			await cast.joined('Two'),
			await cast.joined('Three'),
		];
		const sent: string[] = [];
		for (const client of clients) sent.push(await send(client, 'microphone'));
		const listeners = await Promise.all(
			['Four', 'Five'].map(async (name) => {
				const listener = await cast.connect();
				const { consumers } = await listener.join(cast.roomId, name);
				const ids = sent.map((producerId) => consumerOf(consumers, producerId).id);
				await listener.ask('media:resume', { consumerIds: ids });
				return () => ids.map(stateOf);
			}),
		);
		const heard = () => listeners.map((states) => states().join());
		expect(heard()).toEqual(Array(2).fill('flowing,flowing,paused'));
		const [producerId = ''] = sent;
		await clients[0]?.ask('media:update', { producerId, width: 0, height: 0, paused: true });
		await eventually(() => heard().every((states) => states === 'flowing,flowing,flowing'));
	});
});

describe('on real WebRTC', { timeout: 120_000 }, () => {
	test('people on different workers see and hear each other', async () => {
		const size = ['--rooms', '1', '--peers', '4', '--video', '180p', '--fps', '5'];
		const tool = new LoadTool(['--url', service.url, ...size, '--seconds', '5']);
		onTestFinished(() => tool.close());
		let most = 0;
		const watching = setInterval(
			() => void pipes().then((now) => (most = Math.max(most, now))),
			500,
		);
		try {
			expect(await tool.exit).toBe(0);
		} finally {
			clearInterval(watching);
		}
		const { summary } = tool.report;
		expect(summary.bots).toEqual({ asked: 4, inside: 4, complete: 4 });
		expect(summary.others.pictures).toBe(12);
		expect(summary.others.seen).toBe(12);
		expect(summary.others.heard).toBe(12);
		// Two people on each worker, with camera and microphone.
		expect(most).toBe(8);
		await eventually(async () => (await pipes()) === 0);
	});
});

// The last ones of this service: clients of other tests would be lost, too.
test.each([0, 1])(
	'ROOM-8: a room that loses one of its workers is lost for all its peers, and begins anew; rooms on the other one go on (worker %i)',
	async (victim) => {
		await eventually(() => service.app.rooms.all.size === 0);
		// One on each worker.
		const others = [await cast.connect(), await cast.connect()];
		for (const other of others) await other.join(newRoomId(), 'Other');
		const clients = [await cast.joined('One'), await cast.joined('Two')];
		for (const client of clients) await send(client, 'camera');
		expect(await both('routers')).toEqual([2, 2]);
		const pid = service.app.workerPids()[victim];
		if (pid === undefined) throw new Error('there is no such worker');
		process.kill(pid, 'SIGKILL');
		for (const client of [...clients, others[victim]])
			expect((await client?.until('room:ended'))?.code).toBe('MEDIA_LOST');
		// Nobody hears of each producer before.
		expect(clients.flatMap((client) => client.told('producer:closed'))).toEqual([]);
		await eventually(() => service.app.workerPids().length === 2);
		const stays = others[1 - victim];
		expect(stays?.told('room:ended')).toEqual([]);
		expect(await stays?.codeOf('media:want', { wants: [] })).toBe('OK');
		for (const client of clients) await client.join(cast.roomId, 'Again');
		expect(await figure(service, 'parley_wide_rooms')).toBe(1);
		const [one, two] = clients;
		if (!one || !two) throw new Error('nobody is there');
		const producerId = await send(one, 'microphone');
		await two.until('producer:added', ({ producer }) => producer.producerId === producerId);
		const wants = [{ producerId, width: 0, height: 0, priority: 1 }];
		expect((await two.ask('media:want', { wants })).unavailable).toEqual([]);
	},
);
