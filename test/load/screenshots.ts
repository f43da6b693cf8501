/**
 * Pictures of what people see: `npm run screenshots`, after `npm run build`.
 *
 * Fills rooms, calls and the page for meeting strangers of the real service with browsers and with people who are there by
 * signalling alone, takes each scene in the light and in the dark theme, and writes them with a page that shows them all to
 * `artifacts/screenshots/`. Names of groups take these alone (`npm run screenshots -- calls strangers`), and
 * `--only NAME` the scenes whose name contains NAME. To be looked at; nothing is compared. With `--axe`, axe looks at
 * each as well, and what it finds is printed at the end.
 */
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright';
import { Album } from './scenes/album.ts';
import { administrationScenes } from './scenes/administration.ts';
import { callScenes } from './scenes/calls.ts';
import { pageScenes } from './scenes/pages.ts';
import { roomScenes } from './scenes/room.ts';
import { strangerScenes } from './scenes/strangers.ts';
import { withBrowsers } from './withBrowsers.ts';

type Scenes = (album: Album, browser: Browser, url: string) => Promise<void>;
const groups: Readonly<Record<string, Scenes>> = {
	pages: pageScenes,
	calls: callScenes,
	strangers: strangerScenes,
	administration: administrationScenes,
	room: roomScenes,
};

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { only: { type: 'string', default: '' }, axe: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !Object.hasOwn(groups, name));
if (unknown.length > 0)
	throw new Error(
		`There are no such pictures: ${unknown.join(', ')}. There are ${Object.keys(groups).join(', ')}.`,
	);

const album = new Album(values.only, values.axe);
// Whoever is rung while pictures are taken waits for longer than people do.
const environment = {
	PARLEY_CALLS_RINGSECONDS: '120',
	PARLEY_ACCOUNTS_ADMINISTRATORS: '["caretaker"]',
};
try {
	for (const [name, scenes] of Object.entries(groups)) {
		if (positionals.length > 0 && !positionals.includes(name)) continue;
		await withBrowsers(
			1,
			async ({ url }, browser) => scenes(album, browser as Browser, url),
			undefined,
			environment,
		);
	}
} finally {
	album.close();
	console.log(`${album.taken.length} pictures in ${album.folder}`);
	if (values.axe) console.log([...album.found, `axe: ${album.found.length} findings`].join('\n'));
}
