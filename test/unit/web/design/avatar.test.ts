import { describe, expect, it } from 'vitest';
import { avatarColour, avatarColours, initials } from '#lib/design/avatar.ts';
import { contrast } from './contrast.ts';

describe('an avatar', () => {
	it.each(avatarColours)('in %s is legible in white (AA)', (colour) => {
		expect(contrast('#ffffff', colour)).toBeGreaterThanOrEqual(4.5);
	});

	it('keeps its colour, and different people get different ones', () => {
		expect(avatarColour('abc')).toBe(avatarColour('abc'));
		const used = new Set(Array.from({ length: 200 }, (_, n) => avatarColour(`peer-${n}`)));
		expect(used.size).toBe(avatarColours.length);
	});

	it.each([
		['Ada', 'A'],
		['ada lovelace', 'AL'],
		['Ana María de la Cruz', 'AC'],
		['  Grace   Hopper ', 'GH'],
		['jean-luc', 'JL'],
		['élodie', 'É'],
		['李小龙', '李'],
		['👩‍🚀 Sally', '👩‍🚀S'],
		['e\u0301mile', 'E\u0301'],
		['!!!', '!'],
		['Bob (phone)', 'BP'],
		['Guest 13', 'G13'],
		['Guest 12345', 'G345'],
		['Guest 1x', 'G1'],
		['محمد علي', 'م\u200Cع'],
		['محمد', 'م'],
		['שרה כהן', 'שכ'],
	])('of %s shows %s', (name, letters) => {
		expect(initials(name)).toBe(letters);
	});
});
