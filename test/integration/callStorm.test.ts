import { expect, test, vi } from 'vitest';
import { newPersonId, newRingId, newRoomId, type PersonId } from '../../shared/ids.ts';
import { acquainted, call, opened, outcomeOf, type Caller } from '../support/calls.ts';
import { eventually, type Cast } from '../support/client.ts';
import { figure } from '../support/figure.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

// A hundred people take their time to come.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on), {});

const about = (personId: PersonId) => ({
	...{ ringId: newRingId(), roomId: newRoomId(), personId },
	...{ name: 'Ann', video: false },
});

/** How often each code is among the answers. */
function tally(codes: readonly string[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
	return counts;
}

test('CALL-16: a hundred calls at once by one person: one rings, and all others are refused', async () => {
	const [ann, ben, zoe] = await acquainted(cast, 'Ann', 'Ben', 'Zoe');
	if (!ann || !ben || !zoe) throw new Error('three people are not three');
	const made = Array.from({ length: 100 }, () => about(ben.personId));
	const codes = await Promise.all(made.map((one) => ann.client.codeOf('call:start', one)));
	const { OK, ...refused } = tally(codes);
	expect(OK).toBe(1);
	expect(Object.keys(refused).sort()).toEqual(['CONFLICT', 'TOO_MANY_REQUESTS']);
	// Others call as ever, and the one who was called is rung once.
	expect((await call(zoe, ben)).answer.outcome).toBe('busy');
	expect(ben.client.told('call:ringing')).toHaveLength(1);
	const rung = made[codes.indexOf('OK')];
	if (!rung) throw new Error('nothing rang');
	await ben.client.ask('call:decline', { ringId: rung.ringId });
	expect(await outcomeOf(ann, rung.ringId)).toBe('declined');
	expect((await call(zoe, ben)).answer.outcome).toBeNull();
	// No room was made for those that were refused.
	expect(service.app.rooms.all.size).toBe(0);
});

test('CALL-16: a hundred calls at once by many: each pair has its ring, and nothing of it is left', async () => {
	const ringing = () => figure(service, 'parley_ringing');
	await eventually(async () => (await ringing()) === 0);
	const pairs: [Caller, Caller][] = [];
	const names = Array.from({ length: 50 }, (_, index) => `Person ${index}`);
	const people = await acquainted(cast, ...names.flatMap((name) => [name, `${name} too`]));
	for (let index = 0; index + 1 < people.length; index += 2) {
		const [from, to] = people.slice(index);
		if (from && to) pairs.push([from, to]);
	}
	// In both directions at the same moment: of each pair the later one meets the earlier ring.
	const rungs = await Promise.all(pairs.flatMap(([from, to]) => [call(from, to), call(to, from)]));
	const outcomes = tally(rungs.map(({ answer }) => answer.outcome ?? 'rings'));
	expect(outcomes).toEqual({ rings: 50, accepted: 50 });
	expect(await ringing()).toBe(0);
	const again = await Promise.all(pairs.map(([from, to]) => call(from, to)));
	expect(await ringing()).toBe(50);
	await Promise.all(
		pairs.map(([from], index) =>
			from.client.ask('call:cancel', { ringId: again[index]?.ringId ?? newRingId() }),
		),
	);
	expect(await ringing()).toBe(0);
	cast.close();
	await eventually(async () => (await figure(service, 'parley_sockets')) === 0);
	expect(service.app.rooms.all.size).toBe(0);
});

/** What is asked of the store, by name, while this is done. */
async function readsOf(task: () => Promise<unknown>): Promise<string[]> {
	const asked: string[] = [];
	// Not what is written down afterwards, behind the answer.
	const { contacts, blocks, rooms } = service.app.store;
	const spies = Object.entries({ contacts, blocks, rooms }).flatMap(([section, store]) =>
		Object.entries(store).map(([name, carryOut]) => {
			const spy = vi.spyOn(store as Record<string, typeof carryOut>, name);
			spy.mockImplementation((...input: unknown[]) => {
				asked.push(`${section}.${name}`);
				return Reflect.apply(carryOut, store, input) as unknown;
			});
			return spy;
		}),
	);
	await task();
	for (const spy of spies) spy.mockRestore();
	return asked.sort();
}

/** What a call to this person is answered, and what of the store it asked for. A ring is ended at once. */
async function judged({ client }: Caller, personId: PersonId) {
	const made = about(personId);
	let answer: unknown;
	const asked = await readsOf(async () => {
		answer = await client.raw('call:start', made);
	});
	await client.ask('call:cancel', { ringId: made.ringId });
	return { answer, asked, made };
}

test('CALL-18: strangers, those who blocked one and those who do not exist: one answer after the same work', async () => {
	const [ann, ben] = await acquainted(cast, 'Ann', 'Ben');
	if (!ann || !ben) throw new Error('two people are not two');
	const [stranger, blocker] = [await opened(cast, 'Stranger'), await opened(cast, 'Blocker')];
	const person = { personId: ann.personId, name: 'Ann' };
	await service.app.store.blocks.add(blocker.personId, person, Date.now());
	const gone = await opened(cast, 'Gone');
	gone.client.close();
	const all = [];
	for (const id of [newPersonId(), stranger.personId, blocker.personId, gone.personId]) {
		const { answer, asked } = await judged(ann, id);
		all.push({ answer, asked });
	}
	const [first] = all;
	expect(first?.answer).toMatchObject({ ok: false, error: { code: 'NOT_ALLOWED' } });
	expect(first?.asked.length).toBeGreaterThan(2);
	for (const one of all) expect(one).toEqual(first);
});

test('CALL-18: somebody who blocked one is called as somebody who is away, after the same work', async () => {
	const [ann, ben, away] = await acquainted(cast, 'Ann', 'Ben', 'Away');
	if (!ann || !ben || !away) throw new Error('three people are not three');
	await ben.client.ask('people:block', { personId: ann.personId });
	away.client.close();
	const all = [];
	for (const { personId } of [ben, away]) {
		const { answer, asked, made } = await judged(ann, personId);
		expect(answer).toEqual({ ok: true, data: { roomId: made.roomId, outcome: null } });
		all.push(asked);
	}
	expect(all[0]).toEqual(all[1]);
	await ben.client.ask('people:blocked', {});
	expect(ben.client.told('call:ringing')).toEqual([]);
});
