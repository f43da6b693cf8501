import { describe, expect, it } from 'vitest';
import { closure, scriptsOf, type Manifest } from '../../../../web/bundler/bundleSizes.ts';

const manifest: Manifest = {
	page: { file: 'page.js', imports: ['shared'], dynamicImports: ['chat', 'toasts'] },
	chat: { file: 'chat.js', imports: ['shared', 'markdown'], dynamicImports: ['emoji'] },
	chatPage: { file: 'chatPage.js', imports: ['chat'] },
	toasts: { file: 'toasts.js' },
	shared: { file: 'shared.js', imports: ['page'] },
	markdown: { file: 'markdown.js' },
	emoji: { file: 'emoji.js' },
};
const sorted = (keys: Set<string>) => [...keys].toSorted();

describe('what a page needs', () => {
	it('is what it imports, in whatever circle', () => {
		expect(sorted(closure(manifest, ['page'], false))).toEqual(['page', 'shared']);
	});

	it('and what it imports on demand', () => {
		expect(sorted(closure(manifest, ['page'], true))).toEqual(
			['chat', 'emoji', 'markdown', 'page', 'shared', 'toasts'].toSorted(),
		);
	});

	it('but for what another budget counts, as long as it is only imported on demand', () => {
		const inChat = closure(manifest, ['chatPage'], false);
		expect(sorted(closure(manifest, ['page'], true, inChat))).toEqual(['page', 'shared', 'toasts']);
		expect(closure(manifest, ['chatPage'], true, inChat)).toContain('chat');
	});

	it('must be in the manifest', () => {
		expect(() => closure(manifest, ['gone'], false)).toThrow(/no chunk gone/);
	});
});

it('the scripts of a page are those it names, and those its start script imports', () => {
	const html =
		'<link href="/_app/a.js"><script src="/_app/entry/page.x.js"></script><a href="/b.js"></a>';
	const read = () => 'Promise.all([import("/_app/c.js"), import("/_app/a.js")])';
	expect(scriptsOf(html, read)).toEqual(['_app/a.js', '_app/entry/page.x.js', '_app/c.js']);
});
