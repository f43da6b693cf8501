import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../shared/errors.ts';
import {
	newContactCode,
	newKnockId,
	newMatchId,
	newMessageId,
	newPeerId,
	newPersonId,
	newProducerId,
	newRingId,
	newRoomId,
} from '../../shared/ids.ts';
import { rulesVersion } from '../../shared/match.ts';
import { requests, type RequestName } from '../../shared/protocol.ts';
import { Cast } from '../support/client.ts';
import { dtls, produceInput } from '../support/rtp.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let cast: Cast;
let pids: number[];
beforeAll(async () => {
	service = await startService();
	pids = service.app.workerPids();
});
afterAll(() => service.close());
beforeEach(() => {
	cast = new Cast(service);
});
afterEach(() => {
	cast.close();
	expect(service.app.workerPids()).toEqual(pids);
});

const names = Object.keys(requests) as RequestName[];

/** A request of each kind that fits its schema, with ids that are nobody's. */
const fitting: Record<RequestName, () => unknown> = {
	'lobby:enter': () => ({ roomId: cast.roomId }),
	'lobby:prepare': () => ({
		rtpCapabilities: {},
		firstPage: { videos: 0, width: 0, height: 0 },
	}),
	'room:join': () => ({
		roomId: cast.roomId,
		name: 'Guest',
		rtpCapabilities: {},
		firstPage: { videos: 0, width: 0, height: 0 },
	}),
	'room:leave': () => ({}),
	'room:hand': () => ({ raised: true }),
	'room:react': () => ({ emoji: '👍' }),
	'room:name': () => ({ roomId: newRoomId(), name: 'Lessons' }),
	'room:rename': () => ({ name: 'Guest' }),
	'room:knock': () => ({ name: 'Guest' }),
	'host:policy': () => ({ locked: true }),
	'host:mute': () => ({ peerId: newPeerId(), muted: true }),
	'host:mute-all': () => ({}),
	'host:stop-camera': () => ({ peerId: newPeerId() }),
	'host:stop-share': () => ({ peerId: newPeerId() }),
	'host:lower-hand': () => ({ peerId: newPeerId() }),
	'host:remove': () => ({ personId: newPersonId() }),
	'host:removed': () => ({}),
	'host:allow': () => ({ personId: newPersonId() }),
	'host:name': () => ({ personId: newPersonId(), host: true }),
	'host:hand-over': () => ({ personId: newPersonId() }),
	'host:label': () => ({ personId: newPersonId(), label: 'Tutor' }),
	'host:make-wait': () => ({ personId: newPersonId() }),
	'host:admit': () => ({ knockId: newKnockId() }),
	'host:admit-all': () => ({}),
	'host:decline': () => ({ knockId: newKnockId() }),
	'host:end-call': () => ({}),
	'encryption:rekey': () => ({
		epoch: 1,
		check: 'A'.repeat(43),
		sealed: [],
		previous: 'A'.repeat(80),
	}),
	'encryption:chain': () => ({ roomId: newRoomId(), check: 'A'.repeat(43) }),
	'media:connect': () => ({ direction: 'send', dtlsParameters: dtls() }),
	'media:restart-ice': () => ({ direction: 'send' }),
	'media:ice-servers': () => ({}),
	'media:produce': () => produceInput('camera'),
	'media:update': () => ({ producerId: newProducerId(), paused: true, width: 0, height: 0 }),
	'media:close': () => ({ producerId: newProducerId() }),
	'media:loopback': () => ({ rtpCapabilities: {} }),
	'media:want': () => ({
		wants: [{ producerId: newProducerId(), width: 1, height: 1, priority: 1 }],
	}),
	'media:hearing': () => ({}),
	'media:quality': () => ({ loss: 0, roundTrip: 20, freezes: 0 }),
	'media:resume': () => ({ consumerIds: [newProducerId()] }),
	'media:keyframe': () => ({ consumerIds: [newProducerId()] }),
	'match:enter': () => ({ media: false }),
	'match:start': () => ({ mode: 'text', agree: rulesVersion }),
	'match:next': () => ({ matchId: newMatchId() }),
	'match:stop': () => ({}),
	'match:leave': () => ({}),
	'match:post': () => ({ matchId: newMatchId(), messageId: newMessageId(), body: 'Hello' }),
	'match:typing': () => ({ matchId: newMatchId(), typing: true }),
	'match:keep': () => ({ matchId: newMatchId(), keep: true }),
	'match:block': () => ({ matchId: newMatchId() }),
	'match:report': () => ({ matchId: newMatchId(), reason: 'spam', block: false }),
	'chat:open': () => ({ roomId: cast.roomId }),
	'chat:enter': () => ({ roomId: cast.roomId, name: 'Guest' }),
	'chat:close': () => ({ roomId: cast.roomId }),
	'chat:page': () => ({ chat: { roomId: cast.roomId }, from: { kind: 'latest' } }),
	'chat:changes': () => ({ chat: { roomId: cast.roomId }, revision: 0 }),
	'chat:post': () => ({ ...someMessage(), draft: { body: 'Hello' } }),
	'chat:edit': () => ({ ...someMessage(), draft: { body: 'Hello' } }),
	'chat:delete': () => someMessage(),
	'chat:react': () => ({ ...someMessage(), emoji: '👍', on: true }),
	'chat:correct': () => ({ ...someMessage(), body: 'Hello' }),
	'chat:typing': () => ({ chat: { roomId: cast.roomId }, typing: true }),
	'chat:read': () => ({ chat: { roomId: cast.roomId }, seq: 1 }),
	'chat:search': () => ({ chat: { roomId: cast.roomId }, query: 'hello' }),
	'chat:retain': () => ({ roomId: cast.roomId, retention: { kind: 'forever' } }),
	'people:enter': () => ({ name: 'Guest', idle: false }),
	'people:idle': () => ({ idle: true }),
	'people:choose': () => ({ state: 'away' }),
	'people:open': () => ({}),
	'people:close': () => ({}),
	'people:add': () => ({ personId: newPersonId() }),
	'people:add-by-code': () => ({ code: newContactCode(), name: 'Guest' }),
	'people:remove': () => ({ personId: newPersonId() }),
	'people:block': () => ({ personId: newPersonId() }),
	'people:unblock': () => ({ personId: newPersonId() }),
	'people:blocked': () => ({}),
	'people:code': () => ({ renew: false }),
	'people:direct': () => ({ personId: newPersonId(), name: 'Guest' }),
	'people:history': () => ({}),
	'call:start': () => ({
		...{ ringId: newRingId(), roomId: newRoomId(), personId: newPersonId() },
		...{ name: 'Guest', video: true },
	}),
	'call:accept': () => ({ ringId: newRingId() }),
	'call:decline': () => ({ ringId: newRingId() }),
	'call:cancel': () => ({ ringId: newRingId() }),
};

