import * as v from 'valibot';
import { fact, request } from './define.ts';
import { knockId, personId } from './ids.ts';
import { limits } from './limits.ts';
import { nameInRoom } from './sealed.ts';

/** Which people may do something in a room. */
const allowed = v.picklist(['everybody', 'hosts']);

/** Admits people who know it to a room. Any characters. */
export const password = v.pipe(
	v.string(),
	v.minLength(1, 'Enter a password.'),
	v.maxLength(
		limits.passwordLength,
		`Passwords can have up to ${limits.passwordLength} characters.`,
	),
);

/** The decisions of hosts about a room, as everybody may know them. */
export const roomPolicy = v.object({
	maxPeers: v.number(),
	/** Only hosts and people who were in this call already come in. */
	locked: v.boolean(),
	/** Hosts admit people one by one. */
	knocking: v.boolean(),
	/** Whether there is a password. A person who knows it need not wait for a host. */
	password: v.boolean(),
	/** Which people may share a screen. */
	sharing: allowed,
	/** Whether people whom a host muted may unmute themselves, or only once a host allows it. */
	unmuting: allowed,
	/** Slow mode: the least time between two messages of a person who is no host, in seconds; 0 turns it off. */
	slowMode: v.picklist(limits.slowModes),
});
export type RoomPolicy = v.InferOutput<typeof roomPolicy>;

/**
 * How this person gets in. `knock`: a host admits them, or the password does, if there is one; `password`: only the
 * password admits them.
 */
export const admission = v.picklist(['open', 'knock', 'password', 'locked', 'removed']);
export type Admission = v.InferOutput<typeof admission>;

/** A person who waits for a host. */
export const knock = v.object({
	knockId,
	personId,
	name: v.string(),
	/** In ms since 1970. */
	since: v.number(),
});
export type Knock = v.InferOutput<typeof knock>;

/** The person's admission and the state of their knock. */
export const standing = v.object({
	admission,
	/** The state of the person's knock, as long as it matters. */
	knock: v.picklist(['none', 'waiting', 'declined']),
	/** A host moved the person to the waiting room. Only a host admits them, whatever the policy. */
	moved: v.optional(v.literal(true)),
	/** No host is in the call: nobody can let the person in for now. */
	hostless: v.optional(v.literal(true)),
});
export type AdmissionState = v.InferOutput<typeof standing>;

export const admissionRequests = {
	/** In the lobby: asks to be let in. Repeating it is harmless. */
	'room:knock': request(v.object({ name: nameInRoom, password: v.optional(password) }), standing),
} as const;

export const admissionFacts = {
	/** To a client in the lobby, whenever it changes. */
	'lobby:standing': fact(standing),
	/** To hosts in the call: all waiting people, longest first. */
	'knock:list': fact(v.object({ knocks: v.array(knock) })),
	/** To the room and its lobby. */
	'room:policy': fact(v.object({ policy: roomPolicy })),
} as const;
