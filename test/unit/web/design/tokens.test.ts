import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast } from './contrast.ts';

const css = readFileSync(
	new URL('../../../../web/src/lib/design/style/tokens.css', import.meta.url),
	'utf8',
);
const colours = new Map<string, { light: string; dark: string }>();
for (const [, name = '', light = '', dark = ''] of css.matchAll(
	/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g,
)) {
	colours.set(name, { light, dark });
}
colours.set('white', { light: '#ffffff', dark: '#ffffff' });

/** Text, and what it lies on. */
const texts = [
	['ink', 'paper'],
	['ink', 'surface'],
	['ink', 'surface-sunk'],
	['ink', 'surface-hover'],
	['ink', 'danger-soft'],
	['ink', 'warning-soft'],
	['ink-soft', 'paper'],
	['ink-soft', 'surface'],
	['ink-soft', 'surface-sunk'],
	['ink-soft', 'surface-hover'],
	['accent', 'paper'],
	['accent', 'accent-soft'],
	['on-accent', 'accent'],
	['on-accent', 'accent-hover'],
	['danger-ink', 'paper'],
	['danger-ink', 'surface'],
	['danger-ink', 'danger-soft'],
	['warning-ink', 'paper'],
	['warning-ink', 'surface'],
	['warning-ink', 'warning-soft'],
	['good-ink', 'paper'],
	['good-ink', 'good-soft'],
	['ink', 'accent-soft'],
	['ink-soft', 'accent-soft'],
	['accent', 'surface'],
	['accent', 'surface-hover'],
	['white', 'danger'],
	['white', 'tile'],
] as const;

/** Lines that show where a control is, and focus rings. */
const lines = [
	['line-strong', 'paper'],
	['line-strong', 'surface'],
	['line-strong', 'surface-sunk'],
	['accent', 'surface'],
	['accent', 'surface-sunk'],
	// Around who speaks, and around a tile, on the stage.
	['speaking', 'surface-sunk'],
	['speaking', 'tile'],
	['tile-line', 'surface-sunk'],
	['plot-1', 'surface'],
	['plot-2', 'surface'],
	['plot-3', 'surface'],
	['plot-4', 'surface'],
] as const;

function ratio(above: string, below: string, theme: 'light' | 'dark'): number {
	const [one, other] = [colours.get(above), colours.get(below)];
	if (!one || !other) throw new Error(`No colour called ${one ? below : above}`);
	return contrast(one[theme], other[theme]);
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
	it.each(texts)('%s is legible on %s (AA)', (text, ground) => {
		expect(ratio(text, ground, theme)).toBeGreaterThanOrEqual(4.5);
	});

	it.each(lines)('%s can be seen on %s', (line, ground) => {
		expect(ratio(line, ground, theme)).toBeGreaterThanOrEqual(3);
	});
});
