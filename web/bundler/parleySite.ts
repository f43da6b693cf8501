import adapterStatic from '@sveltejs/adapter-static';
import type { Adapter } from '@sveltejs/kit';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkBundleSizes, type Manifest } from './bundleSizes.ts';
import { moveInlineScripts } from './inlineScripts.ts';
import { addPageStart } from './pageStart.ts';
import { addRoomPage } from './roomPage.ts';
import { replaceBuild, siteFolders } from './replaceBuild.ts';
import { takeBaseOut } from './siteBase.ts';

/**
 * Builds the static site that the SFU serves: prerendered pages, `room/[id].html` for rooms, `200.html` for every other path,
 * each of which begins with the person's language and takes what is pressed before it listens; no inline script (the server's content security
 * policy forbids it), JavaScript within its budget, and a `.br` and `.gz` beside every file worth compressing.
 *
 * A build that fails leaves the one in use as it is; one that succeeds takes its place, and it is kept beside it.
 */
export function parleySite(): Adapter {
	const folder = siteFolders.next;
	const site = adapterStatic({ pages: folder, fallback: '200.html' });
	return {
		...site,
		name: 'parley-site',
		async adapt(builder) {
			await site.adapt(builder);
			const manifestFile = join(builder.getBuildDirectory('output'), 'client/.vite/manifest.json');
			const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest;
			addRoomPage(folder, manifest);
			addPageStart(folder, manifest);
			const scripts = moveInlineScripts(folder);
			builder.log.minor(`Moved ${scripts} inline scripts to files`);
			const writePlaces = takeBaseOut(folder);
			checkBundleSizes({
				folder,
				manifest,
				log: (line) => builder.log.info(line),
			});
			await builder.compress(folder);
			writePlaces();
			replaceBuild();
		},
	};
}
