import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Stands in the build for the path below which the service is (`http.basePath`), which is known at its start only. */
export const siteBase = '/__parley_base__';

/** The file that says where it stood, beside the build's own. */
const placesFile = 'base.json';

/** Compressed files are made later, and pictures hold no addresses. */
const withAddresses = /\.(?:html|js|css|json|webmanifest)$/;

/**
 * Takes the stand-in out of all files of a built site, so that they are those of a service at the root of its host.
 *
 * @returns writes down where it stood, in bytes of each file: the service puts its own path there. Call it when all files of
 *   the site are written: it must stay as it is, and is not part of the site.
 */
export function takeBaseOut(folder: string): () => void {
	const places: Record<string, number[]> = {};
	const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
	for (const name of names.filter((file) => withAddresses.test(file)).sort()) {
		const path = join(folder, name);
		const [first = '', ...rest] = readFileSync(path, 'utf8').split(siteBase);
		if (rest.length === 0) continue;
		let at = Buffer.byteLength(first);
		places[`/${name}`] = rest.map((part) => {
			const place = at;
			at += Buffer.byteLength(part);
			return place;
		});
		writeFileSync(path, [first, ...rest].join(''));
	}
	return () => writeFileSync(join(folder, placesFile), JSON.stringify(places));
}
