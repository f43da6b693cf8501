import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createWorker } from 'mediasoup';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { newRoomId } from '../../shared/ids.ts';
import { requests } from '../../shared/protocol.ts';
import { operations } from '../../sfu/http/operations.ts';
import { Traffic } from '../../sfu/media/worker/traffic.ts';
import { type Cast, eventually, TestClient } from '../support/client.ts';
import { exposition, figure } from '../support/figure.ts';
import { produceInput } from '../support/rtp.ts';
import { Person } from '../support/person.ts';
import { startService, type Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), {});

const target = v.object({ expr: v.string() });
const dashboard = v.object({ panels: v.array(v.object({ targets: v.optional(v.array(target)) })) });
const alertRules = v.object({
	groups: v.array(
		v.object({
			rules: v.array(
				v.object({
					...target.entries,
					alert: v.string(),
					labels: v.object({ severity: v.picklist(['critical', 'warning']) }),
					annotations: v.object({ summary: v.string() }),
				}),
			),
		}),
	),
});

const of = (name: string) => figure(service, name);

test('the traffic of a worker is every byte that its transports received, after they closed, too', async () => {
	const worker = await createWorker({ logLevel: 'none' });
	const router = await worker.createRouter();
	const traffic = new Traffic();
	traffic.count(router);
	const socket = createSocket('udp4');
	const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const;
	const transport = await router.createPlainTransport({ listenInfo, comedia: true });
	// The worker counts what looks like RTP: a header without a payload.
	const packet = Buffer.alloc(12);
	packet[0] = 0x80;
	const send = () => socket.send(packet, transport.tuple.localPort, '127.0.0.1');
	for (let sent = 0; sent < 10; sent++) send();
	await eventually(async () => (await traffic.read()).received === 120);
	send();
	await eventually(async () => (await transport.getStats())[0]?.bytesReceived === 132);
	const last = traffic.readLast(transport);
	transport.close();
	await last;
	expect(await Promise.all([traffic.read(), traffic.read()])).toEqual([
		{ received: 132, sent: 0 },
		{ received: 132, sent: 0 },
	]);
	socket.close();
	worker.close();
});

// The first of this service: clients of other tests that end are losses, too.
test('/metrics counts connections and workers that were lost, and those that came back', async () => {
	const both = async (kind: string) => [
		await of(`parley_losses_total{kind="${kind}"}`),
		await of(`parley_recoveries_total{kind="${kind}"}`),
	];
	expect([await both('connection'), await both('worker')]).toEqual([
		[0, 0],
		[0, 0],
	]);
	const [other, before] = [await cast.joined('Other'), await cast.connect()];
	const { you } = await before.join(cast.roomId);
	before.close();
	await other.until('peer:connection', ({ connected }) => !connected);
	expect(await both('connection')).toEqual([1, 0]);
	const after = await cast.connect({ cookie: before.cookie });
	await after.ask('room:join', {
		roomId: cast.roomId,
		name: 'Me',
		rtpCapabilities: {},
		firstPage: { videos: 9, width: 640, height: 360 },
		resumeToken: you.resumeToken,
	});
	expect(await both('connection')).toEqual([1, 1]);

	const [pid] = service.app.workerPids();
	if (pid === undefined) throw new Error('there is no worker');
	process.kill(pid, 'SIGKILL');
	await eventually(async () => (await both('worker')).join() === '1,1');
	// What the service ends itself is no loss of a connection.
	await other.until('room:ended');
	expect(await both('connection')).toEqual([1, 1]);
});

test('/metrics tells the steps of a join: the media step only of those to whom others send', async () => {
	const count = async (step: string) =>
		(await of(`parley_join_step_seconds_count{step="${step}"}`)) || 0;
	const counts = () => Promise.all(['enter', 'join', 'media'].map(count));
	const before = await counts();
	const steps = async () => (await counts()).map((now, step) => now - (before[step] ?? 0));
	const ann = await cast.joined('Ann');
	expect(await steps()).toEqual([1, 1, 0]);
	await ann.ask('media:produce', produceInput('camera'));
	const ben = await cast.connect();
	const { consumers } = await ben.join(cast.roomId);
	expect(await steps()).toEqual([2, 2, 0]);
	const consumerIds = consumers.map(({ consumerId }) => consumerId);
	await ben.ask('media:resume', { consumerIds });
	expect(await steps()).toEqual([2, 2, 1]);
	// It is the first time that counts.
	await ben.ask('media:resume', { consumerIds });
	expect(await steps()).toEqual([2, 2, 1]);
});

