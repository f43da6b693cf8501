import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadPart, loadPartAgain } from '#lib/browser/loadPart.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

/** A part that does not come so often, and then does. */
const failing = (times: number) =>
	vi.fn(async () => {
		if (times-- > 0) throw new TypeError('Failed to fetch dynamically imported module');
		return 'part';
	});

describe('B-9: a part of the page that does not load', () => {
	test.each([0, 1, 2])('after %i failures it is there', async (times) => {
		const load = failing(times);
		const loaded = loadPart(load);
		await vi.runAllTimersAsync();
		expect(await loaded).toBe('part');
		expect(load).toHaveBeenCalledTimes(times + 1);
	});

	test('after three failures whoever wanted it is told', async () => {
		const load = failing(3);
		const loaded = expect(loadPart(load)).rejects.toThrow('Failed to fetch');
		await vi.runAllTimersAsync();
		await loaded;
		expect(load).toHaveBeenCalledTimes(3);
	});

	test.each([
		['the service answers: the browser remembers what did not load', true, 1],
		['the service does not answer: it is the line', false, 0],
	])('a press that fails while %s', async (_, ok, reloads) => {
		const reload = vi.fn();
		vi.stubGlobal('location', { reload });
		vi.stubGlobal('fetch', async () => {
			if (!ok) throw new TypeError('Failed to fetch');
			return { ok };
		});
		await expect(loadPartAgain(failing(1))).rejects.toThrow('Failed to fetch');
		expect(reload).toHaveBeenCalledTimes(reloads);
	});

	test('a press that helps', async () => {
		expect(await loadPartAgain(failing(0))).toBe('part');
	});
});

const folder = new URL('../../../../web/src', import.meta.url).pathname;
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
	.filter((name) => /\.(?:svelte|ts)$/.test(name))
	.map((name) => ({ name, source: readFileSync(join(folder, name), 'utf8') }));

describe('what is imported on demand says what becomes of a failure', () => {
	/** In code, and not as a type. */
	const imports = /(?<!typeof )(?<!: )\bimport\((?=['"`])/g;

	test('every import() goes through the helper', () => {
		const bare = sources.flatMap(({ name, source }) =>
			[...source.matchAll(imports)].flatMap(({ index }) => {
				const before = source.slice(0, index).replaceAll(/\s+/g, ' ');
				const through =
					/(?:loadPart\( ?\(\) => |load=\{\(\) => (?:inOwnLanguage\(\(\) => )?|const load\w+ = \(\) => )$/;
				return through.test(before) ? [] : [name];
			}),
		);
		expect(bare).toEqual([]);
	});

	test('every {#await} has its {:catch}', () => {
		for (const { name, source } of sources) {
			const [awaits, catches] = ['{#await ', '{:catch'].map((word) => source.split(word).length);
			expect([name, catches]).toEqual([name, awaits]);
		}
	});
});
