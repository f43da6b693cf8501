import { describe, expect, test } from 'vitest';
import { newMatchId, newMessageId } from '../../shared/ids.ts';
import { rulesVersion } from '../../shared/match.ts';
import { eventually, type Cast } from '../support/client.ts';
import { produceInput } from '../support/rtp.ts';
import type { Service } from '../support/service.ts';
import { Stranger, twoMet } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), {});

/** Everybody of the test before is gone. */
const alone = () => eventually(() => service.app.matchPeers.census.clients === 0);
const post = (
	stranger: Stranger,
	matchId = newMatchId(),
	body = 'Hello',
	messageId = newMessageId(),
) => stranger.client.raw('match:post', { matchId, messageId, body });

test('MATCH-3: the rules are agreed to once, and remembered', async () => {
	await alone();
	const ann = await Stranger.enter(cast);
	expect(ann.entered.agreed).toBe(false);
	const start = (agree?: number) => ann.client.raw('match:start', { mode: 'text', agree });
	expect(await start()).toMatchObject({ ok: false, error: { code: 'NOT_ALLOWED' } });
	expect(await start(rulesVersion + 1)).toMatchObject({
		ok: false,
		error: { code: 'NOT_ALLOWED' },
	});
	expect(await start(rulesVersion)).toEqual({ ok: true, data: { waiting: 1 } });
	expect(await start()).toEqual({ ok: true, data: { waiting: 1 } });
	expect(await ann.client.ask('match:enter', { media: false })).toMatchObject({ agreed: true });
});

test('MATCH-1: entering gives transports where media is wanted, and leaving takes them back', async () => {
	await alone();
	const ann = await Stranger.enter(cast, 'video');
	expect(ann.entered.media?.sendTransport.id).not.toBe(ann.entered.media?.recvTransport.id);
	expect(service.app.matchPeers.census).toEqual({ pools: 1, clients: 1 });
	expect(await ann.client.codeOf('media:produce', produceInput('screen'))).toBe('NOT_ALLOWED');
	await ann.client.ask('match:leave', {});
	expect(service.app.matchPeers.census).toEqual({ pools: 0, clients: 0 });
	expect(await ann.client.codeOf('match:start', { mode: 'text' })).toBe('WRONG_PHASE');
	expect(await ann.client.codeOf('media:produce', produceInput('camera'))).toBe('WRONG_PHASE');
	const written = await Stranger.enter(cast);
	expect(written.entered.media).toBe(null);
	expect(await written.client.codeOf('media:produce', produceInput('camera'))).toBe('WRONG_PHASE');
	expect(await written.client.codeOf('match:start', { mode: 'video', agree: 1 })).toBe(
		'WRONG_PHASE',
	);
	await written.client.ask('lobby:enter', { roomId: cast.roomId });
	expect(service.app.matchPeers.census.clients).toBe(0);
});

test('MATCH-1: whoever enters a room and meets strangers at the same moment has one place, and leaves nothing behind', async () => {
	await alone();
	const stranger = await Stranger.enter(cast, 'text');
	const { client } = stranger;
	const { roomId } = cast;
	for (let count = 0; count < 6; count++)
		await Promise.all([
			client.ask('match:enter', { media: count % 2 === 0 }),
			client.ask('lobby:enter', { roomId }),
		]);
	expect(service.app.matchPeers.census.clients).toBeLessThanOrEqual(1);
	client.close();
	await alone();
	await eventually(() => [...service.app.rooms.all].every(({ room }) => room.id !== roomId));
});

