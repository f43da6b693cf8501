import { describe, expect, it } from 'vitest';
import {
	beginningAt,
	closedEmojiName,
	complete,
	matchNames,
	rankEmoji,
} from '#lib/features/chat/engine/composer/completion.ts';
import { keyAction } from '#lib/features/chat/ui/composer/composerKeys.ts';

describe('what is begun at the caret', () => {
	/** The caret stands at `|`. */
	const begun = (marked: string) => beginningAt(marked.replace('|', ''), marked.indexOf('|'));
	it.each([
		['@|', { kind: 'name', query: '', from: 0 }],
		['hi @Ad|', { kind: 'name', query: 'Ad', from: 3 }],
		['hi @Ada Lo|', { kind: 'name', query: 'Ada Lo', from: 3 }],
		['(@Ad|a)', { kind: 'name', query: 'Ad', from: 1 }],
		[':ta|', { kind: 'emoji', query: 'ta', from: 0 }],
		['so :+1|', { kind: 'emoji', query: '+1', from: 3 }],
		['mail@ex|', null],
		['@ Ada|', null],
		['a @\n|', null],
		[':t|', null],
		['12:30|', null],
		['http://|', null],
		['nothing|', null],
		[`@${'a'.repeat(60)}|`, null],
	])('%j', (marked, beginning) => {
		expect(begun(marked)).toEqual(beginning);
	});

	it.each([
		[':tada:', 'tada'],
		['so :+1:', '+1'],
		['12:30:', null],
		['::', null],
		['a:tada:', null],
	])('a closed name in %j is %j', (text, name) => {
		expect(closedEmojiName(text, text.length)).toBe(name);
	});
});

it.each([
	['hi @Ad', 6, 3, '@Ada', { text: 'hi @Ada ', caret: 8 }],
	['hi @Ad there', 6, 3, '@Ada', { text: 'hi @Ada there', caret: 8 }],
	[':ta', 3, 0, '🎉', { text: '🎉 ', caret: 3 }],
])('%j is completed', (text, caret, from, chosen, done) => {
	expect(complete(text, caret, from, chosen)).toEqual(done);
});

describe('names', () => {
	const people = ['Bo', 'Ada Lovelace', 'Émile', 'Loe', 'Abo'].map((name) => ({ name }));
	it.each([
		['a', ['Abo', 'Ada Lovelace']],
		['lo', ['Loe', 'Ada Lovelace']],
		['em', ['Émile']],
		['ada l', ['Ada Lovelace']],
		['x', []],
	])('for %j', (query, names) => {
		expect(matchNames(people, query).map(({ name }) => name)).toEqual(names);
	});

	it('are no more than asked for', () => {
		expect(matchNames(people, '', 2)).toHaveLength(2);
	});
});

it('emoji whose own name begins so come first, the shortest before others', () => {
	const found = [
		{ shortcodes: ['grin_tada'] },
		{ shortcodes: ['tada_long'] },
		{},
		{ shortcodes: ['tada'] },
	];
	expect(rankEmoji(found, 'TA')).toEqual([found[3], found[1], found[0], found[2]]);
});

describe('a key in the box', () => {
	const now = { suggesting: false, touch: false, empty: false, revising: false, replying: false };
	const press = (key: string, standing: Partial<typeof now> = {}, more = {}) =>
		keyAction(
			{ key, keyCode: 0, shiftKey: false, isComposing: false, ...more },
			{ ...now, ...standing },
		);

	it.each([
		['Enter', {}, 'send'],
		['Enter', { touch: true }, null],
		['Enter', { suggesting: true }, 'choose'],
		['Enter', { suggesting: true, touch: true }, 'choose'],
		['Tab', {}, null],
		['Tab', { suggesting: true }, 'choose'],
		['Escape', {}, null],
		['Escape', { revising: true }, 'stop'],
		['Escape', { replying: true }, 'stop'],
		['Escape', { suggesting: true, replying: true }, 'dismiss'],
		['ArrowUp', {}, null],
		['ArrowUp', { empty: true }, 'edit-last'],
		['ArrowUp', { empty: true, revising: true }, null],
		['ArrowUp', { suggesting: true, empty: true }, 'previous'],
		['ArrowDown', { suggesting: true }, 'next'],
		['a', { suggesting: true }, null],
	] as const)('%s with %j', (key, standing, action) => {
		expect(press(key, standing)).toBe(action);
	});

	it('begins a line with Shift, also over suggestions', () => {
		expect(press('Enter', {}, { shiftKey: true })).toBeNull();
		expect(press('Enter', { suggesting: true }, { shiftKey: true })).toBeNull();
	});

	it('belongs to the input method while that is at work', () => {
		expect(press('Enter', {}, { isComposing: true })).toBeNull();
		expect(press('ArrowDown', { suggesting: true }, { isComposing: true })).toBeNull();
		// Safari has ended the composition when it tells of the Enter that ended it.
		expect(press('Enter', {}, { keyCode: 229 })).toBeNull();
	});
});
