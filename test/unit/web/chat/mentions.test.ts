import { describe, expect, test } from 'vitest';
import { newPersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { mentionsIn } from '#lib/features/chat/engine/composer/mentions.ts';

const members = ['Ann', 'Ann Lee', 'Bo', 'bo', 'Zoë', '李雷', 'C++', 'x'].map((name) => ({
	personId: newPersonId(),
	name,
}));

const called = (text: string) =>
	mentionsIn(text, members).map((id) => members.find(({ personId }) => personId === id)?.name);

describe('who is called by name', () => {
	test.each([
		['hello @Ann', ['Ann']],
		['@ann lee, look', ['Ann Lee']],
		['@Ann Leek', ['Ann']],
		['@Annabel', []],
		['@Ann_', []],
		['@Ann2', []],
		["@Ann's", ['Ann']],
		['(@Ann)', ['Ann']],
		['@Ann @Ann Lee', ['Ann', 'Ann Lee']],
		['@BO!', ['Bo', 'bo']],
		['@zoe\u0308 @zoë', ['Zoë']],
		['@李雷你好', []],
		['@李雷,你好', ['李雷']],
		['@C++', ['C++']],
		['ann@Ann.org', []],
		['ann.@Ann', []],
		['Ann', []],
		['@ Ann', []],
		['@', []],
		['', []],
	])('%j', (text, names) => {
		expect(called(text)).toEqual(names);
	});

	test('no more are named than the server takes', () => {
		const many = Array.from({ length: limits.mentions + 5 }, (_, index) => ({
			personId: newPersonId(),
			name: `P${index}`,
		}));
		const text = many.map(({ name }) => `@${name}`).join(' ');
		expect(mentionsIn(text, many)).toHaveLength(limits.mentions);
	});

	test('a text of nothing but @ is read in no time', () => {
		expect(mentionsIn('@'.repeat(limits.messageLength), members)).toEqual([]);
	});
});
