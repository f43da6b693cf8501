import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createApp } from '../../sfu/app.ts';
import { newRoomId } from '../../shared/ids.ts';
import { eventually, TestClient } from '../support/client.ts';
import { figure } from '../support/figure.ts';
import { produceInput } from '../support/rtp.ts';
import { testConfig } from '../support/service.ts';

type Line = Record<string, unknown> & { msg: string };

/** A service that logs everything, and what it logged. */
async function logged(run: (url: string, lines: Line[]) => Promise<void>): Promise<void> {
	const lines: Line[] = [];
	const write = (line: string) => void lines.push(JSON.parse(line) as Line);
	const app = await createApp(await testConfig(), pino({ level: 'debug', base: null }, { write }), {
		lan: false,
	});
	const url = `http://127.0.0.1:${await app.listen()}`;
	try {
		await run(url, lines);
	} finally {
		await app.close();
	}
}

test('/metrics counts the routers, peers, producers and consumers of each media worker and its CPU time', async () => {
	await logged(async (url) => {
		const roomId = newRoomId();
		const [ann, ben] = [await TestClient.connect({ url }), await TestClient.connect({ url })];
		const of = (name: string) => figure({ url }, `parley_worker_${name}{worker="0"}`);
		expect(await of('routers')).toBe(0);
		await ann.join(roomId);
		await ben.join(roomId);
		const camera = produceInput('camera');
		await ann.ask('media:produce', camera);
		await ben.ask('media:want', {
			wants: [{ producerId: camera.producerId, width: 640, height: 360, priority: 1 }],
		});
		expect(await of('routers')).toBe(1);
		expect(await of('peers')).toBe(2);
		expect(await of('producers')).toBe(1);
		expect(await of('consumers')).toBe(1);
		expect(await of('cpu_seconds')).toBeGreaterThan(0);
		await ann.ask('room:leave', {});
		await ben.ask('room:leave', {});
		await eventually(async () => (await of('routers')) === 0);
		expect(await of('producers')).toBe(0);
		expect(await of('consumers')).toBe(0);
		for (const client of [ann, ben]) client.close();
	});
});

test('/metrics says how much waits for the database, and what was left out', async () => {
	await logged(async (url) => {
		expect(await figure({ url }, 'parley_chat_writes_waiting')).toBe(0);
		expect(await figure({ url }, 'parley_backlog_waiting')).toBe(0);
		expect(await figure({ url }, 'parley_backlog_dropped_total')).toBe(0);
	});
});

test('the log names person, socket and request of every answer, and never what was written', async () => {
	await logged(async (url, lines) => {
		const client = await TestClient.connect({ url });
		const roomId = newRoomId();
		await client.join(roomId);
		const body = 'a secret between the two of us';
		await client.codeOf('chat:post', { chat: { roomId }, messageId: 'no id', body });
		client.close();
		await eventually(() => lines.some(({ msg }) => msg === 'socket disconnected'));
		const answers = lines.filter(({ msg }) => msg === 'request answered');
		expect(answers.map(({ request, code }) => `${request} ${code}`)).toEqual([
			'lobby:enter OK',
			'room:join OK',
			'chat:post BAD_REQUEST',
		]);
		expect(answers.map(({ requestId }) => requestId)).toEqual([1, 2, 3]);
		for (const { person, socket } of answers) expect([person, socket]).not.toContain(undefined);
		expect(JSON.stringify(lines)).not.toContain(body);
		expect(JSON.stringify(lines)).not.toContain(client.cookie.split('=')[1]);
	});
});

test('the debug log of a join names room, peer, person and socket, and each decision about the media of the peer', async () => {
	await logged(async (url, lines) => {
		const has = (fields: Record<string, unknown>) =>
			lines.some((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
		const [ann, ben] = [await TestClient.connect({ url }), await TestClient.connect({ url })];
		const room = newRoomId();
		await ann.join(room);
		const camera = produceInput('camera');
		const { producerId: producer } = camera;
		await ann.ask('media:produce', camera);
		const { you, consumers } = await ben.join(room);
		const peer = you.peerId;
		const moved = lines.find((line) => line.peer === peer && line.phase === 'room');
		expect(moved).toMatchObject({ msg: 'client changed its place', room, person: you.personId });
		expect(moved?.socket).toEqual(expect.any(String));
		const [consumer] = consumers.map(({ consumerId }) => consumerId);
		if (!consumer) throw new Error('there is no consumer');
		expect(has({ msg: 'producer made', room, producer, source: 'camera' })).toBe(true);
		expect(has({ msg: 'consumer made', room, peer, producer, consumer })).toBe(true);
		await ben.ask('media:resume', { consumerIds: [consumer] });
		expect(has({ msg: 'consumer changed', room, peer, consumer, flows: true })).toBe(true);
		await ben.ask('media:want', { wants: [] });
		await eventually(() => has({ msg: 'consumer closed', room, peer, consumer }));
		await eventually(() => has({ msg: 'requested quality changed', room, producer, layer: null }));
		for (const client of [ann, ben]) client.close();
	});
});
