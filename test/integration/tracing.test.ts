import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { newMessageId, newRoomId } from '../../shared/ids.ts';
import { startTracing } from '../../sfu/platform/startTracing.ts';
import { eventually, TestClient } from '../support/client.ts';
import { plainly } from '../support/networkNamespace.ts';
import { produceInput } from '../support/rtp.ts';
import { startService } from '../support/service.ts';
import { serviceFolder, startServiceProcess } from '../support/serviceProcess.ts';
import { TraceReceiver, type ReceivedSpan } from '../support/traceReceiver.ts';
import { twoBotsMeet } from '../support/twoBots.ts';

const receivers: TraceReceiver[] = [];
afterEach(() => {
	for (const receiver of receivers.splice(0)) receiver.close();
});

async function receiving(status?: number | null): Promise<TraceReceiver> {
	const receiver = await TraceReceiver.start(status);
	receivers.push(receiver);
	return receiver;
}

const valueOf = ({ attributes }: ReceivedSpan, key: string) =>
	Object.values(attributes.find((each) => each.key === key)?.value ?? {})[0];

test('the steps of a join are spans within their requests, without names, words, ids and tokens', async () => {
	const receiver = await receiving();
	const service = await startService({ tracing: { endpoint: `${receiver.endpoint}/` } });
	// Two clients with real media paths.
	await twoBotsMeet(service.url, plainly);
	const roomId = newRoomId();
	const [ann, ben] = [await TestClient.connect(service), await TestClient.connect(service)];
	const { you } = await ann.join(roomId, 'Annabelle');
	await ann.ask('media:produce', produceInput('camera'));
	const { consumers } = await ben.join(roomId, 'Benedikt');
	const consumerIds = consumers.map(({ consumerId }) => consumerId);
	await ben.ask('media:resume', { consumerIds });
	const messageId = newMessageId();
	await ann.ask('chat:post', {
		chat: { roomId },
		messageId,
		draft: { body: 'Nobody else reads that.' },
	});
	expect(await ann.codeOf('chat:post', { chat: { roomId: newRoomId() } })).toBe('BAD_REQUEST');
	await fetch(`${service.url}/api/rooms/${roomId}?hint=unspoken`, {
		headers: { cookie: ann.cookie },
	});
	await fetch(`${service.url}/room/${roomId}`);
	for (const client of [ann, ben]) client.close();
	await service.close();

	const parentOf = ({ parentSpanId, traceId }: ReceivedSpan) =>
		receiver.spans.find((each) => each.spanId === parentSpanId && each.traceId === traceId)?.name;
	const parentsOf = (name: string) => [...new Set(receiver.named(name).map(parentOf))];
	// Bots and people of this test: four joins, of which those with others to see have the step "media".
	expect(receiver.named('join join')).toHaveLength(4);
	expect(parentsOf('join enter')).toEqual(['lobby:enter']);
	expect(parentsOf('join connect')).toEqual(['lobby:enter']);
	expect(parentsOf('join join')).toEqual(['room:join']);
	expect(parentsOf('join media')).toEqual(['room:join']);
	// Notifications of messages ask for it, too, and belong to no request.
	const asking = parentsOf('store rooms.rules').filter((parent) => parent !== undefined);
	// Where the chat of a room begins, it is asked whether the room is encrypted.
	expect(asking).toEqual(['lobby:enter', 'room:join', 'chat:post']);
	expect(parentsOf('store chats.summaries')).toEqual(['GET /api/rooms/:roomId']);
	expect(parentsOf('room:join')).toEqual([undefined]);

	// A step begins and ends within its request, except those that wait for the client after the answer.
	for (const step of receiver.named('join join')) {
		const request = receiver.spans.find(({ spanId }) => spanId === step.parentSpanId);
		expect(request && request.startTimeUnixNano <= step.startTimeUnixNano).toBe(true);
		expect(request && step.endTimeUnixNano <= request.endTimeUnixNano).toBe(true);
		expect(step.startTimeUnixNano < step.endTimeUnixNano).toBe(true);
	}
	const codes = receiver.named('chat:post').map((each) => valueOf(each, 'parley.code'));
	expect(codes.toSorted()).toEqual(['BAD_REQUEST', 'OK']);
	const [page] = receiver.named('GET page');
	expect(page && valueOf(page, 'http.response.status_code')).toBe(200);

	const text = receiver.texts.join('\n');
	const words = ['Annabelle', 'Benedikt', 'Nobody else', 'unspoken'];
	const ids = [roomId, messageId, you.peerId, you.personId, you.resumeToken];
	const cookies = [ann, ben].flatMap(({ cookie }) => cookie.split(/; |=/));
	for (const secret of [...words, ...ids, ...cookies]) expect(text).not.toContain(secret);
	const keys = new Set(
		[...receiver.spans, ...receiver.resources.map((attributes) => ({ attributes }))].flatMap(
			({ attributes }) => attributes.map(({ key }) => key),
		),
	);
	expect([...keys].toSorted()).toEqual([
		'http.request.method',
		'http.response.status_code',
		'http.route',
		'parley.code',
		'parley.store.lane',
		'rpc.method',
		'service.instance.id',
		'service.name',
	]);
});

