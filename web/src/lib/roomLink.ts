import * as v from 'valibot';
import { roomId, type RoomId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { nameList } from './nameList.ts';

/** What somebody's text names: a room, or why it does not, in words for them. */
export type ParsedRoom = { ok: true; roomId: RoomId } | { ok: false; problem: string };

const { min, max } = limits.roomIdLength;

/** The canonical id that a code stands for. */
export function parseRoomCode(code: string): ParsedRoom {
	const parsed = v.safeParse(roomId, code);
	if (parsed.success) return { ok: true, roomId: parsed.output };
	if (code.length < min) {
		return { ok: false, problem: `A room code has at least ${min} characters.` };
	}
	if (code.length > max) {
		return { ok: false, problem: `A room code has at most ${max} characters.` };
	}
	return {
		ok: false,
		problem:
			'A room code has only the letters a to z, digits, “-” and “_”, and begins with a letter or a digit.',
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
 * Reads what was typed or pasted as the way into a room: a code or a whole link.
 * @param origin of this page, since rooms of another server cannot be joined from here
 */
export function parseRoomInput(text: string, origin: string): ParsedRoom {
	const trimmed = text.trim();
	if (trimmed === '') return { ok: false, problem: 'Type or paste a room link or a room code.' };
	const link = asLink(trimmed, origin);
	if (!link) return parseRoomCode(trimmed);
	if (link.host !== new URL(origin).host) {
		return {
			ok: false,
			problem: link.host
				? `That link leads to ${link.host}, not to this server. Open it in the browser's address bar.`
				: "That link leads to another place, not to this server. Open it in the browser's address bar.",
		};
	}
	const code = /^\/room\/([^/]+)(?:\/chat)?\/?$/.exec(link.pathname)?.[1];
	if (code === undefined) {
		return { ok: false, problem: 'That link leads to this server, but not to a room.' };
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

/** What a call is called after the others in it. */
export function callTitle(names: readonly string[]): string {
	return names.length === 0 ? 'Call' : `Call with ${nameList(names)}`;
}

/** What to call a room on screen. */
export function roomTitle(room: { id: string; title: string }): string {
	if (room.title !== room.id || !generated.test(room.id)) return room.title;
	return `Room ${room.id.slice(0, 4)}…`;
}
