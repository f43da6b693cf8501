/**
 * Does something that a call can do without, such as measuring loudness. Where the browser fails at it, that is missing, and
 * nothing else.
 *
 * @returns what came of it; null where it failed.
 */
export function ifPossible<T>(task: () => T): T | null {
	try {
		return task();
	} catch {
		// The browser cannot do it: the person has the call without it.
		return null;
	}
}
