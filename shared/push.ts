import * as v from 'valibot';
import { request } from './define.ts';
import { personId, ringId, roomId } from './ids.ts';

/** How many devices of one person get notifications by a push service. */
export const pushDevices = 10;
/** How many rooms a device may have muted. */
const maxMuted = 200;

/** Whether a push service may have given this address to a browser: https, and a name instead of an IP address. */
function isEndpoint(text: string): boolean {
	const url = URL.parse(text);
	if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return false;
	// The parser has brought every spelling of an IPv4 address into the usual one.
	return !/^\[|(?:^|\.)\d+\.?$/.test(url.hostname);
}

const ofBytes = (letters: number) =>
	v.pipe(v.string(), v.regex(new RegExp(`^[A-Za-z0-9_-]{${letters}}$`)));

/** Where the notifications of a browser go, and which of them it wants. */
export const pushSettings = v.object({
	/** The address that the push service of the browser gave it. */
	endpoint: v.pipe(
		v.string(),
		v.maxLength(1000),
		v.check(isEndpoint, "isn't the address of a push service"),
	),
	/** A point of P-256 and 16 random bytes as base64url, by which notifications are encrypted (RFC 8291). */
	keys: v.object({ p256dh: ofBytes(87), auth: ofBytes(22) }),
	/** Whether it wants messages, too, and not only calls. */
	messages: v.boolean(),
	/** The rooms whose messages it does not want. */
	muted: v.pipe(v.array(roomId), v.maxLength(maxMuted)),
});
export type PushSettings = v.InferOutput<typeof pushSettings>;

const nothing = v.object({});

/** Requests of pages and of their service worker over HTTP, as `accountRequests`. */
export const pushRequests = {
	/** The public key by which the service proves itself to push services (RFC 8292); null if push is switched off. */
	'GET /api/push': request(nothing, v.object({ key: v.nullable(v.string()) })),
	/** From now on the browser of this session gets notifications. */
	'PUT /api/push': request(pushSettings, nothing),
	'DELETE /api/push': request(nothing, nothing),
	/** Declines a call from its notification. */
	'POST /api/push/decline': request(v.object({ ringId }), nothing),
} as const;

/** What a notification says. Only the browser can read it. */
export const pushNotice = v.variant('kind', [
	v.object({ kind: v.literal('ring'), ringId, name: v.string(), video: v.boolean() }),
	/** The call does not ring any more. */
	v.object({
		kind: v.literal('over'),
		ringId,
		name: v.string(),
		/** Whether the person neither accepted nor declined it. */
		missed: v.boolean(),
	}),
	v.object({
		kind: v.literal('message'),
		roomId,
		/** The other person in a chat of two outside of rooms; null in a room. */
		with: v.nullable(personId),
		/** Who wrote it; empty for a message of an end-to-end encrypted room, of which a notification says nothing. */
		name: v.string(),
		/** What hosts call the room; null in a chat of two, and for a room without a name. */
		room: v.nullable(v.string()),
		/** Whether it is for the person alone; otherwise it mentions them. */
		direct: v.boolean(),
		/** The beginning of the message; empty if it has files only. */
		text: v.string(),
	}),
]);
export type PushNotice = v.InferOutput<typeof pushNotice>;
