import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const protocol = readFileSync(join(root, 'shared/PROTOCOL.md'), 'utf8');
const rules = [...protocol.matchAll(/\*\*([A-Z]+-\d+)\.\*\*/g)].map(([, name = '']) => name);

/** The names of all tests, as they stand in the files. */
const cited = new Set(
	readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
		.filter((file) => /\.(?:test|spec)\.ts$/.test(file) && !file.includes('node_modules'))
		.flatMap((file) => readFileSync(join(root, 'test', file), 'utf8').split('\n'))
		.filter(
			(line) => /\b(?:test|describe)\b/.test(line) || /^\s*\)?\s*\(?['"`].*[A-Z]+-\d+/.test(line),
		)
		.flatMap((line) => [...line.matchAll(/\b[A-Z]+-\d+\b/g)].map(([name]) => name)),
);

test('each rule has a number of its own', () => {
	expect(new Set(rules).size).toBe(rules.length);
});

test.each(rules)('rule %s of the protocol is named by a test', (rule) => {
	expect(cited).toContain(rule);
});
