import { describe, expect, test } from 'vitest';
import { newResumeToken } from '../../shared/ids.ts';
import type { Data } from '../../shared/protocol.ts';
import { acquainted, again, call, talking, type Caller } from '../support/calls.ts';
import { eventually, type Cast, type TestClient } from '../support/client.ts';
import { produceInput } from '../support/rtp.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

/** How long a place is kept here, in ms: pages have no more than the grace period to come back. */
const kept = 2000;

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on), { rooms: { graceSeconds: kept / 1000 } });

type Joined = Data<'room:join'>;
type Token = Joined['you']['resumeToken'];

const firstPage = { videos: 9, width: 640, height: 360 };

/** The page of somebody goes as browsers let pages go: with a word, and with its connection. */
async function unload({ client }: Pick<Caller, 'client'>): Promise<void> {
	await client.ask('room:leave', { unloading: true });
	client.close();
}

/** The page that follows, up to its lobby. */
async function followed(before: Caller, roomId: string, follows: Token) {
	const page = await again(cast, before);
	const lobby = await page.client.ask('lobby:enter', { roomId, follows });
	return { ...page, lobby };
}

async function joined(client: TestClient, roomId: string, name: string): Promise<Joined> {
	return client.ask('room:join', { roomId, name, rtpCapabilities: {}, firstPage });
}

/** The whole way of a reload. */
async function reloaded(before: Caller, roomId: string, token: Token) {
	await unload(before);
	const page = await followed(before, roomId, token);
	return { ...page, answer: await joined(page.client, roomId, before.name) };
}

const codeOfJoin = ({ client }: Pick<Caller, 'client'>, roomId: string) =>
	client.codeOf('room:join', { roomId, name: 'x', rtpCapabilities: {}, firstPage });

/** Two in a call, with what their pages know. */
async function two() {
	const [ann, ben] = await acquainted(cast, 'Ann', 'Ben');
	if (!ann || !ben) throw new Error('two people are not two');
	const rung = await call(ann, ben);
	const { you: annsYou } = await ann.client.join(rung.roomId, 'Ann');
	await ben.client.until('call:ringing');
	await ben.client.ask('call:accept', { ringId: rung.ringId });
	const { you: bensYou } = await ben.client.join(rung.roomId, 'Ben');
	return { ...rung, ann, ben, anns: annsYou.resumeToken, bens: bensYou.resumeToken, bensYou };
}

/** What this client was told that would read as somebody coming or going. */
const comings = ({ client }: Pick<Caller, 'client'>) => [
	...client.told('peer:joined').map(({ peer }) => `joined ${peer.name}`),
	...client.told('peer:left').map(() => 'left'),
	...client.told('room:ended').map(({ code }) => code),
];

