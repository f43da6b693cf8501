import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { closure, nodeOf, type Manifest } from './bundleSizes.ts';
import { siteBase } from './siteBase.ts';

/** What a room's page loads on demand in any case. */
const always =
	/\/node_modules\/(?:mediasoup-client|socket\.io-client)\/.*\.js$|\/connection\/socket\.ts$|\/engine\/extra\/pathWatch\.ts$/;

/**
 * Writes `room/[id].html`: the page whose script draws every other address, which names all that a room's page needs. The
 * browser loads that at once then, instead of after the scripts that ask for it.
 *
 * @throws when the page has no end of its head
 */
export function addRoomPage(folder: string, manifest: Manifest): void {
	const html = readFileSync(join(folder, '200.html'), 'utf8');
	const route = nodeOf(manifest, dirname(folder), 'routes/room/[id]/+page.svelte');
	const keys = closure(manifest, [
		route,
		...Object.keys(manifest).filter((key) => always.test(key)),
	]);
	const chunks = [...keys].map((key) => manifest[key]).filter((chunk) => chunk !== undefined);
	const links = [
		...chunks.flatMap(({ css = [] }) => css.map((file) => ({ file, rel: 'stylesheet' }))),
		...chunks.map(({ file }) => ({ file, rel: 'modulepreload' })),
	]
		.filter(({ file }) => !html.includes(`"${siteBase}/${file}"`))
		.map(({ file, rel }) => `<link href="${siteBase}/${file}" rel="${rel}">`);
	const end = '</head>';
	if (!html.includes(end)) throw new Error(`200.html has no ${end}`);
	mkdirSync(join(folder, 'room'), { recursive: true });
	const added = [...new Set(links)].map((link) => `\t${link}\n\t`).join('');
	writeFileSync(
		join(folder, 'room/[id].html'),
		html.replace(end, () => added + end),
	);
}
