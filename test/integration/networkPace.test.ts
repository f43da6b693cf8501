import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { newMessageId, newRoomId } from '../../shared/ids.ts';
import { createApp } from '../../sfu/app.ts';
import { eventually, TestClient } from '../support/client.ts';
import { startService, testConfig, type Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';
import {
	askOnce,
	cookieFrom,
	frame,
	requestBytes,
	upgrade,
	Wire,
	type Header,
} from '../support/wire.ts';

let service: Service;
// As little as can be had, so that a few requests spend it. Each test has networks of its own.
withService((on) => ({ service } = on), { limits: { workPerAddress: 100 } });

const hello = { path: '/robots.txt' };
const helloBytes = () => requestBytes('GET', hello.path, [['Host', new URL(service.url).host]]);
const count = (text: string, part: string) => text.split(part).length - 1;

test('SERVICE-6: requests on connections of their own wait beyond the work of their network, are all answered, and hold up nobody else', async () => {
	let answered = 0;
	const asked = Array.from({ length: 50 }, async () => {
		const { status } = await askOnce(service.url, '127.1.0.1', hello, 15_000);
		answered++;
		return status;
	});
	await Promise.race(asked);
	expect((await askOnce(service.url, '127.1.1.1', hello)).status).toBe(200);
	expect(answered).toBeLessThan(50);
	expect(new Set(await Promise.all(asked))).toEqual(new Set([200]));
}, 20_000);

test('SERVICE-6: requests on one connection wait as well', async () => {
	const wires = [
		await Wire.open(service.url, '127.1.2.1'),
		await Wire.open(service.url, '127.1.2.1'),
	];
	const answers = ({ heard }: Wire) => count(heard, 'HTTP/1.1 200');
	for (const wire of wires)
		wire.send(Buffer.concat(Array.from({ length: 30 }, () => helloBytes())));
	await Promise.race(wires.map((wire) => wire.until(() => answers(wire) > 0, 5_000)));
	expect((await askOnce(service.url, '127.1.3.1', hello)).status).toBe(200);
	expect(wires.map(answers)).not.toEqual([30, 30]);
	await Promise.all(wires.map((wire) => wire.until(() => answers(wire) === 30, 10_000)));
	expect(wires.map(answers)).toEqual([30, 30]);
	for (const wire of wires) wire.close();
}, 20_000);

test('SERVICE-6: connections that break while they wait leave the others their turns', async () => {
	const from = '127.1.4.1';
	const open = () => Wire.open(service.url, from);
	// Those that wait would take longer together than the answer is waited for.
	const wires = await Promise.all(Array.from({ length: 130 }, open));
	for (const wire of wires) wire.reset();
	expect((await askOnce(service.url, from, hello, 2_000)).status).toBe(200);
});

test('SERVICE-6: connections beyond those that may wait are closed, and those of another network are served', async () => {
	const open = () => Wire.open(service.url, '127.1.5.1');
	const wires = await Promise.all(Array.from({ length: 400 }, open));
	await eventually(() => wires.filter(({ closed }) => closed).length > 100);
	expect((await askOnce(service.url, '127.1.6.1', hello)).status).toBe(200);
	expect(wires[0]?.closed).toBe(false);
	for (const wire of wires) wire.reset();
});

test('SERVICE-7: a socket is not read while its network owes, is not closed, and others do not notice', async () => {
	const from = '127.1.7.1';
	const other = await TestClient.connect(service, { from: '127.1.8.1' });
	const cookie = await cookieFrom(service.url, from);
	const wire = await Wire.open(service.url, from);
	await upgrade(wire, service.url, 'EIO=4&transport=websocket', [['Cookie', cookie]]);
	wire.send(frame('40'));
	await wire.until((heard) => heard.includes('40{"sid"'), 5_000);
	const ask = (id: number) => frame(`42${id}["media:hearing",{}]`);
	wire.send(Buffer.concat(Array.from({ length: 300 }, (_, id) => ask(id))));
	// Its last packet has come: from now on nothing is read.
	await wire.until((heard) => heard.includes('43299['), 5_000);
	wire.send(ask(999));
	for (let turn = 0; turn < 5; turn++)
		expect(await other.codeOf('media:hearing', {})).toBe('WRONG_PHASE');
	expect(wire.heard).not.toContain('43999[');
	expect(await wire.until((heard) => heard.includes('43999['), 8_000)).toBe(true);
	expect(wire.closed).toBe(false);
	wire.close();
	other.close();
}, 20_000);

test('SERVICE-7: places in lobbies are given at once, and their network waits for what it asks for next', async () => {
	const from = '127.1.10.1';
	const client = await TestClient.connect(service, { from });
	const entering = Array.from({ length: 6 }, () =>
		client.codeOf('lobby:enter', { roomId: newRoomId() }),
	);
	expect(new Set(await Promise.all(entering))).toEqual(new Set(['OK']));
	let isAnswered = false;
	const own = askOnce(service.url, from, hello).then(({ status }) => {
		isAnswered = true;
		return status;
	});
	expect((await askOnce(service.url, '127.1.11.1', hello)).status).toBe(200);
	expect(isAnswered).toBe(false);
	expect(await own).toBe(200);
	client.close();
});

test('SERVICE-6: nothing that was acknowledged is lost while the own network floods the service', async () => {
	const from = '127.1.9.1';
	const client = await TestClient.connect(service, { from });
	const roomId = newRoomId();
	await client.ask('chat:enter', { roomId, name: 'Guest' });
	await client.ask('chat:open', { roomId });
	const flood = Array.from({ length: 60 }, () => askOnce(service.url, from, hello, 15_000));
	const posts = await Promise.all(
		Array.from({ length: 12 }, async () => {
			const messageId = newMessageId();
			const input = { chat: { roomId }, messageId, draft: { body: 'a word' } };
			return { messageId, code: await client.codeOf('chat:post', input) };
		}),
	);
	await Promise.all(flood);
	expect(new Set(posts.map(({ code }) => code))).toEqual(new Set(['OK']));
	const { messages } = await client.ask('chat:page', {
		...{ chat: { roomId }, from: { kind: 'latest' }, limit: 100 },
	});
	const kept = new Set(messages.map((message) => message.messageId));
	expect(posts.filter(({ messageId }) => !kept.has(messageId))).toEqual([]);
	client.close();
}, 30_000);

test('SERVICE-6: behind a proxy each network has its own share, and what is beyond the queue is refused in words', async () => {
	const behind = await startService({ http: { trustProxy: 1 }, limits: { workPerAddress: 100 } });
	try {
		const ask = (client: string) =>
			askOnce(behind.url, '127.1.0.1', { ...hello, headers: [['X-Forwarded-For', client]] });
		const asked = Array.from({ length: 200 }, () => ask('203.0.113.5'));
		expect((await ask('198.51.100.5')).status).toBe(200);
		const answers = await Promise.all(asked);
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
		const refused = answers.find(({ status }) => status === 429);
		expect(refused?.head).toMatch(/^Retry-After: 5$/im);
		expect(JSON.parse(refused?.body ?? '')).toMatchObject({
			ok: false,
			error: { code: 'TOO_MANY_REQUESTS' },
		});
		const from: Header = ['X-Forwarded-For', '192.0.2.5'];
		const upgraded = Array.from({ length: 40 }, async () => {
			const wire = await Wire.open(behind.url, '127.1.0.1');
			await upgrade(wire, behind.url, 'EIO=4&transport=websocket', [from]);
			wire.close();
			return wire.heard;
		});
		const heard = (await Promise.all(upgraded)).filter((text) => text !== '');
		expect(new Set(heard.map((text) => text.slice(9, 12)))).toEqual(new Set(['101', '429']));
		const unserved = heard.find((text) => text.startsWith('HTTP/1.1 429'));
		expect(unserved).toMatch(/^Retry-After: 5\r$[^]*"TOO_MANY_REQUESTS"/m);
	} finally {
		await behind.close();
	}
}, 30_000);

test('SERVICE-6: connections over TLS that waited are served as others', async () => {
	const config = await testConfig({ limits: { workPerAddress: 100 } });
	const app = await createApp(config, pino({ level: 'silent' }), { lan: true });
	try {
		const options = { port: await app.listen(), rejectUnauthorized: false, agent: false as const };
		const asked = Array.from({ length: 50 }, async () => {
			const [response] = (await once(get({ ...options, ...hello }), 'response')) as [
				IncomingMessage,
			];
			return response.resume().statusCode;
		});
		expect(new Set(await Promise.all(asked))).toEqual(new Set([200]));
	} finally {
		await app.close();
	}
}, 20_000);
