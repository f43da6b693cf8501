import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { nameSkeleton, userName } from '../../../shared/userName.ts';

const nameOf = (input: unknown) => {
	const result = v.safeParse(userName, input);
	return result.success ? result.output : result.issues[0].message;
};

describe('ACCOUNT-1: user names', () => {
	test.each([
		['ada', 'ada'],
		['  Ada.Lovelace-1815_x ', 'Ada.Lovelace-1815_x'],
		['Ａｄａ', 'Ada'],
		['Zoë', 'Zoë'],
		['Zoe\u0308', 'Zoë'],
		['Наташа', 'Наташа'],
		['Ελένη', 'Ελένη'],
		['田中さん', '田中さん'],
		['김민준', '김민준'],
		['მარიამ', 'მარიამ'],
		['12345', '12345'],
	])('%j is %j', (given, kept) => {
		expect(nameOf(given)).toBe(kept);
	});

	test.each([
		['ab', 'at least 3'],
		['x'.repeat(33), 'up to 32'],
		['x'.repeat(10_000), 'up to 32'],
		['two words', 'letters, digits'],
		['.dot', 'start with'],
		['a@b.example', 'letters, digits'],
		['left\u202Eright', 'letters, digits'],
		['joined\u200Dup', 'letters, digits'],
		['\u0301\u0301\u0301', 'start with'],
		['аdmin', 'mix alphabets'],
		['pаypal', 'mix alphabets'],
		['αlpha', 'mix alphabets'],
		['カタkana', 'mix alphabets'],
		['admin٠', 'letters, digits'],
		['०१२३', 'letters, digits'],
		['ᏢᎪᎽ', 'mix alphabets'],
		['ꓐꓳꓢꓢ', 'mix alphabets'],
	])('%j is refused: %s', (given, words) => {
		expect(nameOf(given)).toContain(words);
	});

	test.each([[7], [null], [undefined], [{}]])('%j is none', (given) => {
		expect(v.is(userName, given)).toBe(false);
	});
});

describe('ACCOUNT-1: names that look the same', () => {
	test.each([
		['admin', 'ADMIN'],
		['admin', 'аdmin'],
		['admin', 'adm1n'],
		['admin', 'admın'],
		['admin', 'ädmin'],
		['admin', 'a.d-m_in'],
		['admin', 'adrnin'],
		['root', 'r00t'],
		['lily', 'Ii1y'],
		['www', 'vvww'],
		['copa', 'сора'],
		['paxe', 'рахе'],
		['kato', 'κατο'],
		['straße', 'STRASSE'],
		['ﬁne', 'fine'],
		['admin', 'ᴀᴅᴍɪɴ'],
		['boss', 'ʙᴏꜱꜱ'],
		['lodz', 'łódź'],
		['odin', 'øđin'],
		['admin', '𝒶𝒹𝓂𝒾𝓃'],
		['admin', 'ⒶⒹⓂⒾⓃ'],
	])('%j and %j', (one, other) => {
		expect(nameSkeleton(other)).toBe(nameSkeleton(one));
	});

	test.each([
		['admin', 'adam'],
		['anna', 'hanna'],
		['паша', 'маша'],
		['田中', '中田'],
		['김', '곰'],
	])('%j and %j do not', (one, other) => {
		expect(nameSkeleton(other)).not.toBe(nameSkeleton(one));
	});

	test('a skeleton has a skeleton that is the same', () => {
		for (const name of ['Rn.1|0', 'vvvv', 'Ｓｔｒａßｅ', 'Наташа'])
			expect(nameSkeleton(nameSkeleton(name))).toBe(nameSkeleton(name));
	});
});
