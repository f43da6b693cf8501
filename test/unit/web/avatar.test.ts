import { describe, expect, it } from 'vitest';
import { avatarColour, avatarColours, initials } from '#lib/avatar.ts';

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
	const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
		const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
		return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe('an avatar', () => {
	it.each(avatarColours)('in %s is legible in white (AA)', (colour) => {
		expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThanOrEqual(4.5);
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
	])('of %s shows %s', (name, letters) => {
		expect(initials(name)).toBe(letters);
	});
});
