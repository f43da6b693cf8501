import * as v from 'valibot';
import { roomId } from '#shared/ids.ts';

/** What mail programs and sentences leave at the edges of a link. */
const edges = {
	before: /^[\s<("'«“‘[]+/,
	after: /(?<![\s<>.,;:!?)}\]"'=»”’…])[\s<>.,;:!?)}\]"'=»”’…]+$/,
};

/** A segment of an address that is longer names no room. */
const longest = 100;

function trimmed(segment: string): string {
	const decoded = decodeURIComponent(segment);
	return decoded.length > longest
		? decoded
		: decoded.replace(edges.before, '').replace(edges.after, '');
}

/**
 * The path that a person meant who came by this one, or null where it can stay: stray percent signs, slashes that are too
 * many, the name of a page in capitals, and what a mail program took for a part of the link to a room.
 *
 * @param isPage whether a path such as "/next" is that of a page.
 * @returns a path that begins with one slash, and that needs no correction itself.
 */
export function meantPath(path: string, isPage: (path: string) => boolean): string | null {
	const meant = corrected(path, isPage);
	return meant === path ? null : meant;
}

function corrected(path: string, isPage: (path: string) => boolean): string {
	// A backslash is a slash to browsers: after a slash it would begin the name of another host.
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
