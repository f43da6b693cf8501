import { describe, expect, test } from 'vitest';
import { acquainted, again, call, meet, opened, outcomeOf, type Caller } from '../support/calls.ts';
import { eventually, type Cast } from '../support/client.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';
import {
	newContactCode,
	newMessageId,
	newPersonId,
	newRoomId,
	type PersonId,
} from '../../shared/ids.ts';
import type { PresenceState } from '../../shared/people.ts';

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), { calls: { ringSeconds: 1 } });

/** What somebody's list says of another one; null when they are not in it. */
async function seen({ client }: Caller, personId: PersonId): Promise<PresenceState | null> {
	const { people } = await client.ask('people:open', {});
	return people.find((one) => one.personId === personId)?.state ?? null;
}

/** The states of somebody that a page was told, in their order. */
const toldOf = ({ client }: Caller, personId: PersonId) =>
	client
		.told('people:state')
		.filter((told) => told.personId === personId)
		.map(({ state }) => state);

test('A-H12, CHAT-15: neither of two can have removed what the other one wrote, by any way', async () => {
	const [ann, ben] = await pair();
	const about = { personId: ben.personId, name: 'Ann' };
	const { roomId } = await ann.client.ask('people:direct', about);
	const said = { chat: { roomId }, messageId: newMessageId(), draft: { body: 'mine' } };
	await ben.client.ask('chat:post', said);
	for (const { client } of [ann, ben]) {
		const retention = { kind: 'until-empty' as const };
		const answer = await client.raw('chat:retain', { roomId, retention });
		expect(answer).toMatchObject({
			ok: false,
			error: {
				code: 'NOT_ALLOWED',
				message: 'Private chats are always kept. You can delete your own messages.',
			},
		});
		const response = await fetch(`${service.url}/api/rooms/${roomId}/retention`, {
			method: 'PUT',
			headers: { cookie: client.cookie, origin: service.url, 'content-type': 'application/json' },
			body: JSON.stringify({ kind: 'days', days: 1 }),
		});
		expect([response.status, await response.json()]).toMatchObject([
			403,
			{ error: { code: 'NOT_ALLOWED' } },
		]);
	}
	expect((await ben.client.ask('chat:open', { roomId })).retention).toEqual({ kind: 'forever' });
});

describe('PEOPLE-1: presence', () => {
	test('is that of the person over all pages', async () => {
		const [ann, ben] = await pair();
		expect(await seen(ben, ann.personId)).toBe('available');
		const second = await again(cast, ann);
		await ann.client.ask('people:idle', { idle: true });
		await second.client.ask('people:idle', { idle: true });
		await second.client.join(newRoomId(), 'Ann');
		await second.client.ask('room:leave', {});
		await ann.client.ask('people:choose', { state: 'do-not-disturb' });
		await ann.client.ask('people:choose', { state: 'available' });
		await ann.client.ask('people:idle', { idle: false });
		ann.client.close();
		// Of several nodes, each tells by itself what its pages do.
		await eventually(() => toldOf(ben, ann.personId).length === 7);
		second.client.close();
		await ben.client.until('people:state', ({ state }) => state === 'offline');
		expect(toldOf(ben, ann.personId)).toEqual([
			'away',
			'in-call',
			'away',
			'do-not-disturb',
			'away',
			'available',
			'away',
			'offline',
		]);
		expect(await seen(ben, ann.personId)).toBe('offline');
	});

	test('what was chosen is told to other pages and still so after a reload', async () => {
		const ann = await opened(cast, 'Ann');
		const second = await again(cast, ann);
		await ann.client.ask('people:choose', { state: 'away' });
		expect(await second.client.until('people:chosen')).toEqual({ state: 'away' });
		const third = await cast.connect({ cookie: ann.client.cookie });
		const entered = await third.ask('people:enter', { idle: false });
		expect(entered.chosen).toBe('away');
	});

	test('a reload is not seen', async () => {
		const [ann, ben] = await pair();
		await seen(ben, ann.personId);
		ann.client.close();
		const back = await again(cast, ann);
		await back.client.ask('people:choose', { state: 'away' });
		await ben.client.until('people:state');
		expect(toldOf(ben, ann.personId)).toEqual(['away']);
	});
});

async function pair(): Promise<[Caller, Caller]> {
	const [ann, ben] = await acquainted(cast, 'Ann', 'Ben');
	if (!ann || !ben) throw new Error('two people are not two');
	return [ann, ben];
}

describe('PEOPLE-2: the list', () => {
	test('holds those one shares a room with, and nobody else', async () => {
		const [ann, ben] = await pair();
		const zoe = await opened(cast, 'Zoe');
		const { people } = await ann.client.ask('people:open', {});
		expect(people).toEqual([
			{ personId: ben.personId, name: 'Ben', state: 'available', contact: false, direct: null },
		]);
		await zoe.client.ask('people:choose', { state: 'away' });
		await ben.client.ask('people:choose', { state: 'away' });
		await ann.client.until('people:state');
		expect(toldOf(ann, zoe.personId)).toEqual([]);
	});

	test('is told no more once it is closed', async () => {
		const [ann, ben] = await pair();
		const second = await again(cast, ann);
		await seen(second, ben.personId);
		await seen(ann, ben.personId);
		await ann.client.ask('people:close', {});
		await ben.client.ask('people:choose', { state: 'away' });
		await second.client.until('people:state');
		expect(ann.client.told('people:state')).toEqual([]);
	});
});

