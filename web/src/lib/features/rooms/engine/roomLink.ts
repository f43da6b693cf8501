import { roomIdLength, toRoomId, type RoomId } from '#shared/roomIds.ts';
import { pathOf } from '#lib/browser/ownPaths.ts';
import { nameList } from '#lib/language/nameList.ts';

/** The room that a text names, or the problem with the text, in words for the person. */
export type ParsedRoom = { ok: true; roomId: RoomId } | { ok: false; problem: string };

const { min, max } = roomIdLength;

/** The canonical id that a code stands for. */
export function parseRoomCode(code: string): ParsedRoom {
	const roomId = toRoomId(code);
	if (roomId !== null) return { ok: true, roomId };
	if (code.length < min) {
		return { ok: false, problem: `Room codes need at least ${min} characters.` };
	}
	if (code.length > max) {
		return { ok: false, problem: `Room codes can have up to ${max} characters.` };
	}
	return {
		ok: false,
		problem:
			'Room codes can only use the letters a to z, digits, “-” and “_”, and must start with a letter or digit.',
	};
}

/** A link, with or without its scheme: it holds a slash, which no code does. */
function asLink(text: string, origin: string): URL | null {
	if (!text.includes('/')) return null;
	const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
	const address =
		withScheme || text.startsWith('/') ? text : `${new URL(origin).protocol}//${text}`;
	return URL.canParse(address, origin) ? new URL(address, origin) : null;
}

/**
 * Reads a code or a whole link that the person typed or pasted.
 * @param origin of this page, since rooms of another server cannot be joined from here
 */
export function parseRoomInput(text: string, origin: string): ParsedRoom {
	const trimmed = text.trim();
	if (trimmed === '') return { ok: false, problem: 'Enter or paste a room link or code.' };
	const link = asLink(trimmed, origin);
	if (!link) return parseRoomCode(trimmed);
	if (link.host !== new URL(origin).host) {
		return {
			ok: false,
			problem: link.host
				? `That link goes to ${link.host}, not to this server. Open it in your browser's address bar.`
				: "That link goes somewhere else, not to this server. Open it in your browser's address bar.",
		};
	}
	const code = /^\/room\/([^/]+)(?:\/chat)?\/?$/.exec(pathOf(link.pathname))?.[1];
	if (code === undefined) {
		return { ok: false, problem: 'That link goes to this server, but not to a room.' };
	}
	try {
		return parseRoomCode(decodeURIComponent(code));
	} catch {
		return parseRoomCode(code);
	}
}

/** Whether strangers could find the room by guessing: its people chose the name, and it is short. */
export function isGuessable(id: RoomId): boolean {
	return id.length < 20;
}

/** A generated id is no name: 26 symbols of Crockford's base 32. */
const generated = /^[0-9abcdefghjkmnpqrstvwxyz]{26}$/;

/** The title of a call: the names of the other participants. */
export function callTitle(names: readonly string[]): string {
	return names.length === 0 ? 'Call' : `Call with ${nameList(names)}`;
}

/**
 * The title of a room: its name, otherwise the people in it, otherwise its code.
 *
 * @param people names of other members, if they are known
 * @param others how many other members there are, if those are not all
 */
export function roomTitle(
	room: { id: string; title: string },
	people: readonly string[] = [],
	others = people.length,
): string {
	if (room.title !== room.id || !generated.test(room.id)) return room.title;
	if (people.length > 0) return `Room with ${nameList(people, others)}`;
	return `Room ${room.id.slice(0, 4)}…`;
}
