const key = 'parley:reloaded';

/** Which build of the pages this one is of, as its file says; empty where there is none. */
export const pageBuild = (): string => document.documentElement.dataset['build'] ?? '';

let reloading = false;

/**
 * Loads the page anew where the server says that it is too old for it (RELOAD-3): once for each build, so that a page that some
 * cache keeps handing out is not loaded for ever. What goes with a page, such as a place in a call, is kept as on every reload.
 *
 * @returns false where that was done already, or cannot be remembered: then the person is told.
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
