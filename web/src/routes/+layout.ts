import { browser } from '$app/env';
import { pathOf } from '#lib/browser/ownPaths.ts';
import { areasOf } from '#lib/language/areas.ts';
import { showOwnLanguage } from '#lib/language/own.ts';
import type { LayoutLoad } from './$types';

/** Pages are files made at build time, unless they say otherwise. They are made in English. */
export const prerender = true;

/** A page is shown when its texts are there. */
export const load: LayoutLoad = async ({ url }) => {
	if (browser) await showOwnLanguage(areasOf(pathOf(url.pathname)));
};
