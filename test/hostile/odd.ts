import fc from 'fast-check';

/** A text that is a unit repeated: told in few words however long it is. */
export type Repeated = { before: string; unit: string; times: number; after: string };

export const written = ({ before, unit, times, after }: Repeated): string =>
	before + unit.repeat(times) + after;

/** Long texts of one kind of character between others, up to `most` characters: what slow expressions are slow on. */
export const repeated = (most: number, units: readonly string[]): fc.Arbitrary<Repeated> =>
	fc.record({
		before: fc.constantFrom('', 'x', ' ', '.'),
		unit: fc.constantFrom(...units),
		times: fc.constantFrom(0, 1, 100, most >> 2, most, most, most),
		after: fc.constantFrom('', 'x', 'x', '"'),
	});

/** Values where another kind, or another size, was meant. */
export const oddValue = fc.oneof(
	fc.constantFrom<unknown>(
		...[null, true, 0, -1, 1.5, 1e21, Number.MAX_SAFE_INTEGER, '', ' ', 'x', '__proto__'],
		...['constructor', 'toString', '\u0000', '\uD800', '../..', '<b>', [], {}, [[]], [null]],
	),
	fc.jsonValue({ maxDepth: 2 }),
);
