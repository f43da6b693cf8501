import type { Brand } from 'valibot';

/** A room id in its one form. */
export type RoomId = string & Brand<'RoomId'>;

/** How long a room id is. Not among the limits: the landing page needs this one alone. */
export const roomIdLength = { min: 3, max: 64 } as const;

/** What a room id is made of, once it is in lower case and of a length that is allowed. */
export const roomIdForm = /^[a-z0-9][a-z0-9_-]*$/;

/** The room id that a code stands for; null for what is none. Pages without other schemas read codes with this. */
export function toRoomId(code: string): RoomId | null {
	const { min, max } = roomIdLength;
	const id = code.toLowerCase();
	const isLongAsAllowed = code.length <= max && id.length >= min;
	return isLongAsAllowed && roomIdForm.test(id) ? (id as RoomId) : null;
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const symbols = 26;

/** A new room id: 26 symbols of Crockford's base 32 (no i, l, o, u), which is 130 random bits. */
export function newRoomId(): RoomId {
	const bytes = crypto.getRandomValues(new Uint8Array(symbols));
	return Array.from(bytes, (byte) => alphabet[byte % 32]).join('') as RoomId;
}
