import { existsSync, renameSync, rmSync } from 'node:fs';

/** Where the site is built, put to use, and kept until the build after the next one. Relative to web/. */
export const siteFolders = { next: '.build-next', current: 'build', before: '.build-before' };

/**
 * Puts a build that is complete in the place of the one in use. That one is kept: pages that are still open ask for its hashed
 * files. The one before it is removed.
 */
export function replaceBuild({ next, current, before } = siteFolders): void {
	if (existsSync(current)) {
		rmSync(before, { recursive: true, force: true });
		renameSync(current, before);
	}
	renameSync(next, current);
}