test('MATCH-5: two who meet by video get what the other one sends, and others nothing', async () => {
	await alone();
	const { ann, ben, matchId } = await twoMet(cast, 'video');
	const cyd = await Stranger.enter(cast, 'video');
	await cyd.start();
	const [annSees, benSees] = [await ann.partner(), await ben.partner()];
	expect(benSees.matchId).toBe(matchId);
	expect(annSees.consumers.map(({ kind }) => kind).sort()).toEqual(['audio', 'video']);
	expect(annSees.peer?.producers.map(({ source }) => source).sort()).toEqual([
		'camera',
		'microphone',
	]);
	expect(annSees.peer?.peerId).not.toBe(benSees.peer?.peerId);
	for (const { producerId } of annSees.consumers)
		expect(benSees.consumers.map((consumer) => consumer.producerId)).not.toContain(producerId);
	// What somebody else sends is not there for them.
	const wants = annSees.consumers.map(({ producerId }) => ({
		producerId,
		width: 1,
		height: 1,
		priority: 1,
	}));
	const { unavailable } = await cyd.client.ask('media:want', { wants });
	expect(unavailable.map(({ code }) => code)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
	const [camera] = annSees.consumers.filter(({ kind }) => kind === 'video');
	if (!camera) throw new Error('there is no camera');
	const [own] = ben.sent.filter(({ source }) => source === 'camera');
	if (!own) throw new Error('there is no camera');
	const update = { producerId: own.producerId, paused: true, width: 1280, height: 720 };
	await ben.client.ask('media:update', update);
	await ann.client.until('producer:updated', ({ producer }) => producer.paused);
	expect(cyd.client.told('producer:updated')).toEqual([]);
	// The smallest is what a match begins with and what goes on while somebody waits; in between it is what is shown.
	await ben.client.until('media:demand', ({ spatialLayer }) => spatialLayer === 0);
	await ann.client.ask('media:want', {
		wants: [{ producerId: camera.producerId, width: 1280, height: 720, priority: 1 }],
	});
	await ben.client.until(
		'media:demand',
		({ spatialLayer }) => spatialLayer !== null && spatialLayer > 0,
	);
	await ann.next(matchId);
	await ben.client.until('match:ended');
	await eventually(() => ben.client.told('media:demand').at(-1)?.spatialLayer === 0);
});

test('MATCH-5: a third one meets by the same transports who is free next', async () => {
	await alone();
	const { ann, ben, matchId } = await twoMet(cast, 'video');
	const cyd = await Stranger.enter(cast, 'video');
	await cyd.start();
	await ann.next(matchId);
	const second = await ann.partner(1);
	expect((await cyd.partner()).matchId).toBe(second.matchId);
	expect(second.consumers).toHaveLength(2);
	expect(await ben.client.until('match:ended')).toMatchObject({ matchId, why: 'next' });
	expect(ben.found).toHaveLength(1);
});

test('MATCH-2: a partner learns the name, what both like, and the language', async () => {
	await alone();
	const [ann, ben] = [await Stranger.enter(cast), await Stranger.enter(cast)];
	await ann.start({ name: 'Ann', interests: ['Chess ', 'tea', 'chess'], language: 'en' });
	await ben.start({ interests: ['CHESS', 'go'], language: 'en' });
	const partner = { name: 'Ann', interests: ['chess'], language: 'en' };
	expect((await ben.partner()).partner).toEqual(partner);
	expect((await ann.partner()).partner).toEqual({ ...partner, name: null });
	expect(Object.keys(await ann.partner()).sort()).toEqual([
		'consumers',
		'matchId',
		'partner',
		'peer',
		'unavailable',
	]);
});

test('MATCH-4: nobody meets themselves in another tab, and waits in at most four', async () => {
	await alone();
	const ann = await Stranger.enter(cast);
	await ann.start();
	const tabs: Stranger[] = [];
	for (let tab = 0; tab < 4; tab++)
		tabs.push(await Stranger.enter(cast, 'text', ann.client.cookie));
	for (const tab of tabs.slice(0, 3)) await tab.start();
	await expect(tabs[3]?.start()).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
	expect(service.app.matchPeers.matches.maker.waiting).toBe(4);
	const ben = await Stranger.enter(cast);
	await ben.start();
	await ann.partner();
	expect(tabs.flatMap(({ found }) => found)).toEqual([]);
});

describe('MATCH-7: a match ends for both at once', () => {
	test.each([
		['next', 'next', (ann: Stranger, matchId: string) => ann.client.raw('match:next', { matchId })],
		['stop', 'left', (ann: Stranger) => ann.client.raw('match:stop', {})],
		['leaving', 'left', (ann: Stranger) => ann.client.raw('match:leave', {})],
		['a lost connection', 'lost', async (ann: Stranger) => ann.client.close()],
	] as const)('by %s', async (_what, why, end) => {
		await alone();
		const { ann, ben, matchId } = await twoMet(cast);
		await end(ann, matchId);
		expect(await ben.client.until('match:ended')).toMatchObject({ matchId, why });
		expect(await post(ben, matchId)).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
		// Whoever was left waits again, and meets who comes.
		for (const newcomer of [await Stranger.enter(cast), await Stranger.enter(cast)])
			await newcomer.start();
		await ben.partner(1);
	});
});

test('MATCH-8: both press at once, and both wait; a late press changes nothing', async () => {
	await alone();
	const { ann, ben, matchId } = await twoMet(cast);
	await Promise.all([ann.next(matchId), ben.next(matchId)]);
	const { maker } = service.app.matchPeers.matches;
	expect(maker.waiting).toBe(2);
	const cyd = await Stranger.enter(cast);
	await cyd.start();
	const met = await cyd.partner();
	const [lucky] = [ann, ben].filter(({ found }) => found.length > 1);
	await lucky?.next(matchId);
	expect(maker.matches).toBe(1);
	expect(await post(cyd, met.matchId)).toMatchObject({ ok: true });
	await cyd.client.ask('match:stop', {});
	expect(await cyd.client.codeOf('match:next', { matchId: met.matchId })).toBe('NOT_FOUND');
	expect(await cyd.client.codeOf('match:stop', {})).toBe('OK');
});

test('MATCH-9: what is said reaches the partner once, and nobody after the end', async () => {
	await alone();
	const { ann, ben, matchId } = await twoMet(cast);
	const messageId = newMessageId();
	const first = await post(ann, matchId, 'Hello\r\nyou ', messageId);
	expect(first).toMatchObject({ ok: true, data: { message: { mine: true, body: 'Hello\nyou' } } });
	expect(await post(ann, matchId, 'again', messageId)).toEqual(first);
	expect(await post(ben, matchId, 'mine', messageId)).toMatchObject({
		error: { code: 'CONFLICT' },
	});
	await ben.client.ask('match:typing', { matchId, typing: true });
	await ann.client.until('match:typing');
	expect(ben.client.told('match:posted')).toMatchObject([{ message: { mine: false, messageId } }]);
	expect(await post(ann, matchId, ' \n ')).toMatchObject({ error: { code: 'BAD_REQUEST' } });
	expect(await post(ann)).toMatchObject({ error: { code: 'NOT_FOUND' } });
	const cyd = await Stranger.enter(cast);
	expect(await post(cyd, matchId)).toMatchObject({ error: { code: 'NOT_FOUND' } });
	expect(await cyd.client.codeOf('match:keep', { matchId, keep: true })).toBe('NOT_FOUND');
	expect(await cyd.client.codeOf('match:typing', { matchId, typing: true })).toBe('NOT_FOUND');
});

test('MATCH-14: when the media worker dies, those in the hall may enter again', async () => {
	await alone();
	const { ann, ben } = await twoMet(cast, 'video');
	for (const pid of service.app.workerPids()) process.kill(pid, 'SIGKILL');
	expect(await ann.client.until('match:lost')).toMatchObject({ code: 'MEDIA_LOST' });
	await ben.client.until('match:lost');
	expect(service.app.matchPeers.census).toEqual({ pools: 0, clients: 0 });
	await eventually(() => service.app.workerPids().length === 1);
	expect((await ann.client.ask('match:enter', { media: true })).media).not.toBe(null);
});
