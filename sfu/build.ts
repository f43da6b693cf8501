import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** What SvelteKit writes beside the pages it has built. */
const versionFile = new URL('../web/build/_app/version.json', import.meta.url);

/** The build of the pages that are served, as they know it themselves; empty where none are built. */
export function servedBuild(): string {
	try {
		return v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync(versionFile, 'utf8')))
			.version;
	} catch {
		return '';
	}
}
