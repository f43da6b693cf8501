import { expect, test } from 'vitest';
import { ringAnswer } from '#lib/browser/ringKeys.ts';

const pressed = (key: string, ...held: ('ctrl' | 'shift' | 'meta' | 'alt' | 'repeat')[]) => ({
	key,
	code: '',
	ctrlKey: held.includes('ctrl'),
	shiftKey: held.includes('shift'),
	metaKey: held.includes('meta'),
	altKey: held.includes('alt'),
	repeat: held.includes('repeat'),
});

test.each([
	[pressed('A', 'ctrl', 'shift'), 'accept'],
	[pressed('a', 'ctrl', 'shift'), 'accept'],
	[pressed('D', 'ctrl', 'shift'), 'decline'],
	[pressed('S', 'ctrl', 'shift'), null],
	[pressed('a', 'ctrl'), null],
	[pressed('A', 'shift'), null],
	// Select all, search in tabs, and what a held key repeats.
	[pressed('A', 'meta', 'shift'), null],
	[pressed('A', 'ctrl', 'meta', 'shift'), null],
	[pressed('A', 'ctrl', 'alt', 'shift'), null],
	[pressed('A', 'ctrl', 'shift', 'repeat'), null],
] as const)('%o means %s to a ring', (event, answer) => {
	expect(ringAnswer(event)).toBe(answer);
});
