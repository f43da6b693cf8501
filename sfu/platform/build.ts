import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** SvelteKit writes this file beside the pages that it builds. */
const versionFile = new URL('../../web/build/_app/version.json', import.meta.url);

/** The build of the served pages, as the pages state it; empty if no pages are built. */
export function servedBuild(): string {
	try {
		return v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync(versionFile, 'utf8')))
			.version;
	} catch {
		return '';
	}
}