describe('PEOPLE-3: contacts', () => {
	test('who is met is added and removed, and other pages are told', async () => {
		const [ann, ben] = await pair();
		const second = await again(cast, ann);
		await ann.client.ask('people:add', { personId: ben.personId });
		await second.client.until('people:changed');
		const { people } = await second.client.ask('people:open', {});
		expect(people).toMatchObject([{ personId: ben.personId, contact: true }]);
		await ann.client.ask('people:remove', { personId: ben.personId });
		expect((await ann.client.ask('people:open', {})).people).toMatchObject([{ contact: false }]);
	});

	test('by a link two become contacts of each other, until it is renewed', async () => {
		const [ann, ben, zoe] = [
			await opened(cast, 'Ann'),
			await opened(cast, 'Ben'),
			await opened(cast, 'Zoe'),
		];
		const { code } = await ann.client.ask('people:code', { renew: false });
		expect(await ann.client.ask('people:code', { renew: false })).toEqual({ code });
		const preview = { code, name: 'Ben', preview: true };
		const owner = await ben.client.ask('people:add-by-code', preview);
		expect(owner.person.personId).toBe(ann.personId);
		expect((await ben.client.ask('people:open', {})).people).toEqual([]);
		const added = await ben.client.ask('people:add-by-code', { code, name: 'Ben' });
		expect(added).toEqual(owner);
		expect(added.person).toEqual({ personId: ann.personId, name: 'Ann' });
		await ann.client.until('people:changed');
		const { people } = await ann.client.ask('people:open', {});
		expect(people).toMatchObject([{ name: 'Ben', contact: true, state: 'available' }]);
		expect(await seen(ben, ann.personId)).toBe('available');
		await ann.client.ask('people:code', { renew: true });
		for (const [who, secret] of [
			[zoe, code],
			[zoe, newContactCode()],
			[ben, (await ben.client.ask('people:code', { renew: false })).code],
		] as const)
			expect(await who.client.codeOf('people:add-by-code', { code: secret, name: 'X' })).toBe(
				'NOT_FOUND',
			);
	});

	test('a stranger and nobody get the same answer', async () => {
		const [ann, zoe] = [await opened(cast, 'Ann'), await opened(cast, 'Zoe')];
		const answers = [];
		for (const personId of [zoe.personId, newPersonId(), ann.personId]) {
			for (const name of ['people:add', 'people:block'])
				answers.push(await ann.client.raw(name, { personId }));
			answers.push(await ann.client.raw('people:direct', { personId, name: 'Ann' }));
			const about = { ringId: newPersonId(), roomId: newRoomId(), name: 'Ann', video: true };
			answers.push(await ann.client.raw('call:start', { ...about, personId }));
		}
		expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
		expect(answers[0]).toMatchObject({ ok: false, error: { code: 'NOT_ALLOWED' } });
	});
});

