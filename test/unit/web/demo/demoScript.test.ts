import { describe, expect, it } from 'vitest';
import { newGuest, shareOf, type Guest } from '#lib/features/demo/engine/guests.ts';
import { demoLine, lineCount } from '#lib/features/demo/engine/lines.ts';
import { demoOptions } from '#lib/features/demo/engine/options.ts';
import { Script, type Act, type Next } from '#lib/features/demo/engine/script.ts';

const guestsOf = (count: number): Guest[] =>
	Array.from({ length: count }, (_, index) => newGuest(index + 1));

/** What becomes of simulated people by an act, as a room carries it out. */
function after(guests: readonly Guest[], act: Act | null, arrived: number): Guest[] {
	if (!act) return [...guests];
	if (act.kind === 'come') return [...guests, newGuest(arrived + 1)];
	if (act.kind === 'leave') return guests.filter(({ number }) => number !== act.guest);
	return guests.map((guest) => {
		if (guest.number !== act.guest) return guest;
		switch (act.kind) {
			case 'microphone':
				return { ...guest, microphoneOn: act.on };
			case 'camera':
				return { ...guest, cameraOn: act.on };
			case 'hand':
				return { ...guest, hand: act.on ? guest.number : null };
			case 'connection':
				return { ...guest, connected: act.on };
			case 'share':
				return { ...guest, share: act.on ? newShare : null };
			default:
				return guest;
		}
	});
}
const newShare = shareOf(1, 1);

type Moment = { next: Next<Act>; before: readonly Guest[] };

/** So many happenings, each with who was there before. */
function play(seed: number, count: number, wanted: number): Moment[] {
	const script = new Script(seed, lineCount);
	let guests = guestsOf(wanted);
	let arrived = wanted;
	return Array.from({ length: count }, () => {
		const before = guests;
		const next = script.happening(guests, wanted);
		guests = after(guests, next.what, arrived);
		if (next.what?.kind === 'come') arrived++;
		return { next, before };
	});
}

describe('the script of simulated people', () => {
	it('goes the same way for the same seed, and another for another', () => {
		const acts = (seed: number) => play(seed, 100, 8).map(({ next }) => next);
		expect(acts(1)).toEqual(acts(1));
		expect(acts(1)).not.toEqual(acts(2));
	});

	it.each([1, 2, 3, 42, 99_999])('only lets happen what makes sense (seed %i)', (seed) => {
		for (const { next, before } of play(seed, 500, 6)) {
			expect(next.after).toBeGreaterThanOrEqual(1000);
			const { what } = next;
			if (!what || what.kind === 'come') continue;
			const guest = before.find(({ number }) => number === what.guest);
			expect(guest, 'it is done by somebody who is there').toBeDefined();
			if (what.kind === 'connection') expect(guest?.connected).toBe(!what.on);
			else expect(guest?.connected).toBe(true);
			if (what.kind === 'microphone') expect(guest?.microphoneOn).toBe(!what.on);
			if (what.kind === 'camera') expect(guest?.cameraOn).toBe(!what.on);
			if (what.kind === 'hand') expect(guest?.hand === null).toBe(what.on);
			if (what.kind === 'share') expect(guest?.share === null).toBe(what.on);
		}
	});

	it.each([1, 2, 3, 42, 99_999])('keeps people together (seed %i)', (seed) => {
		const moments = play(seed, 500, 6);
		for (const { before } of moments) {
			expect(before.length).toBeGreaterThanOrEqual(5);
			expect(before.length).toBeLessThanOrEqual(6);
			expect(before.filter(({ connected }) => !connected).length).toBeLessThanOrEqual(1);
			expect(before.filter(({ share }) => share !== null).length).toBeLessThanOrEqual(1);
			expect(before.filter(({ hand }) => hand !== null).length).toBeLessThanOrEqual(3);
		}
	});

	it('shows everything there is in a few minutes', () => {
		const kinds = new Set(play(1, 120, 8).map(({ next }) => next.what?.kind));
		for (const kind of ['write', 'react', 'hand', 'microphone', 'camera', 'share', 'leave', 'come'])
			expect(kinds).toContain(kind);
	});

	it('writes every line once, the first right away', () => {
		const acts = play(7, 500, 8).flatMap(({ next }) => next.what ?? []);
		const lines = acts.flatMap((act) => (act.kind === 'write' ? act.line : []));
		expect(lines).toEqual(Array.from({ length: lineCount }, (_, line) => line));
		expect(acts[0]).toMatchObject({ kind: 'write', line: 0 });
		expect(new Set(lines.map(demoLine)).size).toBe(lineCount);
	});

	it('lets them speak in turns, and nobody who is muted or away', () => {
		const script = new Script(5, lineCount);
		const guests = guestsOf(6).map((guest) =>
			guest.number === 2 ? { ...guest, connected: false } : guest,
		);
		const able = guests.filter(({ microphoneOn, connected }) => microphoneOn && connected);
		let last: number | null = null;
		const heard = new Set<number>();
		for (let turn = 0; turn < 100; turn++) {
			const { what } = script.turn(guests);
			expect(able.map(({ number }) => number)).toContain(what?.guest);
			expect(what?.guest).not.toBe(last);
			last = what?.guest ?? null;
			if (what) heard.add(what.guest);
		}
		expect(heard.size).toBe(able.length);
	});

	it('lets a single person speak on, and nobody where there is none', () => {
		const script = new Script(5, lineCount);
		expect(script.turn(guestsOf(1)).what?.guest).toBe(1);
		expect(script.turn(guestsOf(1)).what?.guest).toBe(1);
		expect(script.turn([]).what).toBeNull();
		expect(script.happening([], 0).what).toBeNull();
	});
});

describe("the demo's address", () => {
	it.each([
		['', { seed: 1, people: 5, paused: false }],
		['seed=7&people=9', { seed: 7, people: 9, paused: false }],
		['people=0', { seed: 1, people: 1, paused: false }],
		['people=1000&paused', { seed: 1, people: 49, paused: true }],
		['seed=x&people=-3', { seed: 1, people: 5, paused: false }],
	])('%s', (search, options) => {
		expect(demoOptions(new URLSearchParams(search))).toEqual(options);
	});
});
