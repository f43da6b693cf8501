import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newMessageId, newPersonId, type PersonId } from '../../../shared/ids.ts';
import { Encounters } from '../../../sfu/matching/encounters.ts';
import { Match } from '../../../sfu/matching/match.ts';
import { TextClient } from '../../../sfu/matching/textClient.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => vi.useRealTimers());

/** A match of two that has ended, in which the first wrote this. */
function over(encounters: Encounters, one: PersonId, other: PersonId, body = 'Hello'): Match {
	const side = new TextClient(one).stay;
	const match = new Match(side, new TextClient(other).stay);
	match.say(side, newMessageId(), body, Date.now());
	encounters.note(match);
	return match;
}
const ids = (encounters: Encounters, person: PersonId) =>
	encounters.of(person).map(({ match }) => match.id);

test('R161: the last five partners are remembered, for ten minutes', () => {
	const encounters = new Encounters();
	const ann = newPersonId();
	const others = Array.from({ length: 7 }, () => newPersonId());
	const matches = others.map((other) => over(encounters, ann, other));
	const lastFive = matches.slice(2).map(({ id }) => id);
	expect(ids(encounters, ann)).toEqual(lastFive.toReversed());
	// Each of the others has met one.
	expect(others.map((other) => encounters.of(other).length)).toEqual(others.map(() => 1));
	vi.advanceTimersByTime(9 * 60_000);
	const late = over(encounters, ann, newPersonId());
	vi.advanceTimersByTime(61_000);
	expect(ids(encounters, ann)).toEqual([late.id]);
	expect(others.flatMap((other) => ids(encounters, other))).toEqual([]);
	vi.advanceTimersByTime(10 * 60_000);
	expect(ids(encounters, ann)).toEqual([]);
	expect(vi.getTimerCount()).toBe(0);
});

test('R161: where very much was said, the oldest is forgotten first', () => {
	const encounters = new Encounters();
	const long = 'x'.repeat(20_000_000);
	const pairs = [0, 1, 2].map(() => [newPersonId(), newPersonId()] as const);
	for (const [one, other] of pairs) over(encounters, one, other, long);
	expect(pairs.map(([one]) => encounters.of(one).length)).toEqual([0, 1, 1]);
	expect(pairs.map(([, other]) => encounters.of(other).length)).toEqual([0, 1, 1]);
	encounters.close();
	expect(vi.getTimerCount()).toBe(0);
});

test('R161, R122: an account looks back on what it met as a guest', () => {
	const encounters = new Encounters();
	const [guest, account, other] = [newPersonId(), newPersonId(), newPersonId()];
	const before = over(encounters, account, other);
	const match = over(encounters, guest, other);
	encounters.became(guest, account);
	expect(ids(encounters, account)).toEqual([match.id, before.id]);
	expect(encounters.of(account)[0]?.side.personId).toBe(guest);
	expect(ids(encounters, guest)).toEqual([]);
	vi.advanceTimersByTime(11 * 60_000);
	expect(ids(encounters, account)).toEqual([]);
});