describe('PEOPLE-4: who is blocked', () => {
	test('sees the other one go, and is told nothing else', async () => {
		const [ann, ben] = await pair();
		await seen(ben, ann.personId);
		await ann.client.ask('people:block', { personId: ben.personId });
		await ben.client.until('people:state');
		expect(toldOf(ben, ann.personId)).toEqual(['offline']);
		expect(await seen(ben, ann.personId)).toBe('offline');
		expect(await seen(ann, ben.personId)).toBeNull();
		await ann.client.ask('people:choose', { state: 'away' });
		await ann.client.ask('people:choose', { state: 'available' });
		// Adding them as a contact works as ever, and shows nothing.
		await ben.client.ask('people:add', { personId: ann.personId });
		expect(await seen(ben, ann.personId)).toBe('offline');
		expect(toldOf(ben, ann.personId)).toEqual(['offline']);
		expect((await ann.client.ask('people:blocked', {})).people).toEqual([
			{ personId: ben.personId, name: 'Ben' },
		]);
		expect(ben.client.told('people:changed')).toHaveLength(1);

		await ann.client.ask('people:unblock', { personId: ben.personId });
		await ben.client.until('people:state', ({ state }) => state === 'available');
		await ann.client.ask('people:choose', { state: 'away' });
		await ben.client.until('people:state', ({ state }) => state === 'away');
		expect(await seen(ann, ben.personId)).toBe('available');
	});

	test('PEOPLE-5: is told the name that is kept of the one who blocked them, and not the one they go by now', async () => {
		const [ann, ben] = await pair();
		await ann.client.ask('people:enter', { name: 'Ann Now', idle: false });
		await ann.client.ask('people:block', { personId: ben.personId });
		const listed = (await ben.client.ask('people:open', {})).people.map(({ name }) => name);
		expect(listed).toEqual(['Ann']);
		const about = { personId: ann.personId, name: 'Ben' };
		expect((await ben.client.ask('people:direct', about)).person.name).toBe('Ann');
		await ben.client.ask('people:add', { personId: ann.personId });
		await call(ben, ann);
		await eventually(async () => (await historyOf(ben)).length === 1);
		expect(await historyOf(ben)).toEqual(['Ann']);
		await ann.client.ask('people:unblock', { personId: ben.personId });
		expect((await ben.client.ask('people:direct', about)).person.name).toBe('Ann Now');
	});

	test('that page without a list is told nothing at all', async () => {
		const [ann, ben] = await pair();
		await ann.client.ask('people:block', { personId: ben.personId });
		await ann.client.ask('people:unblock', { personId: ben.personId });
		// Asked after both, so that what they told would be there.
		await ben.client.ask('people:blocked', {});
		expect(ben.client.told('people:state')).toEqual([]);
	});

	test('calls without being heard, as one does who is not there', async () => {
		const [ann, ben] = await pair();
		const [gone, zoe] = await acquainted(cast, 'Gone', 'Zoe');
		if (!gone || !zoe) throw new Error('two people are not two');
		gone.client.close();
		await ann.client.ask('people:block', { personId: ben.personId });
		const [toAnn, toGone] = [await call(ben, ann), await call(zoe, gone)];
		expect(toAnn.answer).toEqual({ roomId: toAnn.roomId, outcome: null });
		expect(toGone.answer).toEqual({ roomId: toGone.roomId, outcome: null });
		const told = await ben.client.until('call:over');
		expect(told).toEqual({ ...(await zoe.client.until('call:over')), ...toAnnIds(toAnn) });
		expect(told.outcome).toBe('no-answer');
		expect(ann.client.told('call:ringing')).toEqual([]);
		expect(ann.client.told('call:over')).toEqual([]);
	});

	test('cannot be called by the one who blocked them', async () => {
		const [ann, ben] = await pair();
		await ann.client.ask('people:block', { personId: ben.personId });
		await expect(call(ann, ben)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
	});

	test('rings on alone when it is done while it rings', async () => {
		const [ann, ben] = await pair();
		const { ringId } = await call(ben, ann);
		await ann.client.until('call:ringing');
		await ann.client.ask('people:block', { personId: ben.personId });
		expect(await outcomeOf(ann, ringId)).toBe('no-answer');
		expect(await ann.client.codeOf('call:accept', { ringId })).toBe('NOT_FOUND');
		expect(await outcomeOf(ben, ringId)).toBe('no-answer');
	});

	test('is not found by the link of the one who blocked them', async () => {
		const [ann, ben] = await pair();
		const { code } = await ann.client.ask('people:code', { renew: false });
		await ann.client.ask('people:block', { personId: ben.personId });
		const answer = await ben.client.raw('people:add-by-code', { code, name: 'Ben' });
		const nobodys = { code: newContactCode(), name: 'Ben' };
		expect(answer).toEqual(await ben.client.raw('people:add-by-code', nobodys));
	});
});

const historyOf = async ({ client }: Caller) =>
	(await client.ask('people:history', {})).calls.map(({ person }) => person.name);
const toAnnIds = ({ ringId, roomId }: { ringId: string; roomId: string }) => ({ ringId, roomId });

describe('PEOPLE-7: the chat of two', () => {
	test('has exactly these two, whoever opens it', async () => {
		const [ann, ben] = await pair();
		const zoe = await opened(cast, 'Zoe');
		await meet(cast, zoe);
		const { roomId, person } = await ann.client.ask('people:direct', {
			...{ personId: ben.personId, name: 'Ann' },
		});
		expect(person.name).toBe('Ben');
		const other = await ben.client.ask('people:direct', { personId: ann.personId, name: 'Ben' });
		expect(other.roomId).toBe(roomId);
		const { members } = await ben.client.ask('chat:open', { roomId });
		expect(members.map(({ name }) => name).sort()).toEqual(['Ann', 'Ben']);
		expect(await zoe.client.codeOf('chat:open', { roomId })).toBe('NOT_MEMBER');
		expect(await zoe.client.codeOf('chat:enter', { roomId, name: 'Zoe' })).toBe('NOT_ADMITTED');
		for (const { client } of [ann, zoe])
			expect(await client.codeOf('lobby:enter', { roomId })).toBe('NOT_ADMITTED');
	});

	test('is in the list once something was written', async () => {
		const [ann, ben] = await pair();
		const { roomId } = await ann.client.ask('people:direct', {
			...{ personId: ben.personId, name: 'Ann' },
		});
		const messageId = newPersonId();
		const draft = { body: 'hello' };
		await ann.client.raw('chat:post', { chat: { roomId }, messageId, draft });
		await eventually(async () => {
			const { people } = await ben.client.ask('people:open', {});
			return people[0]?.direct?.unread === 1;
		});
	});
});
