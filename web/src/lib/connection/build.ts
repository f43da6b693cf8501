const key = 'parley:reloaded';

/** The build that this page belongs to, as its file says; empty if the file names none. */
export const pageBuild = (): string => document.documentElement.dataset['build'] ?? '';

let reloading = false;

/**
 * Reloads a page that the server calls too old for it (RELOAD-3). This happens once for each build, so that a page
 * that a cache keeps handing out is not loaded forever. What belongs to the page, such as a place in a call, is kept
 * as on every reload.
 *
 * @returns false if the page has been reloaded for this build already, or cannot remember it: then the caller tells
 * the person
 */
export function reloadOnce(): boolean {
	if (reloading) return true;
	const before = `build ${pageBuild()}`;
	try {
		if (sessionStorage.getItem(key) === before) return false;
		sessionStorage.setItem(key, before);
	} catch {
		// A reload that is not remembered could be followed by the next one, and so on.
		return false;
	}
	reloading = true;
	location.reload();
	return true;
}