describe('RELOAD-1: the page of somebody in a call goes', () => {
	test('and their place is kept without what they sent', async () => {
		const { ann, ben, bensYou } = await two();
		const camera = produceInput('camera');
		await ben.client.ask('media:produce', camera);
		await ann.client.until('producer:added');
		ann.client.facts.length = 0;
		await unload(ben);
		const { peerId } = bensYou;
		await ann.client.until('peer:connection', (told) => !told.connected && told.peerId === peerId);
		await ann.client.until('producer:closed', (told) => told.producerId === camera.producerId);
		expect(comings(ann)).toEqual([]);
	});

	test('for good: after that moment the call is over, and lasted until they went', async () => {
		const rang = Date.now();
		const { ann, ben, ringId } = await two();
		const before = Date.now();
		await unload(ben);
		const gone = Date.now();
		expect((await ann.client.until('room:ended')).code).toBe('CALL_OVER');
		expect(Date.now() - before).toBeGreaterThan(kept * 0.9);
		const entry = async () =>
			(await ann.client.ask('people:history', {})).calls.find((one) => one.ringId === ringId);
		await eventually(async () => ((await entry())?.duration ?? null) !== null);
		expect((await entry())?.duration).toBeLessThanOrEqual(gone - rang);
	});

	test('while it rings: the ring goes on, and ends with the place', async () => {
		const [ann, ben] = await acquainted(cast, 'Ann', 'Ben');
		if (!ann || !ben) throw new Error('two people are not two');
		const { roomId, ringId } = await call(ann, ben);
		const { you } = await ann.client.join(roomId, 'Ann');
		await ben.client.until('call:ringing');
		const back = await reloaded(ann, roomId, you.resumeToken);
		expect((await call(back, ben, { roomId, ringId })).answer.outcome).toBeNull();
		expect(ben.client.told('call:over')).toEqual([]);
		await unload(back);
		expect((await ben.client.until('call:over')).outcome).toBe('cancelled');
	});

	test('from the lobby: nothing is kept', async () => {
		const host = await cast.joined('Host');
		const page = await cast.connect();
		await page.ask('lobby:enter', { roomId: cast.roomId });
		await page.ask('room:leave', { unloading: true });
		expect(await page.codeOf('room:hand', { raised: true })).toBe('WRONG_PHASE');
		expect(host.told('peer:connection')).toEqual([]);
	});

	test('and others go on seeing them in a call', async () => {
		const { ann, ben, bens, roomId } = await two();
		await ann.client.ask('people:open', {});
		const about = () =>
			ann.client.told('people:state').filter(({ personId }) => personId === ben.personId);
		const before = about().length;
		const back = await reloaded(ben, roomId, bens);
		await back.client.ask('people:blocked', {});
		await ann.client.ask('people:blocked', {});
		expect(about().slice(before)).toEqual([]);
	});
});

