/** The parts in which a language is loaded: what every page needs, what only calls and chats do, and the demo. */
export const areas = ['site', 'rooms', 'demo'] as const;

export type Area = (typeof areas)[number];

const site = [
	/^src\/routes\/[^/]+$/,
	/^src\/lib\/(?:design|http|language)\//,
	/^src\/lib\/features\/(?:rooms|site)\//,
	// In the header of every page.
	/^src\/lib\/features\/account\/ui\/AccountLink\.svelte$/,
];

/** Which part has the texts of a source file. @param file its path below the front end's folder */
export function areaOf(file: string): Area {
	if (file.startsWith('src/lib/features/demo/')) return 'demo';
	return site.some((place) => place.test(file)) ? 'site' : 'rooms';
}

/** What has to be there before a page is shown. @param path of the page */
export function areasOf(path: string): readonly Area[] {
	if (path === '/') return ['site'];
	return path === '/demo' ? areas : ['site', 'rooms'];
}
