import * as v from 'valibot';
import { roomId } from '#shared/ids.ts';

/** Characters that mail programs and sentences leave at the edges of a link. */
const edges = {
	before: /^[\s<("'«“‘[]+/,
	after: /(?<![\s<>.,;:!?)}\]"'=»”’…])[\s<>.,;:!?)}\]"'=»”’…]+$/,
};

/** A longer segment of an address names no room. */
const maxSegmentLength = 100;

function trimmed(segment: string): string {
	const decoded = decodeURIComponent(segment);
	return decoded.length > maxSegmentLength
		? decoded
		: decoded.replace(edges.before, '').replace(edges.after, '');
}

/**
 * The path that the person meant, or null if the path is correct. Corrects stray percent signs, extra slashes, page
 * names in capitals, and text that a mail program added to a link.
 *
 * @param isPage whether a path such as "/next" is that of a page.
 * @returns a path that begins with one slash and needs no correction itself.
 */
export function correctedPath(path: string, isPage: (path: string) => boolean): string | null {
	const right = corrected(path, isPage);
	return right === path ? null : right;
}

function corrected(path: string, isPage: (path: string) => boolean): string {
	// Browsers treat a backslash as a slash; after a slash it would begin another host's name.
	const straight = path.replaceAll(/[\\/]+/g, '/');
	if (!isDecodable(straight)) return corrected(straight.replaceAll('%', '%25'), isPage);
	const [first = '', id = '', ...rest] = straight.slice(1).split('/');
	const page = `/${first.toLowerCase()}`;
	if (!isPage(page)) return straight;
	if (page !== '/room' || id === '') return page + straight.slice(page.length);
	const room = trimmed(id);
	const isChat = trimmed(rest[0] ?? '').toLowerCase() === 'chat';
	const view = isChat ? ['chat', ...rest.slice(1)] : rest;
	return ['/room', v.is(roomId, room) ? room : id, ...view].join('/');
}

function isDecodable(path: string): boolean {
	try {
		decodeURIComponent(path);
		return true;
	} catch {
		return false;
	}
}