describe('RELOAD-2: the page that follows', () => {
	test('is the same peer with new transports, and nobody comes or goes', async () => {
		const { ann, ben, bens, bensYou, roomId } = await two();
		await ben.client.ask('room:hand', { raised: true });
		ann.client.facts.length = 0;
		await unload(ben);
		const page = await followed(ben, roomId, bens);
		expect(page.lobby).toMatchObject({ kept: true, present: 1, admission: 'open' });
		const camera = produceInput('camera');
		await page.client.ask('media:produce', camera);
		expect(ann.client.told('producer:added')).toEqual([]);
		const answer = await joined(page.client, roomId, 'Ben');
		expect(answer.you).toMatchObject({ peerId: bensYou.peerId, resumeToken: bens });
		expect(answer.you.hand).not.toBeNull();
		expect(answer.peers.map(({ name }) => name)).toEqual(['Ann']);
		const { producer } = await ann.client.until('producer:added');
		expect(producer.producerId).toBe(camera.producerId);
		await ann.client.until('peer:connection', ({ connected }) => connected);
		expect(comings(ann)).toEqual([]);
		// And so it is the next time.
		const third = await reloaded(page, roomId, answer.you.resumeToken);
		expect(third.answer.you.peerId).toBe(bensYou.peerId);
		expect(comings(ann)).toEqual([]);
	});

	test('that is loaded again before it was in gives way to the next one', async () => {
		const { ann, ben, bens, roomId } = await two();
		ann.client.facts.length = 0;
		await unload(ben);
		const second = await followed(ben, roomId, bens);
		await unload(second);
		const third = await followed(ben, roomId, bens);
		expect(third.lobby.kept).toBe(true);
		await joined(third.client, roomId, 'Ben');
		expect(comings(ann)).toEqual([]);
	});

	test('and the one after it ask at the same time: the later one has the place', async () => {
		const { ann, ben, bens, roomId } = await two();
		ann.client.facts.length = 0;
		await unload(ben);
		const pages = [await again(cast, ben), await again(cast, ben), await again(cast, ben)];
		const codes = await Promise.all(
			pages.map(({ client }) => client.codeOf('lobby:enter', { roomId, follows: bens })),
		);
		// Whoever was taken over has been told by the time of another answer.
		await Promise.all(pages.map(({ client }) => client.ask('people:blocked', {})));
		const [holder, ...more] = pages.filter(
			(page, index) => codes[index] === 'OK' && comings(page).length === 0,
		);
		if (!holder || more.length > 0) throw new Error('not one of them has the place');
		await joined(holder.client, roomId, 'Ben');
		for (const page of pages)
			if (page !== holder) expect(await codeOfJoin(page, roomId)).toBe('WRONG_PHASE');
		expect(comings(ann)).toEqual([]);
		expect(await holder.client.codeOf('media:produce', produceInput('camera'))).toBe('OK');
	});

	test('takes over from one that the server has not seen go', async () => {
		const { ann, ben, bens, roomId } = await two();
		ann.client.facts.length = 0;
		const page = await followed(ben, roomId, bens);
		expect(page.lobby.kept).toBe(true);
		expect((await ben.client.until('room:ended')).code).toBe('TAKEN_OVER');
		await joined(page.client, roomId, 'Ben');
		ben.client.close();
		await ann.client.ask('people:blocked', {});
		expect(comings(ann)).toEqual([]);
		expect(await page.client.codeOf('room:hand', { raised: true })).toBe('OK');
	});

	test('comes too late: the place is gone, and so is the call', async () => {
		const { ann, ben, bens, roomId } = await two();
		await unload(ben);
		await ann.client.until('room:ended');
		const page = await followed(ben, roomId, bens);
		expect(page.lobby).toMatchObject({ kept: false, present: 0 });
	});

	test('finds that the other one has hung up meanwhile', async () => {
		const { ann, ben, bens, roomId } = await two();
		await unload(ben);
		await ann.client.ask('room:leave', {});
		const page = await followed(ben, roomId, bens);
		expect(page.lobby).toMatchObject({ kept: false, present: 0 });
	});

	test('is in its lobby when the other one hangs up, and is told', async () => {
		const { ann, ben, bens, roomId } = await two();
		await unload(ben);
		const page = await followed(ben, roomId, bens);
		await ann.client.ask('room:leave', {});
		expect((await page.client.until('room:ended')).code).toBe('CALL_OVER');
		expect(await codeOfJoin(page, roomId)).toBe('WRONG_PHASE');
	});

	test('never joins: the place is given up, and it is told so', async () => {
		const { ann, ben, bens, roomId } = await two();
		await unload(ben);
		const page = await followed(ben, roomId, bens);
		expect((await page.client.until('room:ended')).code).toBe('RESUME_EXPIRED');
		await ann.client.until('peer:left');
	});

	test('of both at once: both are back', async () => {
		const { ann, ben, anns, bens, roomId } = await two();
		await Promise.all([unload(ann), unload(ben)]);
		const [first, second] = [await followed(ann, roomId, anns), await followed(ben, roomId, bens)];
		await joined(first.client, roomId, 'Ann');
		const { peers } = await joined(second.client, roomId, 'Ben');
		expect(peers).toMatchObject([{ name: 'Ann', connected: true }]);
		expect([...comings(first), ...comings(second)]).toEqual([]);
	});

	test('is of the same person: a token of somebody else keeps nothing', async () => {
		const { ann, ben, anns, roomId } = await two();
		ann.client.facts.length = 0;
		await unload(ben);
		for (const token of [anns, newResumeToken()]) {
			const page = await followed(ben, roomId, token);
			expect(page.lobby.kept).toBe(false);
		}
		expect(comings(ann)).toEqual([]);
		expect(await ann.client.codeOf('room:hand', { raised: true })).toBe('OK');
	});

	test('is no business of another tab of the same person', async () => {
		const { ann, ben, bens, bensYou, roomId } = await two();
		const other = await again(cast, ben);
		const { you } = await other.client.join(roomId, 'Ben');
		expect(you.peerId).not.toBe(bensYou.peerId);
		const page = await reloaded(ben, roomId, bens);
		expect(page.answer.you.peerId).toBe(bensYou.peerId);
		expect(page.answer.peers.map(({ peerId }) => peerId)).toContain(you.peerId);
		expect(comings(other)).toEqual([]);
		await unload(page);
		await other.client.until('peer:left');
		expect(ann.client.told('room:ended')).toEqual([]);
	});

	test('cannot be resumed past: what it follows has no media any more', async () => {
		const { ben, bens, roomId } = await two();
		await unload(ben);
		const page = await again(cast, ben);
		const resuming = { roomId, name: 'Ben', rtpCapabilities: {}, firstPage, resumeToken: bens };
		expect(await page.client.codeOf('room:join', resuming)).toBe('RESUME_EXPIRED');
		expect((await page.client.ask('lobby:enter', { roomId, follows: bens })).kept).toBe(true);
	});
});

