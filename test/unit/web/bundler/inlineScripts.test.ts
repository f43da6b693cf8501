import { describe, expect, it } from 'vitest';
import { closure, scriptsOf } from '../../../../web/bundler/bundleSizes.ts';
import { externalise, inlineScriptIn } from '../../../../web/bundler/inlineScripts.ts';

describe('moving inline scripts', () => {
	it('puts the body into a file named by its content and leaves the element in its place', () => {
		const { html, files } = externalise('<div><script>start("$&");</script></div>');
		const [[path, body] = ['', '']] = files;
		expect(path).toMatch(/^_app\/immutable\/entry\/page\.[\w-]{12}\.js$/);
		expect(body).toBe('start("$&");\n');
		expect(html).toBe(`<div><script src="/__parley_base__/${path}"></script></div>`);
		expect(inlineScriptIn(html)).toEqual([]);
	});

	it('keeps attributes, scripts with a source, and data', () => {
		const kept =
			'<script src="/a.js"></script><script type="application/json" data-x>{"a":1}</script>';
		expect(externalise(kept)).toEqual({ html: kept, files: new Map() });
		expect(externalise('<script type="module">a</script>').html).toMatch(
			/^<script type="module" src=/,
		);
		expect(inlineScriptIn(kept)).toEqual([]);
	});

	it('gives the same body the same file, another body another', () => {
		const { files } = externalise('<script>a</script><script>a</script><script>b</script>');
		expect(files.size).toBe(2);
	});

	it.each([
		['a script', '<p><SCRIPT>alert(1)</SCRIPT>', /inline script: alert/],
		['a module', '<script type="module">a()</script>', /inline script/],
		['a handler', '<img alt="x > y" onerror="alert(1)">', /inline handler/],
		['a script address', '<a href="javascript:alert(1)">x</a>', /script address/],
	])('finds %s that is left', (_, html, found) => {
		expect(inlineScriptIn(html).join()).toMatch(found);
	});

	it.each([
		['text about handlers', '<p>set onclick = "x" in code</p>'],
		['a value that looks like one', '<p title="on a = b" data-once="1">x</p>'],
	])('is not fooled by %s', (_, html) => {
		expect(inlineScriptIn(html)).toEqual([]);
	});
});

describe('weighing a page', () => {
	const manifest = {
		a: { file: 'a.js', imports: ['b'], dynamicImports: ['d'] },
		b: { file: 'b.js', imports: ['a', 'c'] },
		c: { file: 'c.js' },
		d: { file: 'd.js', imports: ['e'] },
		e: { file: 'e.js' },
	};

	it('counts what is imported, through circles, and on demand only when asked', () => {
		expect([...closure(manifest, ['a'], false)].sort()).toEqual(['a', 'b', 'c']);
		expect([...closure(manifest, ['a'], true)].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
	});

	it('fails on a chunk that is not there', () => {
		expect(() => closure(manifest, ['x'], false)).toThrow(/no chunk x/);
	});

	it('finds preloads, the start script and what that imports', () => {
		const html =
			'<link href="/_app/n/0.js" rel="modulepreload"><link href="/_app/x.css" rel="stylesheet">' +
			'<script src="/_app/immutable/entry/page.abc.js"></script>';
		expect(scriptsOf(html, () => 'import("/_app/start.js"); import("/_app/n/0.js")')).toEqual([
			'_app/n/0.js',
			'_app/immutable/entry/page.abc.js',
			'_app/start.js',
		]);
	});
});
