import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CodedError } from '#shared/errors.ts';
import { newMatchId, type MatchId } from '#shared/ids.ts';
import {
	FakePage,
	outcome,
	pass,
	until,
	type Recorder,
} from '../../support/clientEngine/fakePage.ts';
import {
	consumersOf,
	newPeer,
	routerRtpCapabilities,
	transportOptions,
} from '../../support/clientEngine/fakeRoom.ts';
import { never } from '../../support/clientEngine/fakeServer.ts';

let page: FakePage;
beforeEach(async () => {
	page = await FakePage.open();
	page.server.answer({
		'match:enter': ({ media }) => ({
			agreed: true,
			waiting: 2,
			media: media
				? {
						...{ routerRtpCapabilities, iceServers: [] },
						...{ sendTransport: transportOptions(), recvTransport: transportOptions() },
					}
				: null,
		}),
		'match:start': () => ({ waiting: 3 }),
		'match:next': () => ({ waiting: 4 }),
		'match:stop': () => ({}),
		'match:leave': () => ({}),
		'match:block': () => ({}),
		'match:report': () => ({}),
		'media:connect': () => ({}),
		'media:produce': () => ({}),
		'media:update': () => ({}),
		'media:want': () => ({ consumers: [], unavailable: [] }),
		'media:resume': () => ({ unavailable: [] }),
		'media:keyframe': () => ({ unavailable: [] }),
		'media:loopback': () => ({ consumers: [], unavailable: [] }),
	});
});
afterEach(() => page.close());

const ready = (told: Recorder) =>
	until(() => told.last('connection') === 'connected', 'it is connected');

async function started(choice = {}) {
	const { matching, told } = page.meet(choice);
	await until(() => told.phase === 'ready', 'it is ready');
	expect(await outcome(matching.start(true))).toBeNull();
	return { matching, told };
}

/** The server has found a partner. */
function find(): MatchId {
	const matchId = newMatchId();
	const peer = newPeer('Ben');
	page.server.tell('match:found', {
		matchId,
		partner: { name: 'Ben', interests: [], language: null },
		peer,
		consumers: consumersOf(peer),
		unavailable: [],
	});
	return matchId;
}

async function matched() {
	const { matching, told } = await started();
	const matchId = find();
	await until(
		() => told.last('partner')?.peer?.video instanceof MediaStream,
		'the partner is seen',
	);
	return { matching, told, matchId };
}

describe('a start', () => {
	test('waits in the queue, and the camera is sent from then on', async () => {
		const { told } = await started();
		expect(told.phases).toEqual(['ready', 'waiting']);
		expect(told.last('waiting')).toBe(3);
		await pass(50);
		expect(page.media.sent('video')).toEqual(['front (label)']);
		expect(page.server.count('match:start')).toBe(1);
	});

	test('that is pressed while the page gets ready is sent once', async () => {
		const { matching, told } = page.meet();
		await until(() => page.server.count('match:enter') === 1, 'it was asked');
		expect(await outcome(matching.start(true))).toBeNull();
		expect(page.server.count('match:start')).toBe(1);
		expect(told.phase).toBe('waiting');
	});

	test('that is refused leaves the person where they were', async () => {
		const { matching, told } = page.meet();
		await ready(told);
		page.server.answer({
			'match:start': () => {
				throw new CodedError('NOT_ALLOWED');
			},
		});
		expect(await outcome(matching.start(true))).toBe('NOT_ALLOWED');
		expect(told.phase).toBe('ready');
	});

	test('of those who only write makes no transports', async () => {
		await started({ mode: 'text' });
		expect(page.media.transports).toEqual([]);
		expect(page.browser.opened).toEqual([]);
		expect(page.server.inputs('match:start')[0]).not.toHaveProperty('receive');
	});

	test('a server that refuses to let the person in says why', async () => {
		page.server.answer({
			'match:enter': () => {
				throw new CodedError('SUSPENDED');
			},
		});
		const { told } = page.meet();
		await until(() => told.phase === 'failed', 'it has failed');
		expect(told.last('phase')).toMatchObject({ code: 'SUSPENDED' });
		expect(page.browser.live('video')).toEqual([]);
	});
});