describe('RELOAD-4: whoever was in comes in again', () => {
	/** A room with a host, who lets Ben in by what the policy asks for. */
	async function admitted(policy: object, knock: object) {
		const host = await cast.joined('Host');
		const [ben] = await acquainted(cast, 'Ben');
		if (!ben) throw new Error('nobody came');
		await host.ask('host:policy', policy);
		const { roomId } = cast;
		await ben.client.ask('lobby:enter', { roomId });
		await ben.client.ask('room:knock', { name: 'Ben', ...knock });
		return { host, ben, roomId };
	}

	test('without a second knock', async () => {
		const { host, ben, roomId } = await admitted({ knocking: true }, {});
		await host.until('knock:list', ({ knocks }) => knocks.length === 1);
		await host.ask('host:admit-all', {});
		const { you } = await joined(ben.client, roomId, 'Ben');
		await host.until('peer:joined');
		host.facts.length = 0;
		const { answer } = await reloaded(ben, roomId, you.resumeToken);
		expect(answer.you.peerId).toBe(you.peerId);
		expect(host.told('knock:list')).toEqual([]);
	});

	test('without the password, and into a room that was locked meanwhile', async () => {
		const { host, ben, roomId } = await admitted(
			{ password: 'opensesame' },
			{ password: 'opensesame' },
		);
		const { you } = await joined(ben.client, roomId, 'Ben');
		await unload(ben);
		await host.ask('host:policy', { locked: true });
		const page = await followed(ben, roomId, you.resumeToken);
		expect(page.lobby).toMatchObject({ kept: true, admission: 'open' });
		await joined(page.client, roomId, 'Ben');
	});

	test('and not when a host removed them meanwhile', async () => {
		const host = await cast.joined('Host');
		const [ben] = await acquainted(cast, 'Ben');
		if (!ben) throw new Error('nobody came');
		const { roomId } = cast;
		const { you } = await ben.client.join(roomId, 'Ben');
		await unload(ben);
		await host.ask('host:remove', { personId: ben.personId });
		const page = await followed(ben, roomId, you.resumeToken);
		expect(page.lobby).toMatchObject({ kept: false, admission: 'removed' });
		expect(await codeOfJoin(page, roomId)).toBe('REMOVED');
	});

	test('as a host, alone in a room that asks for one', async () => {
		const [host] = await acquainted(cast, 'Host');
		if (!host) throw new Error('nobody came');
		const { roomId } = cast;
		const { you } = await host.client.join(roomId, 'Host');
		await host.client.ask('host:policy', { knocking: true });
		const { answer } = await reloaded(host, roomId, you.resumeToken);
		expect(answer.you).toMatchObject({ role: 'host', peerId: you.peerId });
		expect(answer.room.policy.knocking).toBe(true);
	});

	test('muted, where a host muted them and has to let them speak', async () => {
		const host = await cast.joined('Host');
		await host.ask('host:policy', { unmuting: 'hosts' });
		const [ben] = await acquainted(cast, 'Ben');
		if (!ben) throw new Error('nobody came');
		const { roomId } = cast;
		const { you } = await ben.client.join(roomId, 'Ben');
		await host.ask('host:mute', { peerId: you.peerId, muted: true });
		const { answer } = await reloaded(ben, roomId, you.resumeToken);
		expect(answer.you.hostMuted).toBe(true);
	});

	test('and leaves nothing behind in the end', async () => {
		const [ann, ben] = await acquainted(cast, 'Ann', 'Ben');
		if (!ann || !ben) throw new Error('two people are not two');
		const { roomId } = await talking(ann, ben);
		await unload(ben);
		await unload(ann);
		await eventually(() => [...service.app.rooms.all].every(({ room }) => room.id !== roomId));
	});
});
