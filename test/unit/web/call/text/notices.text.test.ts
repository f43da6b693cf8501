import { describe, expect, test } from 'vitest';
import { endingWords } from '#lib/features/call/text/ending.text.ts';
import { actedWords, knockWords, lossWords } from '#lib/features/call/text/notices.text.ts';

describe('what a host did to oneself', () => {
	const by = { name: 'Ana' };

	test.each([
		'muted',
		'allowed-to-unmute',
		'camera-stopped',
		'share-stopped',
		'hand-lowered',
	] as const)('%s: says who it was', (action) => {
		const { title, text } = actedWords({ by, action }, true);
		expect(title).toContain('Ana');
		expect(text).not.toBe('');
	});

	test('says whether one may unmute', () => {
		expect(actedWords({ by, action: 'muted' }, true).text).toContain('You can unmute yourself');
		expect(actedWords({ by, action: 'muted' }, false).text).toContain('Only a host can unmute you');
	});
});

describe('a device that is gone', () => {
	test('names it and what took its place', () => {
		const words = lossWords({ kind: 'microphone', from: 'Headset', to: 'Desk' });
		expect(words).toEqual({ title: 'Headset disconnected', text: 'Now using Desk.' });
	});

	test('without a name or a substitute', () => {
		const words = lossWords({ kind: 'camera', from: '', to: null });
		expect(words.title).toBe('Camera disconnected');
		expect(words.text).toContain('No other camera found');
	});
});

test('who knocks is named when it is one, and counted when there are more', () => {
	expect(knockWords([{ name: 'Bo' }]).title).toBe('Bo wants to join');
	expect(knockWords([{ name: 'Bo' }, { name: 'Cy' }]).title).toBe('2 people want to join');
});

test.each([
	['CALL_ENDED', 'The call is over'],
	['REMOVED', "You've been removed"],
	['TAKEN_OVER', 'The call moved to another tab'],
	['INTERNAL', "You can't join this room right now"],
] as const)('a stay that ended with %s', (code, title) => {
	const words = endingWords({ code, message: 'Because.' });
	expect(words.title).toBe(title);
	expect(words.text).toContain('Because.');
});
