import { describe, expect, test } from 'vitest';
import type { ProducerId } from '../../../shared/ids.ts';
import {
	chooseAudible,
	minHeard,
	isSpeaking,
	speakingFor,
} from '../../../sfu/media/speakers/audible.ts';
import { audioLevelOf } from '../../../sfu/media/speakers/audioLevel.ts';

const now = 100_000;
const id = (name: string) => name as ProducerId;
/** Microphones by how long ago somebody spoke into them, in ms. */
const voices = (ago: Record<string, number | null>) =>
	Object.entries(ago).map(([name, since]) => ({
		producerId: id(name),
		loudAt: since === null ? null : now - since,
	}));

describe('ROOM-11: who is heard', () => {
	test.each<[string, Record<string, number | null>, string, number, string]>([
		['all, where no limit is set', { a: null, b: null, c: 0 }, '', 0, 'abc'],
		['all, where they are few', { a: null, b: 0 }, '', 2, 'ab'],
		['the first ones, where nobody has spoken', { a: null, b: null, c: null }, '', 2, 'ab'],
		['those who spoke last, at first', { a: null, b: 900, c: 5000 }, '', 2, 'bc'],
		['the same ones, as long as nobody else speaks', { a: 9000, b: 9000, c: 3000 }, 'ab', 2, 'ab'],
		['whoever begins, for one who never spoke', { a: null, b: 5000, c: 0 }, 'ab', 2, 'bc'],
		['whoever begins, for the longest silent', { a: 9000, b: 3000, c: 0 }, 'ab', 2, 'bc'],
		['nobody new, while the others speak', { a: 0, b: minHeard - 1, c: 0 }, 'ab', 2, 'ab'],
		['whoever begins, once the hold is over', { a: 0, b: minHeard, c: 0 }, 'ab', 2, 'ac'],
		['two at once, for two who are silent', { a: 9000, b: 5000, c: 0, d: 10 }, 'ab', 2, 'cd'],
		['of two at once the later, for one', { a: 9000, b: 100, c: 0, d: 10 }, 'ab', 2, 'bc'],
		['nobody new after their last word', { a: 9000, b: 9000, c: speakingFor }, 'ab', 2, 'ab'],
		['others, where one of them is gone', { b: 5000, c: null, d: 9000 }, 'ab', 2, 'bd'],
		['as few as now, where the limit was higher', { a: 9, b: 5, c: 7 }, 'abc', 2, 'bc'],
	])('%s', (_what, ago, heard, limit, expected) => {
		const chosen = chooseAudible(voices(ago), new Set([...heard].map(id)), limit, now);
		expect([...chosen].sort().join('')).toBe(expected);
	});

	test.each([
		[null, false],
		[0, true],
		[speakingFor - 1, true],
		[speakingFor, false],
	])('ROOM-10: %s ms after the last sound somebody is speaking: %s', (since, speaking) => {
		const [voice] = voices({ a: since });
		expect(voice && isSpeaking(voice, now)).toBe(speaking);
	});
});

describe('the level of a packet', () => {
	const header = [0x90, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
	test.each<[string, number[], number | null]>([
		['with a header of one byte', [0xbe, 0xde, 0, 1, 0x60, 0x80 | 30, 0, 0], -30],
		['after another element', [0xbe, 0xde, 0, 1, 0x10, 0x31, 0x60, 127], -127],
		['after padding', [0xbe, 0xde, 0, 1, 0, 0, 0x60, 5], -5],
		['with a header of two bytes', [0x10, 0, 0, 1, 6, 1, 40, 0], -40],
		['that does not say', [0xbe, 0xde, 0, 1, 0x10, 0x31, 0, 0], null],
		['with another profile', [0xab, 0xcd, 0, 1, 0x60, 30, 0, 0], null],
		['that claims more than it has', [0xbe, 0xde, 0, 9, 0x1f, 0], null],
		['that ends in the element', [0xbe, 0xde, 0, 1, 0x60], null],
	])('%s', (_what, extension, level) => {
		expect(audioLevelOf(Buffer.from([...header, ...extension]), 6)).toBe(level);
	});

	test('without an extension', () => {
		expect(audioLevelOf(Buffer.from([0x80, ...header.slice(1)]), 6)).toBeNull();
		expect(audioLevelOf(Buffer.from([0x90]), 6)).toBeNull();
	});

	test('with sources that contributed', () => {
		const sources = [0, 0, 0, 2, 0, 0, 0, 3];
		const extension = [0xbe, 0xde, 0, 1, 0x60, 33, 0, 0];
		const packet = Buffer.from([0x92, ...header.slice(1), ...sources, ...extension]);
		expect(audioLevelOf(packet, 6)).toBe(-33);
	});
});
