import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { siteBase } from './siteBase.ts';

const scriptFolder = '_app/immutable/entry';
/** A script element with a body; `src` in its attributes means that the body is ignored. */
const script = /<script\b([^>]*)>([\s\S]*?)<\/script>/gi;
const hasSource = /\ssrc\s*=/i;
/** Blocks of data are not run, so the policy lets them be. */
const isData = /\stype\s*=\s*["']?application\/(?:ld\+)?json/i;

/**
 * Moves the bodies of all inline scripts of a page into files named by their content. A classic
 * script stays in its place and without `defer`, so `document.currentScript` means the same.
 *
 * @returns the page, and the files to write: path below the site's root to content
 */
export function externalise(html: string): { html: string; files: Map<string, string> } {
	const files = new Map<string, string>();
	const page = html.replace(script, (element, attributes: string, body: string) => {
		if (hasSource.test(attributes) || isData.test(attributes)) return element;
		const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
		const path = `${scriptFolder}/page.${hash}.js`;
		files.set(path, body.trim() + '\n');
		return `<script${attributes} src="${siteBase}/${path}"></script>`;
	});
	return { html: page, files };
}

/** What in a page a policy without inline script would block, in words; empty when all is well. */
export function inlineScriptIn(html: string): string[] {
	const found: string[] = [];
	for (const [, attributes = '', body = ''] of html.matchAll(script)) {
		if (hasSource.test(attributes) || isData.test(attributes)) continue;
		found.push(`inline script: ${body.trim().slice(0, 60)}`);
	}
	// Tags only: a handler's name in text or in an attribute's value is no handler.
	for (const [tag] of html.replace(script, '').matchAll(/<[a-z](?:[^>"']|"[^"]*"|'[^']*')*>/gi)) {
		const attributes = tag.replace(/"[^"]*"|'[^']*'/g, '""');
		if (/\son[a-z]+\s*=/i.test(attributes)) found.push(`inline handler: ${tag.slice(0, 80)}`);
		if (/=\s*(?:["']\s*)?javascript:/i.test(tag)) found.push(`script address: ${tag.slice(0, 80)}`);
	}
	return found;
}

/**
 * Does it for every page of a built site and returns how many scripts there were.
 * @throws when something is left that the policy would block
 */
export function moveInlineScripts(folder: string): number {
	const written = new Set<string>();
	const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' });
	for (const page of pages.filter((name) => name.endsWith('.html'))) {
		const path = join(folder, page);
		const { html, files } = externalise(readFileSync(path, 'utf8'));
		mkdirSync(join(folder, scriptFolder), { recursive: true });
		for (const [name, body] of files) {
			writeFileSync(join(folder, name), body);
			written.add(name);
		}
		const left = inlineScriptIn(html);
		if (left.length > 0) {
			throw new Error(`${page} would be blocked by the security policy: ${left.join('; ')}`);
		}
		writeFileSync(path, html);
	}
	return written.size;
}
