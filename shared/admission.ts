import * as v from 'valibot';
import { fact, request } from './define.ts';
import { knockId, personId } from './ids.ts';
import { limits } from './limits.ts';
import { displayName } from './text.ts';

/** Who may do something in a room. */
const allowed = v.picklist(['everybody', 'hosts']);

/** Opens a room to those who know it. Any characters; what counts is that they are the same. */
export const password = v.pipe(
	v.string(),
	v.minLength(1, 'A password has at least one character.'),
	v.maxLength(limits.passwordLength, `A password has at most ${limits.passwordLength} characters.`),
);

/** What hosts decided about a room, as everybody may know it. */
export const roomPolicy = v.object({
	maxPeers: v.number(),
	/** Nobody comes in but hosts and those who were in this call already. */
	locked: v.boolean(),
	/** Hosts admit people one by one. */
	knocking: v.boolean(),
	/** Whether there is one. Who knows it need not wait for a host. */
	password: v.boolean(),
	/** Who may share a screen. */
	sharing: allowed,
	/** Whether those whom a host muted may unmute themselves, or only once a host allows it. */
	unmuting: allowed,
});
export type RoomPolicy = v.InferOutput<typeof roomPolicy>;

/**
 * How this person gets in. `knock`: a host lets them in, or the password does, if there is one;
 * `password`: that alone.
 */
export const admission = v.picklist(['open', 'knock', 'password', 'locked', 'removed']);
export type Admission = v.InferOutput<typeof admission>;

/** Somebody who waits at the door. */
export const knock = v.object({
	knockId,
	personId,
	name: v.string(),
	/** In ms since 1970. */
	since: v.number(),
});
export type Knock = v.InferOutput<typeof knock>;

/** How one stands at the door. */
export const standing = v.object({
	admission,
	/** What became of one's knock, as long as it matters. */
	knock: v.picklist(['none', 'waiting', 'declined']),
});
export type Standing = v.InferOutput<typeof standing>;

export const admissionRequests = {
	/** In the lobby: asks to be let in. Repeating it is harmless. */
	'room:knock': request(v.object({ name: displayName, password: v.optional(password) }), standing),
} as const;

export const admissionFacts = {
	/** To somebody in the lobby, whenever it changes. */
	'lobby:standing': fact(standing),
	/** To hosts in the call: all who wait, longest first. */
	'knock:list': fact(v.object({ knocks: v.array(knock) })),
	/** To everybody in the room and its lobby. */
	'room:policy': fact(v.object({ policy: roomPolicy })),
} as const;
