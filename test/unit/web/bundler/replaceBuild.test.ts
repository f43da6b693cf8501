import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { replaceBuild } from '../../../../web/bundler/replaceBuild.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-build-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const folders = {
	next: join(folder, 'next'),
	current: join(folder, 'current'),
	before: join(folder, 'before'),
};
const build = (name: string) => {
	mkdirSync(folders.next, { recursive: true });
	writeFileSync(join(folders.next, 'name'), name);
	replaceBuild(folders);
};
const nameOf = (which: keyof typeof folders) => {
	const file = join(folders[which], 'name');
	return existsSync(file) ? readFileSync(file, 'utf8') : null;
};

test('a build takes the place of the one in use, and that one alone is kept', () => {
	build('first');
	expect([nameOf('current'), nameOf('before')]).toEqual(['first', null]);
	build('second');
	expect([nameOf('current'), nameOf('before')]).toEqual(['second', 'first']);
	build('third');
	expect([nameOf('current'), nameOf('before'), nameOf('next')]).toEqual(['third', 'second', null]);
});

test('the build before is kept where the one in use is gone', () => {
	rmSync(folders.current, { recursive: true });
	build('fourth');
	expect([nameOf('current'), nameOf('before')]).toEqual(['fourth', 'second']);
});