const someMessage = () => ({ chat: { roomId: cast.roomId }, messageId: newMessageId() });

/** Those for which a socket needs to be somewhere first. */
const needsPlace = names.filter(
	(name) =>
		!/^(?:(?:chat|people|call):|lobby:enter$|match:enter$|room:name$|encryption:chain$)/.test(name),
);

/** Those that are for members of a room only. */
const needsMembership = names.filter(
	(name) =>
		name === 'room:name' ||
		(name.startsWith('chat:') && name !== 'chat:enter' && name !== 'chat:close'),
);

describe('CHAT-1: before becoming a member', () => {
	test.each(needsMembership)('%s is NOT_MEMBER, in a room and where none is', async (name) => {
		const client = await cast.connect();
		expect(await client.codeOf(name, fitting[name]())).toBe('NOT_MEMBER');
		const inside = await cast.connect();
		await inside.ask('chat:enter', { roomId: cast.roomId, name: 'Inside' });
		expect(await client.codeOf(name, fitting[name]())).toBe('NOT_MEMBER');
	});
});

describe('ROOM-2: before the lobby', () => {
	test.each(needsPlace)('%s is WRONG_PHASE', async (name) => {
		const client = await cast.connect();
		expect(await client.codeOf(name, fitting[name]())).toBe('WRONG_PHASE');
	});
});

