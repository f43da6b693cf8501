import { askServer } from './askServer.ts';

/** How long to wait before a part that did not come is asked for again, in ms. */
const pauses = [300, 1200] as const;

/**
 * Loads a part of the page's code, which comes on demand. Every `import()` goes this way: a line that is gone for a moment
 * costs nothing but that moment.
 *
 * @throws what the last try threw: the caller shows it, with a button that calls `loadPartAgain`.
 */
export async function loadPart<T>(load: () => Promise<T>): Promise<T> {
	for (const pause of pauses) {
		try {
			return await load();
		} catch {
			// It is tried again, and the last failure counts.
			await new Promise((resolve) => setTimeout(resolve, pause));
		}
	}
	return load();
}

/**
 * Loads a part that the person was told of, because they asked for it. Some browsers remember what did not load, and after
 * an update of the service it may be gone: where the service answers, the page is loaded anew, which keeps its place.
 *
 * @throws what the try threw.
 */
export async function loadPartAgain<T>(load: () => Promise<T>): Promise<T> {
	try {
		return await load();
	} catch (error) {
		// No answer means that it is the line: the person may press once more.
		const answer = await askServer();
		if (answer?.ok) location.reload();
		throw error;
	}
}