test('an endpoint that refuses spans is logged once, until it takes them again', async () => {
	const lines: string[] = [];
	const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
	const receiver = await receiving(400);
	const settings = { endpoint: receiver.endpoint, serviceName: 'one of two', percent: 100 };
	const tracing = await startTracing(settings, log, { send: 10, close: 5000 });
	for (let sent = 1; sent <= 3; sent++) {
		tracing.request(performance.now()).end('room:join', {}, true);
		await eventually(() => receiver.named('room:join').length === sent);
	}
	receiver.status = 200;
	tracing.request(performance.now()).end('room:leave', {}, false);
	await tracing.close();
	expect(lines).toHaveLength(2);
	expect(lines[0]).toContain('spans could not be sent to tracing.endpoint');
	expect(lines[1]).toContain('spans are sent to tracing.endpoint again');
	expect(receiver.resources[0]).toContainEqual({
		key: 'service.name',
		value: { stringValue: 'one of two' },
	});
	expect(receiver.named('room:join')[0]?.status.code).toBe(2);
});

test('an endpoint that does not answer holds up the end for a bounded time', async () => {
	const receiver = await receiving(null);
	const settings = { endpoint: receiver.endpoint, serviceName: 'parley', percent: 100 };
	const tracing = await startTracing(settings, pino({ level: 'silent' }), {
		send: 10,
		close: 50,
	});
	tracing.request(performance.now()).end('room:join', {}, false);
	await eventually(() => receiver.spans.length === 1);
	const began = performance.now();
	await tracing.close();
	// The exporter itself would wait for ten seconds.
	expect(performance.now() - began).toBeLessThan(5000);
});

test('a question to the store after the answer is no part of the request', async () => {
	const receiver = await receiving();
	const settings = { endpoint: receiver.endpoint, serviceName: 'parley', percent: 100 };
	const tracing = await startTracing(settings, pino({ level: 'silent' }));
	const question = { part: 'people', method: 'seen', lane: 'write' } as const;
	const span = tracing.request(performance.now());
	span.within(() => tracing.stored(question, 1, false));
	span.end('room:join', {}, false);
	span.within(() => tracing.stored({ ...question, method: 'forget' }, 1, false));
	await tracing.close();
	const [request] = receiver.named('room:join');
	expect(receiver.named('store people.seen')[0]?.parentSpanId).toBe(request?.spanId);
	expect(receiver.named('store people.forget')[0]?.parentSpanId).toBe('');
});

test('tracing.percent leaves out requests with all that belongs to them', async () => {
	const receiver = await receiving();
	const settings = { endpoint: receiver.endpoint, serviceName: 'parley', percent: 20 };
	const tracing = await startTracing(settings, pino({ level: 'silent' }));
	for (let asked = 0; asked < 500; asked++) {
		const span = tracing.request(performance.now());
		span.within(() => tracing.joinStep('enter', 1));
		span.end('lobby:enter', {}, false);
	}
	await tracing.close();
	const requests = receiver.named('lobby:enter');
	// 100 of 500 are expected; further off than this are fewer than one of a million runs.
	expect(requests.length).toBeGreaterThan(50);
	expect(requests.length).toBeLessThan(150);
	expect(new Set(receiver.named('join enter').map(({ parentSpanId }) => parentSpanId))).toEqual(
		new Set(requests.map(({ spanId }) => spanId)),
	);
});

/** Says which modules of OpenTelemetry a process loads, besides its API, whose types prom-client reads. */
const watching = `data:text/javascript,${encodeURIComponent(`
	import { registerHooks } from 'node:module';
	registerHooks({
		load(url, context, next) {
			if (/@opentelemetry\\/(?!api\\/)/.test(url)) console.log('loads ' + url);
			return next(url, context);
		},
	});
`)}`;

/** What a service process said until it had ended in order. */
async function saidBy(environment: Record<string, string>): Promise<string[]> {
	const lines: string[] = [];
	const watch = {
		node: [`--import=${watching}`],
		began: () => undefined,
		said: (line: string) => void lines.push(line),
	};
	const service = await startServiceProcess(serviceFolder(), environment, watch);
	const client = await TestClient.connect(service);
	await client.join(newRoomId());
	client.close();
	await service.close();
	return lines;
}

test('a service without an endpoint loads neither the SDK of OpenTelemetry nor its exporter', async () => {
	const receiver = await receiving();
	const loaded = (lines: string[]) => lines.filter((line) => line.startsWith('loads '));
	expect(loaded(await saidBy({}))).toEqual([]);
	const traced = await saidBy({
		PARLEY_TRACING_ENDPOINT: receiver.endpoint,
		OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=ours',
	});
	expect(loaded(traced).length).toBeGreaterThan(0);
	// SIGTERM sends what is left.
	expect(receiver.named('room:join')).toHaveLength(1);
	expect(receiver.headers['x-tenant']).toBe('ours');
});
