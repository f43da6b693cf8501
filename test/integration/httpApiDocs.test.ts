import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Person } from '../support/person.ts';
import { startService, type Service } from '../support/service.ts';

const page = readFileSync(new URL('../../docs/http-api.md', import.meta.url), 'utf8');

type Example = { script: string; kind: 'json' | 'text' | null; answer: string; line: number };

/** Every ```sh block, with the block of what it answers if one comes right after it. */
const examples: Example[] = [
	...page.matchAll(/^```sh\n(.*?)^```\n(?:\n```(json|text)\n(.*?)^```\n)?/gms),
].map(({ 1: script = '', 2: kind, 3: answer = '', index }) => ({
	script,
	kind: kind === 'json' || kind === 'text' ? kind : null,
	answer,
	line: page.slice(0, index).split('\n').length,
}));

const end = '----- end of an example -----';
const run = promisify(execFile);

let service: Service;
let folder: string;
let outputs: string[];
beforeAll(async () => {
	for (const tool of ['bash', 'curl']) {
		try {
			execFileSync(tool, ['--version']);
		} catch {
			throw new Error(`The examples of docs/http-api.md run with ${tool}, which is not installed.`);
		}
	}
	// Of its own: how many wait for strangers is told once a second, whoever waits.
	service = await startService();
	folder = mkdtempSync(join(tmpdir(), 'parley-docs-'));
	const { authorization = '' } = (await (await Person.guest(service)).withToken()).proof;
	// One shell for all of them, because each one uses what those before it have set.
	const whole = examples.map(({ script }) => `${script}\nprintf '\\n%s\\n' '${end}'\n`);
	const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', whole.join('')], {
		cwd: folder,
		env: {
			PATH: process.env['PATH'],
			PARLEY: service.url,
			TOKEN: authorization.replace('Bearer ', ''),
			ROOM: 'weather',
		},
	});
	outputs = stdout.split(`\n${end}\n`);
});
afterAll(async () => {
	await service.close();
	rmSync(folder, { recursive: true });
});

/** The same with what is another each time replaced by what it is. */
function settled(value: unknown): unknown {
	return JSON.parse(JSON.stringify(value), (key, inner: unknown) => {
		if (typeof inner === 'string' && /^[\w-]{22}$/.test(inner)) return '(an id)';
		return typeof inner === 'number' && key.endsWith('At') ? '(a time)' : inner;
	});
}

const withoutTimes = (text: string) =>
	text.replaceAll(/\d{4}-\d\d-\d\d/g, '(a day)').replaceAll(/\d\d:\d\d/g, '(a time)');

test('the page has examples, and most of them show their answer', () => {
	expect(examples.length).toBeGreaterThan(15);
	expect(examples.filter(({ kind }) => kind).length).toBeGreaterThan(examples.length - 3);
});

test.each(examples.map((example, index) => ({ ...example, index })))(
	'the example in line $line answers as it says',
	({ kind, answer, index }) => {
		const output = outputs[index] ?? '(nothing)';
		if (kind === 'json') expect(settled(JSON.parse(output))).toEqual(settled(JSON.parse(answer)));
		else if (kind === 'text') expect(withoutTimes(output)).toBe(withoutTimes(answer));
		else expect(output).toBe('');
	},
);