describe('CONN-4: data of the wrong type', () => {
	const wrong: [string, unknown][] = [
		['nothing', undefined],
		['null', null],
		['text', 'text'],
		['a number', 7],
		['a list', []],
		['bytes', Buffer.from('bytes')],
	];
	for (const name of names) {
		test.each(wrong)(`${name} with %s is BAD_REQUEST`, async (_what, input) => {
			const client = await cast.connect();
			expect(await client.codeOf(name, input)).toBe('BAD_REQUEST');
		});
	}

	const bent: [RequestName, Record<string, unknown>][] = [
		['lobby:enter', { roomId: 7 }],
		['lobby:enter', { roomId: '../../etc/passwd' }],
		['lobby:enter', { roomId: '<script>' }],
		['lobby:enter', { roomId: 'ab' }],
		['lobby:enter', { roomId: 'a'.repeat(65) }],
		['lobby:enter', { roomId: '__proto__' }],
		['room:join', { name: '' }],
		['room:join', { name: '   ' }],
		['room:join', { name: 'a'.repeat(65) }],
		['room:join', { name: 'evil\u202Etxt' }],
		['room:join', { name: 'line\nbreak' }],
		['room:join', { name: { toString: 'x' } }],
		['room:join', { firstPage: { videos: -1, width: 0, height: 0 } }],
		['room:join', { firstPage: { videos: 1e9, width: 0, height: 0 } }],
		['room:join', { rtpCapabilities: { codecs: 'all' } }],
		['room:join', { resumeToken: 'short' }],
		['room:hand', { raised: 'high' }],
		['room:react', { emoji: '<b>' }],
		['room:react', { emoji: 'hello' }],
		['room:rename', { name: ' ' }],
		['room:knock', { name: 'line\nbreak' }],
		['room:knock', { password: '' }],
		['room:knock', { password: 'x'.repeat(129) }],
		['host:policy', { locked: 'yes' }],
		['host:policy', { password: '' }],
		['host:policy', { sharing: 'nobody' }],
		['host:mute', { muted: 1 }],
		['host:name', { host: 'yes' }],
		['host:remove', { personId: '__proto__' }],
		['host:admit', { knockId: '1' }],
		['media:connect', { direction: 'up' }],
		['media:connect', { dtlsParameters: { fingerprints: [] } }],
		['media:connect', { dtlsParameters: { fingerprints: [{ algorithm: 'md5', value: 'AB' }] } }],
		['media:produce', { source: 'telepathy' }],
		['media:produce', { producerId: '1' }],
		['media:produce', { width: 1.5 }],
		['media:produce', { width: Number.MAX_SAFE_INTEGER }],
		['media:produce', { rtpParameters: { codecs: [] } }],
		[
			'media:produce',
			{
				rtpParameters: { codecs: [{ mimeType: 'video/VP8', payloadType: 300, clockRate: 90000 }] },
			},
		],
		['media:want', { wants: Array.from({ length: 257 }, () => ({})) }],
		['media:want', { wants: [{ producerId: newProducerId(), width: 1, height: 1, priority: 0 }] }],
		['media:resume', { consumerIds: [7] }],
		['chat:post', { draft: { body: '' } }],
		['chat:post', { draft: { body: ' \n\t ' } }],
		['chat:post', { draft: { body: '\u200B\u2060\u00AD' } }],
		['chat:post', { draft: { body: 'x'.repeat(8_001) } }],
		['chat:post', { draft: { body: 'null \u0000 byte' } }],
		['chat:post', { draft: { body: 'evil\u202Etxt' } }],
		['chat:post', { draft: { body: 'half \uD83D' } }],
		['chat:post', { draft: { body: 'a', files: Array.from({ length: 11 }, newMessageId) } }],
		['chat:post', { draft: { body: 'a', mentions: Array.from({ length: 51 }, newPersonId) } }],
		['chat:post', { messageId: '1' }],
		['chat:post', { chat: { roomId: '__proto__' } }],
		['chat:edit', { draft: { body: '  ' } }],
		['chat:react', { emoji: 'like' }],
		['chat:react', { emoji: '👍👍' }],
		['chat:react', { emoji: '1' }],
		['chat:react', { emoji: '<b>' }],
		['chat:correct', { body: '' }],
		['chat:read', { seq: -1 }],
		['chat:read', { seq: 1.5 }],
		['chat:page', { limit: 201 }],
		['chat:page', { from: { kind: 'before' } }],
		['chat:search', { query: '   ' }],
		['chat:retain', { retention: { kind: 'days', days: 0 } }],
		['chat:enter', { name: 'line\nbreak' }],
	];
	test.each(bent)('%s with %j is BAD_REQUEST and says where', async (name, change) => {
		const client = await cast.joined();
		const answer = await client.raw(name, { ...(fitting[name]() as object), ...change });
		expect(answer).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
		if (!answer.ok) expect(answer.error.message).toContain(Object.keys(change)[0]);
	});
});

