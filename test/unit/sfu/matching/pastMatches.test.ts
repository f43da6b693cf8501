import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newMessageId, newPersonId, type PersonId } from '../../../../shared/ids.ts';
import { PastMatches } from '../../../../sfu/matching/pastMatches.ts';
import { Match } from '../../../../sfu/matching/match.ts';
import { TextClient } from '../../../../sfu/matching/textClient.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => vi.useRealTimers());

/** A match of two that has ended, in which the first wrote this. */
function over(pastMatches: PastMatches, one: PersonId, other: PersonId, body = 'Hello'): Match {
	const side = new TextClient(one).session;
	const match = new Match(side, new TextClient(other).session);
	match.say(side, newMessageId(), body, Date.now());
	pastMatches.note(match);
	return match;
}
const ids = (pastMatches: PastMatches, person: PersonId) =>
	pastMatches.of(person).map(({ match }) => match.id);

test('MATCH-16: the last five partners are remembered, for ten minutes', () => {
	const pastMatches = new PastMatches();
	const ann = newPersonId();
	const others = Array.from({ length: 7 }, () => newPersonId());
	const matches = others.map((other) => over(pastMatches, ann, other));
	const lastFive = matches.slice(2).map(({ id }) => id);
	expect(ids(pastMatches, ann)).toEqual(lastFive.toReversed());
	// Each of the others has met one.
	expect(others.map((other) => pastMatches.of(other).length)).toEqual(others.map(() => 1));
	vi.advanceTimersByTime(9 * 60_000);
	const late = over(pastMatches, ann, newPersonId());
	vi.advanceTimersByTime(61_000);
	expect(ids(pastMatches, ann)).toEqual([late.id]);
	expect(others.flatMap((other) => ids(pastMatches, other))).toEqual([]);
	vi.advanceTimersByTime(10 * 60_000);
	expect(ids(pastMatches, ann)).toEqual([]);
	expect(vi.getTimerCount()).toBe(0);
});

test('MATCH-16: where very much was said, the oldest is forgotten first', () => {
	const pastMatches = new PastMatches();
	const long = 'x'.repeat(20_000_000);
	const pairs = [0, 1, 2].map(() => [newPersonId(), newPersonId()] as const);
	for (const [one, other] of pairs) over(pastMatches, one, other, long);
	expect(pairs.map(([one]) => pastMatches.of(one).length)).toEqual([0, 1, 1]);
	expect(pairs.map(([, other]) => pastMatches.of(other).length)).toEqual([0, 1, 1]);
	pastMatches.close();
	expect(vi.getTimerCount()).toBe(0);
});

test('MATCH-16, ACCOUNT-21: an account looks back on what it met as a guest', () => {
	const pastMatches = new PastMatches();
	const [guest, account, other] = [newPersonId(), newPersonId(), newPersonId()];
	const before = over(pastMatches, account, other);
	const match = over(pastMatches, guest, other);
	pastMatches.became(guest, account);
	expect(ids(pastMatches, account)).toEqual([match.id, before.id]);
	expect(pastMatches.of(account)[0]?.side.personId).toBe(guest);
	expect(ids(pastMatches, guest)).toEqual([]);
	vi.advanceTimersByTime(11 * 60_000);
	expect(ids(pastMatches, account)).toEqual([]);
});
