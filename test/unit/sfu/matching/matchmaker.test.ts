import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newPersonId, type PersonId } from '../../../../shared/ids.ts';
import {
	type Match,
	MatchSession,
	type MatchSessionListener,
} from '../../../../sfu/matching/match.ts';
import { Matchmaker } from '../../../../sfu/matching/matchmaker.ts';

beforeEach(() =>
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] }),
);
afterEach(() => vi.useRealTimers());

/** Somebody who notes what they are told. */
function somebody(personId: PersonId = newPersonId()) {
	const sending = { now: false };
	const told: string[] = [];
	const matches: Match[] = [];
	const listener: MatchSessionListener = {
		waiting: (waiting) => told.push(`waiting ${waiting}`),
		found: (match) => {
			told.push('found');
			matches.push(match);
		},
		ended: (_match, why, by) => told.push(`ended ${why} by ${by}`),
		stopped: (why) => told.push(`stopped ${why}`),
		posted: () => told.push('posted'),
		typing: (_match, typing) => told.push(`typing ${typing}`),
		keep: (_match, keep) => told.push(`keep ${keep}`),
		kept: () => told.push('kept'),
		isSending: () => sending.now,
	};
	return { session: new MatchSession(personId, null, listener), told, matches, sending };
}
const wish = { mode: 'text' as const, interests: [], language: null, name: null };
const minute = 60_000;
const nobodyApart = { apart: () => new Set<PersonId>() };

test('MATCH-13: whoever does nothing for ten minutes waits no more', () => {
	const maker = new Matchmaker(nobodyApart);
	const ann = somebody();
	maker.start(ann.session, wish);
	vi.advanceTimersByTime(9 * minute);
	expect(maker.waiting).toBe(1);
	vi.advanceTimersByTime(2 * minute);
	expect(ann.told).toContain('stopped idle');
	expect(maker.waiting).toBe(0);
	expect(vi.getTimerCount()).toBe(0);
	maker.start(ann.session, wish);
	expect(maker.waiting).toBe(1);
	maker.close();
});

test('MATCH-13: whoever is left by twenty partners in a row without a word waits no more', () => {
	const maker = new Matchmaker(nobodyApart);
	const asleep = somebody();
	maker.start(asleep.session, wish);
	for (let partners = 0; partners < 20; partners++) {
		expect(maker.waiting).toBe(1);
		const other = somebody();
		maker.start(other.session, wish);
		expect(maker.matches).toBe(1);
		maker.stop(other.session);
	}
	expect(asleep.told.at(-1)).toBe('stopped idle');
	expect([maker.waiting, maker.matches]).toEqual([0, 0]);
	maker.close();
});

test('MATCH-13: whoever says something is there', () => {
	const maker = new Matchmaker(nobodyApart);
	const awake = somebody();
	maker.start(awake.session, wish);
	for (let partners = 0; partners < 40; partners++) {
		const other = somebody();
		maker.start(other.session, wish);
		const match = awake.matches.at(-1);
		if (match) maker.typing(awake.session, match.id, true);
		maker.stop(other.session);
	}
	expect(awake.told).not.toContain('stopped idle');
	maker.close();
});

test('MATCH-13: whoever does nothing for ten minutes keeps no partner', () => {
	const maker = new Matchmaker(nobodyApart);
	const [asleep, awake] = [somebody(), somebody()];
	maker.start(asleep.session, wish);
	vi.advanceTimersByTime(9 * minute);
	maker.start(awake.session, wish);
	const [match] = awake.matches;
	if (!match) throw new Error('they did not meet');
	for (let passed = 0; passed < 9; passed++) {
		vi.advanceTimersByTime(minute);
		maker.typing(awake.session, match.id, true);
	}
	expect(maker.matches).toBe(1);
	vi.advanceTimersByTime(2 * minute);
	expect(asleep.told.at(-1)).toBe('stopped idle');
	expect(awake.told).toContain('ended left by partner');
	expect([maker.waiting, maker.matches]).toEqual([1, 0]);
	maker.close();
});

test('MATCH-13: two who see or hear each other need not touch a key, until both are off', () => {
	const maker = new Matchmaker(nobodyApart);
	const [ann, ben, cyd] = [somebody(), somebody(), somebody()];
	for (const each of [ann, ben]) {
		each.sending.now = true;
		maker.start(each.session, wish);
	}
	vi.advanceTimersByTime(60 * minute);
	expect(maker.matches).toBe(1);
	for (const each of [ann, ben]) each.sending.now = false;
	vi.advanceTimersByTime(9 * minute);
	maker.start(cyd.session, wish);
	expect(maker.matches).toBe(1);
	vi.advanceTimersByTime(2 * minute);
	// Neither of them is given to the one who waits.
	for (const each of [ann, ben]) expect(each.told.at(-1)).toBe('stopped idle');
	expect(cyd.matches).toEqual([]);
	expect([maker.waiting, maker.matches]).toEqual([1, 0]);
	maker.close();
});

test('MATCH-4: those whose interests differ meet after a while, without anybody coming', () => {
	const maker = new Matchmaker(nobodyApart);
	const [ann, ben] = [somebody(), somebody()];
	maker.start(ann.session, { ...wish, interests: ['chess'] });
	maker.start(ben.session, { ...wish, interests: ['tea'] });
	vi.advanceTimersByTime(2_900);
	expect(maker.matches).toBe(0);
	vi.advanceTimersByTime(700);
	expect(maker.matches).toBe(1);
	// Nobody waits; the two are looked at now and then.
	expect(vi.getTimerCount()).toBe(1);
	maker.close();
	expect(vi.getTimerCount()).toBe(0);
});

test('MATCH-4: those who wait are told how many they are, once a second at most', () => {
	const ann = somebody();
	const crowd = [ann, ...Array.from({ length: 10 }, () => somebody())];
	const everybody = new Set(crowd.map(({ session }) => session.personId));
	const maker = new Matchmaker({ apart: () => everybody });
	for (const { session } of crowd) maker.start(session, wish);
	vi.advanceTimersByTime(1_600);
	expect(ann.told.filter((what) => what.startsWith('waiting')).length).toBeLessThanOrEqual(3);
	expect(ann.told.at(-1)).toBe('waiting 11');
	maker.close();
});

test('MATCH-4: everybody is taken out with all their tabs when they are suspended', () => {
	const maker = new Matchmaker(nobodyApart);
	const [one, other] = [somebody(), somebody()];
	const second = somebody(one.session.personId);
	maker.start(one.session, wish);
	maker.start(second.session, wish);
	maker.start(other.session, wish);
	maker.removePerson(one.session.personId, 'suspended');
	expect([one.told.at(-1), second.told.at(-1)]).toEqual(['stopped suspended', 'stopped suspended']);
	expect(other.told).toContain('ended left by partner');
	expect([maker.waiting, maker.matches]).toEqual([1, 0]);
	maker.close();
});