describe('CONN-5: more than 64 KiB', () => {
	test.each(names)('%s is TOO_LARGE', async (name) => {
		const client = await cast.connect();
		const input = { ...(fitting[name]() as object), padding: 'x'.repeat(70_000) };
		expect(await client.codeOf(name, input)).toBe('TOO_LARGE');
	});
});

describe('CONN-14: ids of others and of nobody', () => {
	const codes: Partial<Record<RequestName, ErrorCode | 'OK'>> = {
		'media:update': 'NOT_FOUND',
		'media:close': 'NOT_FOUND',
		'host:mute': 'NOT_FOUND',
		'host:stop-camera': 'NOT_FOUND',
		'host:stop-share': 'NOT_FOUND',
		'host:lower-hand': 'NOT_FOUND',
		'host:remove': 'NOT_FOUND',
		'host:allow': 'NOT_FOUND',
		'host:name': 'NOT_FOUND',
		'host:admit': 'NOT_FOUND',
		'host:decline': 'NOT_FOUND',
		'encryption:rekey': 'NOT_ENCRYPTED',
		'encryption:chain': 'NOT_ENCRYPTED',
		'chat:edit': 'NOT_FOUND',
		'chat:delete': 'NOT_FOUND',
		'chat:react': 'NOT_FOUND',
		'chat:correct': 'NOT_FOUND',
		// Sets are carried out as far as they go; what is not there is listed in the answer.
		'media:want': 'OK',
		'media:resume': 'OK',
		'media:keyframe': 'OK',
	};
	test.each(Object.entries(codes))('%s in the room is %s', async (name, code) => {
		const client = await cast.joined();
		const answer = await client.raw(name, fitting[name as RequestName]());
		if (code !== 'OK') expect(answer).toMatchObject({ ok: false, error: { code } });
		else expect(answer).toMatchObject({ data: { unavailable: [{ code: 'NOT_FOUND' }] } });
	});
});

test('packets that are no protocol at all close their sender and nobody else', async () => {
	const [client, bystander] = [await cast.connect(), await cast.joined()];
	const closed = new Promise((resolve) => client.socket.once('disconnect', resolve));
	client.socket.io.engine.write('4["lobby:enter",{"roomId":');
	await closed;
	expect(await bystander.codeOf('media:want', { wants: [] })).toBe('OK');
});
