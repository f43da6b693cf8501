import { describe, expect, test } from 'vitest';
import {
	acquainted,
	again,
	call,
	callLines,
	outcomeOf,
	talking,
	two,
	type Caller,
} from '../support/calls.ts';
import { eventually, type Cast } from '../support/client.ts';
import { withService } from '../support/withService.ts';
import { newRingId, newRoomId } from '../../shared/ids.ts';

let cast: Cast;
withService((on) => (cast = on.cast));

async function three(): Promise<[Caller, Caller, Caller]> {
	const [ann, ben, zoe] = await acquainted(cast, 'Ann', 'Ben', 'Zoe');
	if (!ann || !ben || !zoe) throw new Error('three people are not three');
	return [ann, ben, zoe];
}

/** Somebody who also waits until it rings. */
async function rung(from: Caller, to: Caller) {
	const made = await call(from, to);
	await to.client.until('call:ringing', ({ ring }) => ring.ringId === made.ringId);
	return made;
}

const joinCode = ({ client, name }: Caller, roomId: string) =>
	client.codeOf('room:join', {
		...{ roomId, name, rtpCapabilities: {} },
		firstPage: { videos: 0, width: 0, height: 0 },
	});

describe('CALL-1: a call', () => {
	test('rings once on all pages, and on those that are opened meanwhile', async () => {
		const [ann, ben] = await two(cast);
		const second = await again(cast, ben);
		const { ringId, roomId } = await rung(ann, ben);
		const { ring } = await second.client.until('call:ringing');
		expect(ring).toMatchObject({
			...{ ringId, roomId, video: true, others: [] },
			from: { personId: ann.personId, name: 'Ann' },
		});
		const third = await cast.connect({ cookie: ben.client.cookie });
		const { rings } = await third.ask('people:enter', { idle: false });
		expect(rings).toEqual([ring]);
		expect((await call(ann, ben, { ringId, roomId })).answer).toEqual({ roomId, outcome: null });
		await ben.client.ask('people:blocked', {});
		for (const { client } of [ben, second]) expect(client.told('call:ringing')).toHaveLength(1);
		expect(ann.client.told('call:ringing')).toEqual([]);
	});

	test('leads into a room that is new or one’s own, and into no other', async () => {
		const [ann, ben, zoe] = await three();
		await expect(call(ann, ben, { roomId: cast.roomId })).rejects.toMatchObject({
			code: 'NOT_ALLOWED',
		});
		const lively = newRoomId();
		await zoe.client.ask('lobby:enter', { roomId: lively });
		await expect(call(zoe, ben, { roomId: lively })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
		const { roomId } = await talking(ann, ben);
		await expect(call(zoe, ann, { roomId })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
		await expect(call(ann, ben, { roomId })).rejects.toMatchObject({ code: 'CONFLICT' });
	});

	test('takes an id once, and one goes out at a time', async () => {
		const [ann, ben, zoe] = await three();
		const { ringId } = await rung(ann, ben);
		await expect(call(zoe, ben, { ringId })).rejects.toMatchObject({ code: 'CONFLICT' });
		await expect(call(ann, zoe)).rejects.toMatchObject({ code: 'CONFLICT' });
		await expect(call(ann, ben)).rejects.toMatchObject({ code: 'CONFLICT' });
	});

	test('that is refused leaves its room as it was: nobody’s', async () => {
		const [ann, ben, zoe] = await three();
		await rung(ann, ben);
		const roomId = newRoomId();
		await expect(call(ann, zoe, { roomId })).rejects.toMatchObject({ code: 'CONFLICT' });
		expect((await zoe.client.ask('lobby:enter', { roomId })).admission).toBe('open');
	});

	test('can grow: one is rung into the room in which others talk', async () => {
		const [ann, ben, zoe] = await three();
		const { roomId } = await talking(ann, ben);
		const added = await call(ben, zoe, { roomId });
		const { ring } = await zoe.client.until('call:ringing');
		expect(ring).toMatchObject({ roomId, from: { name: 'Ben' }, others: ['Ann'] });
		await zoe.client.ask('call:accept', { ringId: added.ringId });
		const { peers } = await zoe.client.join(roomId, 'Zoe');
		expect(peers.map(({ name }) => name)).toEqual(['Ann', 'Ben']);
		for (const { client } of [ann, ben]) {
			await client.until('peer:joined', ({ peer }) => peer.name === 'Zoe');
			expect(client.told('room:ended')).toEqual([]);
		}
	});

	test('into a room that is open, or as its host, is rung as well', async () => {
		const [ann, ben, zoe] = await three();
		await ann.client.join(cast.roomId, 'Ann');
		await zoe.client.join(cast.roomId, 'Zoe');
		const { ringId } = await call(zoe, ben, { roomId: cast.roomId });
		await ben.client.ask('call:decline', { ringId });
		await ann.client.ask('host:policy', { locked: true });
		await expect(call(zoe, ben, { roomId: cast.roomId })).rejects.toMatchObject({
			code: 'NOT_ALLOWED',
		});
		const second = await call(ann, ben, { roomId: cast.roomId });
		await ben.client.ask('call:accept', { ringId: second.ringId });
		await ben.client.join(cast.roomId, 'Ben');
	});
});

describe('CALL-2: a ring ends once', () => {
	test('declined, for all pages of both', async () => {
		const [ann, ben] = await two(cast);
		const second = await again(cast, ben);
		const { ringId, roomId } = await rung(ann, ben);
		await ben.client.ask('call:decline', { ringId });
		for (const one of [ann, ben, second]) expect(await outcomeOf(one, ringId)).toBe('declined');
		expect((await call(ann, ben, { ringId, roomId })).answer.outcome).toBe('declined');
		expect(await second.client.codeOf('call:accept', { ringId })).toBe('NOT_FOUND');
		await ann.client.ask('call:cancel', { ringId });
		expect(ann.client.told('call:over')).toHaveLength(1);
	});

	test('of accepting and cancelling at the same moment one is done', async () => {
		const [ann, ben] = await two(cast);
		for (const first of [ann, ben]) {
			const { ringId, roomId } = await rung(ann, ben);
			const asked = [
				() => ann.client.ask('call:cancel', { ringId }),
				() => ben.client.codeOf('call:accept', { ringId }),
			];
			if (first === ben) asked.reverse();
			await Promise.all(asked.map((ask) => ask()));
			const outcome = await outcomeOf(ann, ringId);
			expect(['cancelled', 'accepted']).toContain(outcome);
			expect(await outcomeOf(ben, ringId)).toBe(outcome);
			await ben.client.ask('lobby:enter', { roomId });
			expect(await joinCode(ben, roomId)).toBe(outcome === 'accepted' ? 'OK' : 'NOT_ADMITTED');
			await ben.client.ask('room:leave', {});
		}
	});
});

describe('CALL-3: accepting', () => {
	test('in one tab stops the ring in the others, which come too late', async () => {
		const [ann, ben] = await two(cast);
		const second = await again(cast, ben);
		const { ringId, roomId } = await rung(ann, ben);
		await second.client.ask('lobby:enter', { roomId });
		await ben.client.ask('lobby:enter', { roomId });
		// Both send the join without waiting for the answer.
		const answers = await Promise.all(
			[ben, second].map(async (tab) => {
				const accepted = tab.client.codeOf('call:accept', { ringId });
				const joined = joinCode(tab, roomId);
				return [await accepted, await joined];
			}),
		);
		expect(answers.sort()).toEqual([
			['CONFLICT', 'WRONG_PHASE'],
			['OK', 'OK'],
		]);
		expect(await outcomeOf(second, ringId)).toBe('accepted');
	});

	test('is for the one who is called', async () => {
		const [ann, ben, zoe] = await three();
		const { ringId } = await rung(ann, ben);
		for (const { client } of [ann, zoe]) {
			expect(await client.codeOf('call:accept', { ringId })).toBe('NOT_FOUND');
			expect(await client.codeOf('call:decline', { ringId })).toBe('NOT_FOUND');
		}
		await zoe.client.ask('call:cancel', { ringId });
		expect(await ben.client.codeOf('call:accept', { ringId })).toBe('OK');
	});

	test('by joining the room, and it ends what one is calling elsewhere', async () => {
		const [ann, ben, zoe] = await three();
		const { ringId, roomId } = await rung(ann, ben);
		const own = await call(ben, zoe);
		await zoe.client.until('call:ringing');
		await ben.client.join(roomId, 'Ben');
		expect(await outcomeOf(ann, ringId)).toBe('accepted');
		expect(await outcomeOf(zoe, own.ringId)).toBe('cancelled');
	});
});

describe('CALL-4: the room of a call', () => {
	test('is for those who are called or were in it', async () => {
		const [ann, ben, zoe] = await three();
		const { roomId } = await talking(ann, ben);
		await zoe.client.ask('lobby:enter', { roomId });
		expect(await joinCode(zoe, roomId)).toBe('NOT_ADMITTED');
		expect(await zoe.client.codeOf('chat:enter', { roomId, name: 'Zoe' })).toBe('NOT_ADMITTED');
		await zoe.client.ask('room:leave', {});

		// Whoever has been in it comes back, also when the call is over.
		await ben.client.ask('chat:open', { roomId });
		await ben.client.ask('room:leave', {});
		await ann.client.until('room:ended');
		await ben.client.join(roomId, 'Ben');
	});

	test('lets the called one prepare while it rings, and not any more when it is over', async () => {
		const [ann, ben] = await two(cast);
		const { ringId, roomId } = await rung(ann, ben);
		await ann.client.join(roomId, 'Ann');
		const { admission } = await ben.client.ask('lobby:enter', { roomId });
		expect(admission).toBe('open');
		await ann.client.ask('call:cancel', { ringId });
		await outcomeOf(ben, ringId);
		expect(await joinCode(ben, roomId)).toBe('NOT_ADMITTED');
	});
});

describe('CALL-5: declining', () => {
	test('with a message writes it into the chat of the two', async () => {
		const [ann, ben] = await two(cast);
		const { ringId } = await rung(ann, ben);
		await ben.client.ask('call:decline', { ringId, message: 'In ten minutes' });
		const over = await ann.client.until('call:over');
		expect(over).toMatchObject({ outcome: 'declined', message: 'In ten minutes' });
		await eventually(async () => (await callLines(ann, ben)).length === 2);
		expect(await callLines(ann, ben)).toEqual([
			{ by: 'Ann', outcome: 'declined', seconds: null },
			{ by: 'Ben', says: 'In ten minutes' },
		]);
	});

	test('in a call says that one is busy', async () => {
		const [ann, ben, zoe] = await three();
		await talking(ann, ben);
		const { ringId } = await rung(zoe, ben);
		await ben.client.ask('call:decline', { ringId });
		expect(await outcomeOf(zoe, ringId)).toBe('busy');
	});

	test('is not waited for where somebody calls or is being called', async () => {
		const [ann, ben, zoe] = await three();
		await rung(ann, ben);
		for (const busy of [ann, ben]) expect((await call(zoe, busy)).answer.outcome).toBe('busy');
		await zoe.client.until('call:over');
		expect(ann.client.told('call:ringing')).toEqual([]);
		expect(ben.client.told('call:ringing')).toHaveLength(1);
	});
});

test('CALL-7: two who call each other are in one call', async () => {
	const [ann, ben] = await two(cast);
	const [byAnn, byBen] = await Promise.all([call(ann, ben), call(ben, ann)]);
	expect(byAnn.answer.roomId).toBe(byBen.answer.roomId);
	expect([byAnn.answer.outcome, byBen.answer.outcome].sort()).toEqual(['accepted', null]);
	const { roomId } = byAnn.answer;
	await ann.client.join(roomId, 'Ann');
	const { peers } = await ben.client.join(roomId, 'Ben');
	expect(peers.map(({ name }) => name)).toEqual(['Ann']);
	const winner = byAnn.answer.outcome === null ? byAnn : byBen;
	for (const one of [ann, ben]) expect(await outcomeOf(one, winner.ringId)).toBe('accepted');
});

describe('CALL-8: the caller', () => {
	test('who cancels or leaves the room ends it', async () => {
		const [ann, ben] = await two(cast);
		const first = await rung(ann, ben);
		await ann.client.ask('call:cancel', { ringId: first.ringId });
		expect(await outcomeOf(ben, first.ringId)).toBe('cancelled');
		const second = await rung(ann, ben);
		await ann.client.join(second.roomId, 'Ann');
		await ann.client.ask('room:leave', {});
		expect(await outcomeOf(ben, second.ringId)).toBe('cancelled');
	});

	test('whose connection is lost goes on from the next one', async () => {
		const [ann, ben] = await two(cast);
		const { ringId, roomId } = await rung(ann, ben);
		ann.client.close();
		const back = await again(cast, ann);
		expect((await call(back, ben, { ringId, roomId })).answer.outcome).toBeNull();
		await ben.client.ask('call:accept', { ringId });
		expect(await outcomeOf(back, ringId)).toBe('accepted');
	});

	test('whose connection stays lost is given up', async () => {
		const [ann, ben] = await two(cast);
		const { ringId } = await rung(ann, ben);
		const began = performance.now();
		ann.client.close();
		expect(await outcomeOf(ben, ringId)).toBe('cancelled');
		expect(performance.now() - began).toBeGreaterThan(4_000);
	});
});

describe('CALL-9: a call', () => {
	test('is over for the one who is left, unless somebody is being called', async () => {
		const [ann, ben, zoe] = await three();
		const { roomId } = await talking(ann, ben);
		const { ringId } = await call(ann, zoe, { roomId });
		await ben.client.ask('room:leave', {});
		await ann.client.until('peer:left');
		await zoe.client.ask('call:accept', { ringId });
		await zoe.client.join(roomId, 'Zoe');
		expect(ann.client.told('room:ended')).toEqual([]);
		await ann.client.ask('room:leave', {});
		expect((await zoe.client.until('room:ended')).code).toBe('CALL_OVER');
	});

	test('is over by leaving for those who leave, and they are told nothing', async () => {
		const [ann, ben] = await two(cast);
		await talking(ann, ben);
		await ben.client.ask('room:leave', {});
		await ann.client.until('room:ended');
		await ben.client.ask('people:blocked', {});
		expect(ben.client.told('room:ended')).toEqual([]);
	});

	test('goes on for those who joined a room that is none of a call', async () => {
		const [ann, ben] = await two(cast);
		await ann.client.join(cast.roomId, 'Ann');
		await ben.client.join(cast.roomId, 'Ben');
		await ben.client.ask('room:leave', {});
		await ann.client.until('peer:left');
		expect(await ann.client.codeOf('room:hand', { raised: true })).toBe('OK');
	});
});

describe('CALL-10: what is kept', () => {
	test('a line with the length and an entry in both histories', async () => {
		const [ann, ben] = await two(cast);
		const { roomId, ringId } = await talking(ann, ben);
		await ben.client.ask('room:leave', {});
		await eventually(async () => (await callLines(ann, ben)).length === 1);
		const [line] = await callLines(ann, ben);
		expect(line).toMatchObject({ by: 'Ann', outcome: 'accepted' });
		const [mine, theirs] = await Promise.all(
			[ann, ben].map(async ({ client }) => (await client.ask('people:history', {})).calls),
		);
		expect(mine).toMatchObject([
			{ ringId, roomId, person: { name: 'Ben' }, outgoing: true, outcome: 'accepted' },
		]);
		expect(theirs).toMatchObject([{ ringId, person: { name: 'Ann' }, outgoing: false }]);
		expect(mine?.[0]?.duration).toBe(theirs?.[0]?.duration);
		expect(mine?.[0]?.duration).toBeGreaterThanOrEqual(0);
	});

	test('a call that nobody answered, in pages from the latest', async () => {
		const [ann, ben] = await two(cast);
		for (let i = 0; i < 3; i++) {
			const { ringId } = await rung(ann, ben);
			await ann.client.ask('call:cancel', { ringId });
		}
		await eventually(
			async () =>
				(await ben.client.ask('people:history', {})).calls.filter(({ outcome }) => outcome)
					.length === 3,
		);
		const first = await ben.client.ask('people:history', { limit: 2 });
		expect(first).toMatchObject({
			calls: [{ outcome: 'cancelled', duration: null }, {}],
			more: true,
		});
		const before = first.calls[1]?.beganAt ?? 0;
		const rest = await ben.client.ask('people:history', { limit: 2, before });
		expect(rest).toMatchObject({ calls: [{ outgoing: false }], more: false });
	});

	test('calling very often is refused, and others do not notice', async () => {
		const [ann, ben, zoe] = await three();
		const codes = [];
		for (let i = 0; i < 8; i++) {
			const ringId = newRingId();
			const about = { ringId, roomId: newRoomId(), personId: ben.personId, name: 'Ann' };
			codes.push(await ann.client.codeOf('call:start', { ...about, video: false }));
			await ann.client.ask('call:cancel', { ringId });
		}
		expect(codes).toEqual([
			...Array<string>(6).fill('OK'),
			...Array<string>(2).fill('TOO_MANY_REQUESTS'),
		]);
		expect((await call(zoe, ben)).answer.outcome).toBeNull();
	});
});

describe('A-M15, CALL-17: who rings', () => {
	test('is shown by the name that the callee met them by, and marked until they are a contact', async () => {
		const [ann, ben] = await two(cast);
		const { ringId } = await rung({ ...ann, name: 'The Managing Director' }, ben);
		const unknown = await ben.client.until('call:ringing', ({ ring }) => ring.ringId === ringId);
		expect(unknown.ring).toMatchObject({ from: { name: 'Ann' }, known: false });
		await ann.client.ask('call:cancel', { ringId });
		await ben.client.ask('people:add', { personId: ann.personId });
		const next = await rung({ ...ann, name: 'The Managing Director' }, ben);
		const { ring } = await ben.client.until(
			'call:ringing',
			(told) => told.ring.ringId === next.ringId,
		);
		expect(ring).toMatchObject({ from: { name: 'Ann' }, known: true });
	});

	test('is one of the contacts, however many others call', async () => {
		const [ben, friend] = await two(cast);
		await ben.client.ask('people:add', { personId: friend.personId });
		const codes: string[] = [];
		for (let i = 0; i < 6; i++) {
			const [stranger] = await acquainted(cast, `Stranger ${i}`);
			if (!stranger) throw new Error('nobody is there');
			for (let call = 0; call < 2; call++) {
				const ringId = newRingId();
				const about = { ringId, roomId: newRoomId(), personId: ben.personId, name: 'Boss' };
				codes.push(await stranger.client.codeOf('call:start', { ...about, video: false }));
				await stranger.client.ask('call:cancel', { ringId });
			}
		}
		expect(codes).toEqual([
			...Array<string>(10).fill('OK'),
			...Array<string>(2).fill('TOO_MANY_REQUESTS'),
		]);
		await rung(friend, ben);
	});
});