describe('a partner', () => {
	test('is seen over the transports that are there', async () => {
		const { told, matchId } = await matched();
		expect(told.phase).toBe('matched');
		expect(told.last('partner')).toMatchObject({ matchId, name: 'Ben' });
		expect(page.media.transports).toHaveLength(2);
	});

	test('is left with Next, and the person waits', async () => {
		const { matching, told, matchId } = await matched();
		expect(await outcome(matching.next())).toBeNull();
		expect(page.server.inputs('match:next')).toEqual([{ matchId }]);
		expect(told.last('phase')).toEqual({ kind: 'waiting', parting: 'you' });
	});

	test('a Next that the server refuses starts anew', async () => {
		const { matching, told } = await matched();
		page.server.answer({
			'match:next': () => {
				throw new CodedError('NOT_FOUND');
			},
		});
		expect(await outcome(matching.next())).toBe('NOT_FOUND');
		expect(page.server.count('match:start')).toBe(2);
		expect(told.phase).toBe('waiting');
	});

	test('who leaves is told as gone', async () => {
		const { told, matchId } = await matched();
		page.server.tell('match:ended', { matchId, why: 'left', waiting: 2 });
		expect(told.last('phase')).toEqual({ kind: 'waiting', parting: 'left' });
		expect(told.last('partner')).toBeNull();
	});

	test('of a match that is over already ends nothing', async () => {
		const { told } = await matched();
		page.server.tell('match:ended', { matchId: newMatchId(), why: 'left', waiting: 2 });
		expect(told.phase).toBe('matched');
	});

	test('who was found after the person stopped is not shown', async () => {
		const { matching, told } = await started();
		matching.stop();
		find();
		await pass(200);
		expect(told.phase).toBe('ready');
		expect(told.last('partner')).toBeNull();
	});
});

describe('a stop', () => {
	test('sends black again, over new transports', async () => {
		const { matching, told } = await matched();
		matching.stop();
		expect(told.last('phase')).toEqual({ kind: 'ready', note: '' });
		expect(told.last('partner')).toBeNull();
		await until(() => page.server.count('match:enter') === 2, 'the client enters anew');
		await pass(50);
		expect(page.media.sent('video')).toEqual(['black']);
		expect(page.media.open).toHaveLength(2);
	});

	test('while a start is on its way ends that start', async () => {
		page.server.answer({ 'match:start': () => never });
		const { matching, told } = page.meet();
		await ready(told);
		const starting = outcome(matching.start(true));
		await until(() => page.server.count('match:start') === 1, 'the start arrived');
		matching.stop();
		expect(await starting).toBeNull();
		await ready(told);
		expect(told.phase).toBe('ready');
	});

	test('by the server says why', async () => {
		const { told } = await started();
		page.server.tell('match:stopped', { why: 'idle', message: 'You were away.' });
		await until(() => told.phase === 'ready', 'it is ready');
		expect(told.last('phase')).toEqual({ kind: 'ready', note: 'You were away.' });
	});
});

describe('a lost connection', () => {
	test('costs the partner, and the person waits again when it is back', async () => {
		const { told } = await matched();
		page.server.lose();
		expect(told.last('phase')).toEqual({ kind: 'waiting', parting: 'lost' });
		expect(told.last('connection')).toBe('reconnecting');
		await until(() => page.server.count('match:start') === 2, 'it is started again');
		expect(page.server.count('match:enter')).toBe(2);
		expect(told.last('connection')).toBe('connected');
	});

	test('before a start leaves the person ready', async () => {
		const { told } = page.meet();
		await ready(told);
		page.server.lose();
		await ready(told);
		expect(told.phase).toBe('ready');
		expect(page.server.count('match:start')).toBe(0);
	});

	test('in the middle of entering is followed by another try', async () => {
		page.server.answer({ 'match:enter': () => never });
		const { told } = page.meet({ mode: 'text' });
		await until(() => page.server.count('match:enter') === 1, 'it was asked');
		page.server.answer({ 'match:enter': () => ({ agreed: true, waiting: 1, media: null }) });
		page.server.lose();
		await until(() => told.phase === 'ready', 'it is ready');
	});

	test('media that is lost with its worker is made anew', async () => {
		const { told } = await matched();
		page.server.tell('match:lost', new CodedError('MEDIA_LOST').toWire());
		await until(() => page.server.count('match:start') === 2, 'it is started again');
		expect(page.media.open).toHaveLength(2);
		expect(told.phases).not.toContain('failed');
	});
});

test('a page that goes frees the partner at once', async () => {
	await matched();
	page.hide();
	await until(() => page.server.count('match:leave') === 1, 'the server was told');
	expect(page.browser.live('video')).toEqual([]);
});

test('a choice of writing instead of seeing enters anew without transports', async () => {
	const { matching, told } = page.meet();
	await ready(told);
	matching.choose({ mode: 'text', interests: [], language: null, name: '' });
	await until(() => page.server.count('match:enter') === 2, 'it enters anew');
	expect(page.server.inputs('match:enter').at(-1)).toEqual({ media: false });
	await pass(50);
	expect(page.media.open).toEqual([]);
	expect(page.browser.live('video')).toEqual([]);
});
