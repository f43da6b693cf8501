import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

let kept: Map<string, string>;
const reload = vi.fn();

beforeEach(() => {
	kept = new Map();
	reload.mockClear();
	vi.stubGlobal('location', { reload });
	vi.stubGlobal('sessionStorage', {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
	});
});
afterEach(() => vi.unstubAllGlobals());

/** A page that was just loaded. */
async function loaded(build: string) {
	vi.resetModules();
	vi.stubGlobal('document', { documentElement: { dataset: { build } } });
	return (await import('#lib/connection/build.ts')).reloadOnce;
}

describe('RELOAD-3: a page that is too old for its server', () => {
	test('is loaded anew once, whoever of it is refused', async () => {
		const reloadOnce = await loaded('1');
		expect([reloadOnce(), reloadOnce()]).toEqual([true, true]);
		expect(reload).toHaveBeenCalledTimes(1);
		const again = await loaded('1');
		expect(again()).toBe(false);
		expect(reload).toHaveBeenCalledTimes(1);
	});

	test('of another build is loaded anew again', async () => {
		(await loaded('1'))();
		(await loaded('2'))();
		expect(reload).toHaveBeenCalledTimes(2);
		expect((await loaded('2'))()).toBe(false);
	});

	test('is not where that cannot be remembered', async () => {
		vi.stubGlobal('sessionStorage', undefined);
		expect((await loaded('1'))()).toBe(false);
		expect(reload).not.toHaveBeenCalled();
	});
});
