import { describe, expect, test } from 'vitest';
import { Reading } from '#lib/features/chat/engine/conversation/reading.ts';

const summary = (last: number, read: number, unread: number, mentioned = false) => ({
	with: null,
	first: 1,
	last,
	revision: last,
	read,
	unread,
	mentioned,
});

/** A person who has read all of ten messages. */
function upToDate(): Reading {
	const reading = new Reading();
	reading.summary(summary(10, 10, 0));
	return reading;
}

describe('what a person has read', () => {
	test('counts what the server counted and what came since', () => {
		const reading = new Reading();
		reading.summary(summary(10, 7, 2));
		expect([reading.unread, reading.mentioned, reading.newFrom]).toEqual([2, false, 8]);
		reading.came(11, false);
		reading.came(12, true);
		reading.came(12, true);
		expect([reading.unread, reading.mentioned, reading.newFrom]).toEqual([4, true, 8]);
	});

	test('what the server counted already is not counted again', () => {
		const reading = upToDate();
		reading.came(11, false);
		reading.came(12, true);
		reading.summary(summary(11, 10, 1));
		expect([reading.unread, reading.mentioned]).toEqual([2, true]);
		reading.summary(summary(12, 10, 2, true));
		expect([reading.unread, reading.mentioned]).toEqual([2, true]);
	});

	test('looking reads all at once, also against an older answer', () => {
		const reading = new Reading();
		reading.summary(summary(10, 7, 2, true));
		expect(reading.look(10)).toBe(true);
		expect([reading.unread, reading.mentioned, reading.read]).toEqual([0, false, 10]);
		reading.summary(summary(10, 7, 2, true));
		expect([reading.unread, reading.mentioned]).toEqual([0, false]);
		expect(reading.look(10)).toBe(false);
	});

	test('what was read in another tab is read', () => {
		const reading = upToDate();
		reading.came(11, false);
		reading.came(12, false);
		reading.summary(summary(12, 12, 0));
		expect([reading.unread, reading.newFrom]).toEqual([0, null]);
	});
});

describe('the "new" line', () => {
	test('stays while one looks, whatever comes', () => {
		const reading = new Reading();
		reading.summary(summary(10, 7, 3));
		reading.look(10);
		expect(reading.newFrom).toBe(8);
		reading.came(11, false);
		reading.look(11);
		expect([reading.newFrom, reading.unread]).toEqual([8, 0]);
	});

	test('is gone when one comes back to nothing new', () => {
		const reading = new Reading();
		reading.summary(summary(10, 7, 3));
		reading.look(10);
		reading.lookAway();
		expect(reading.newFrom).toBe(8);
		reading.look(10);
		expect(reading.newFrom).toBeNull();
	});

	test('stands where reading stopped when something came meanwhile', () => {
		const reading = new Reading();
		reading.summary(summary(10, 7, 3));
		reading.look(10);
		reading.lookAway();
		reading.came(12, false);
		reading.came(13, false);
		expect(reading.newFrom).toBe(12);
		reading.look(13);
		expect(reading.newFrom).toBe(12);
	});

	test('is gone when one says something', () => {
		const reading = new Reading();
		reading.summary(summary(10, 7, 3));
		reading.look(10);
		reading.spoke();
		expect(reading.newFrom).toBeNull();
		reading.came(12, false);
		reading.look(12);
		expect(reading.newFrom).toBeNull();
	});

	test('there is none where nothing was missed', () => {
		const reading = upToDate();
		reading.look(10);
		reading.came(11, false);
		reading.look(11);
		reading.lookAway();
		expect(reading.newFrom).toBeNull();
	});
});
