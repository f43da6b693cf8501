import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import list from '../faults.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const exceptions: Record<string, string> = list.exceptions;

/** The faults that titles of tests name: `A-H2: a socket that …`, `A-C1, A-L16: no packet …`. */
const named = new Set(
	readdirSync(root, { recursive: true, encoding: 'utf8' })
		.filter((file) => /\.(?:test|spec)\.ts$/.test(file))
		.flatMap((file) => readFileSync(join(root, file), 'utf8').split('\n'))
		// The title stands behind the word, or begins a line of its own or of a table.
		.filter((line) => /\b(?:test|describe)\b|^\s*[[(]*\s*['"`]/.test(line))
		.flatMap((line) => line.match(/\b(?:A-[CHML]|B-)\d+\b/g) ?? []),
);

test('each fault is listed once', () => {
	expect(new Set(list.faults).size).toBe(list.faults.length);
});

test('what tests name and what is excepted are faults of the list', () => {
	const known = new Set(list.faults);
	expect([...named, ...Object.keys(exceptions)].filter((fault) => !known.has(fault))).toEqual([]);
});

test.runIf(list.enforced)(
	'each fault is named by a test or excepted with a reason, not both',
	() => {
		const bare = list.faults.filter((fault) => !named.has(fault) && !exceptions[fault]);
		const both = list.faults.filter((fault) => named.has(fault) && exceptions[fault]);
		expect({ bare, both }).toEqual({ bare: [], both: [] });
	},
);