test('/metrics tells how long the store and the event loop take, and the memory of a worker', async () => {
	await cast.joined();
	await eventually(
		async () =>
			(await of('parley_store_duration_seconds_count{part="rooms",lane="write"}')) > 0 &&
			(await of('parley_event_loop_delay_seconds_count')) > 0,
	);
	expect(await of('parley_worker_memory_bytes{worker="0"}')).toBeGreaterThan(1_000_000);
});

/** The labels of a metric and its values, as `/metrics` tells them. */
async function labelsOf(name: string): Promise<Record<string, string>[]> {
	const text = await exposition(service);
	return [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} `, 'gm'))].map(([, labels = '']) =>
		Object.fromEntries(
			[...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
		),
	);
}

/** The status of an answer to a request that no browser would send. */
async function statusOf(requestLine: string): Promise<string> {
	const { hostname, port } = new URL(service.url);
	const socket = connect(Number(port), hostname);
	socket.end(`${requestLine} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
	return (await text(socket)).split(' ')[1] ?? '';
}

test('/metrics counts and times HTTP requests by a bounded set of routes, whatever is asked for', async () => {
	const http = (labels: string) => of(`parley_http_requests_total{${labels}}`);
	const { proof } = await Person.guest(service);
	const ask = (path: string, options: RequestInit = {}) =>
		fetch(`${service.url}${path}`, { ...options, headers: { ...proof, ...options.headers } });
	const html = { headers: { accept: 'text/html' } };
	for (let room = 0; room < 3; room++) {
		await ask(`/api/rooms/${newRoomId()}`);
		await ask(`/room/${newRoomId()}`, html);
		await ask(`/nothing/${newRoomId()}`, html);
	}
	await ask('/API/Rooms/');
	await ask(`/api/rooms/${newRoomId()}`, { method: 'POST' });
	await ask('/', { method: 'HEAD' });
	const page = await (await ask('/')).text();
	const asset = /\/_app\/immutable\/[^"]+\.js/.exec(page)?.[0] ?? '';
	expect((await ask(asset)).status).toBe(200);
	const etag = (await ask(asset)).headers.get('etag') ?? '';
	const known = { 'if-none-match': etag, 'cache-control': 'max-age=0' };
	expect((await ask(asset, { headers: known })).status).toBe(304);
	expect(await statusOf('PURGE /')).toBe('404');

	expect(await http('method="GET",route="/api/rooms/:roomId",status="4xx"')).toBe(3);
	expect(await http('method="GET",route="/api/rooms",status="2xx"')).toBe(1);
	expect(await http('method="POST",route="unknown",status="4xx"')).toBe(1);
	expect(await http('method="GET",route="page",status="2xx"')).toBe(4);
	expect(await http('method="HEAD",route="page",status="2xx"')).toBe(1);
	expect(await http('method="GET",route="asset",status="2xx"')).toBe(2);
	expect(await http('method="GET",route="asset",status="3xx"')).toBe(1);
	expect(await http('method="GET",route="unknown",status="4xx"')).toBe(3);
	expect(await http('method="other",route="unknown",status="4xx"')).toBe(1);
	const timed = 'parley_http_request_duration_seconds_count{method="GET",route="asset"}';
	expect(await of(timed)).toBe(3);

	const patterns = Object.keys(operations).map((name) => name.split(' ')[1]);
	for (const { method, route, status } of await labelsOf('parley_http_requests_total')) {
		expect(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other']).toContain(method);
		expect([...patterns, 'page', 'asset', 'unknown']).toContain(route);
		expect(status).toMatch(/^(?:[2345]xx|cut)$/);
	}
});

test('a request is counted as cut if its connection ends before the answer', async () => {
	const roomId = newRoomId();
	const client = await cast.connect();
	await client.join(roomId);
	const route = '/api/rooms/:roomId/messages';
	const cut = () => of(`parley_http_requests_total{method="GET",route="${route}",status="cut"}`);
	const leaving = new AbortController();
	const address = `${service.url}/api/rooms/${roomId}/messages?after=1000&wait=60`;
	const waiting = fetch(address, {
		headers: { cookie: client.cookie, origin: service.url },
		signal: leaving.signal,
	});
	await eventually(() => service.app.polls.waiting === 1);
	leaving.abort();
	await expect(waiting).rejects.toThrow();
	await eventually(async () => (await cut()) === 1);
});

test('labels of /metrics have few values, none of which comes from a client', async () => {
	const ann = await cast.joined('Annabelle');
	await ann.raw('no:such:request', {});
	await ann.raw('constructor', {});
	const text = await exposition(service);
	for (const secret of ['Annabelle', 'no:such', 'constructor', cast.roomId])
		expect(text).not.toContain(secret);
	const names = new Set((await labelsOf('parley_requests_total')).map(({ request }) => request));
	expect(names).toContain('unknown');
	for (const name of names) expect([...Object.keys(requests), 'unknown']).toContain(name);
	// Of one metric: the buckets of the store, of requests and of routes are what there is most of.
	const lines = text.split('\n').filter((line) => /^parley_/.test(line));
	expect(lines.length).toBeLessThan(2000);
});

describe('MEDIA-23: what clients report', () => {
	const report = { loss: 0.02, roundTrip: 40, freezes: 3, firstPicture: 180 };

	test('goes into the metrics, within bounds', async () => {
		const client = await cast.connect();
		const { reportQuality } = await client.join(cast.roomId);
		expect(reportQuality).toBe(true);
		await client.ask('media:quality', report);
		await client.ask('media:quality', { loss: null, roundTrip: null, freezes: 1 });
		for (const wrong of [{ loss: 1.5 }, { roundTrip: 1e9 }, { freezes: -1 }, { firstPicture: -1 }])
			expect(await client.codeOf('media:quality', { ...report, ...wrong })).toBe('BAD_REQUEST');
		expect(await of('parley_client_freezes_total')).toBe(4);
		expect(await of('parley_client_loss_ratio_sum')).toBe(0.02);
		expect(await of('parley_client_round_trip_seconds_sum')).toBe(0.04);
		expect(await of('parley_client_first_picture_seconds_sum')).toBe(0.18);
	});

	test('is not wanted and thrown away where the configuration says so', async () => {
		const quiet = await startService({ metrics: { clientReports: false } });
		const client = await TestClient.connect(quiet);
		const { reportQuality } = await client.join(newRoomId());
		expect(reportQuality).toBe(false);
		await client.ask('media:quality', report);
		expect(await figure(quiet, 'parley_client_freezes_total')).toBe(0);
		client.close();
		await quiet.close();
	});
});

test('metrics.md has every metric; what it, the dashboard and the alert rules name exists', async () => {
	const text = await exposition(service);
	const existing = new Set<string>();
	for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
		existing.add(name);
		if (type === 'histogram')
			for (const part of ['bucket', 'sum', 'count']) existing.add(`${name}_${part}`);
	}
	const read = (file: string) =>
		readFileSync(join(import.meta.dirname, '../../docs/operations', file), 'utf8');
	const namedIn = (words: string) => words.match(/\b(?:parley|process|nodejs)_\w+[a-z]/g) ?? [];

	const page = namedIn(read('metrics.md'));
	const own = [...text.matchAll(/^# TYPE (parley_\S+)/gm)].map(([, name]) => name);
	expect(own.length).toBeGreaterThan(20);
	expect(page).toEqual(expect.arrayContaining(own));

	const { panels } = v.parse(dashboard, JSON.parse(read('grafana-dashboard.json')));
	const { groups } = v.parse(alertRules, parse(read('alerts.yaml')));
	const queries = [
		...panels.flatMap(({ targets = [] }) => targets),
		...groups.flatMap(({ rules }) => rules),
	].map(({ expr }) => expr);
	expect(queries.length).toBeGreaterThan(30);
	// Prometheus itself tells this one.
	const without = queries.filter((query) => namedIn(query).length === 0);
	expect(without).toEqual(['up{job="parley"} == 0']);
	const named = [...page, ...queries.flatMap(namedIn)];
	expect(named.filter((name) => !existing.has(name))).toEqual([]);
});
