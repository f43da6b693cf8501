import * as v from 'valibot';
import { password, roomPolicy } from './admission.ts';
import { fact, request } from './define.ts';
import { knockId, peerId, personId, producerId } from './ids.ts';
import { author } from './members.ts';

const nothing = v.object({});
const { locked, knocking, sharing, unmuting } = roomPolicy.entries;

/** Any part of a policy; null takes the password away. */
export const policyChange = v.object({
	locked: v.optional(locked),
	knocking: v.optional(knocking),
	password: v.optional(v.nullable(password)),
	sharing: v.optional(sharing),
	unmuting: v.optional(unmuting),
});
export type PolicyChange = v.InferOutput<typeof policyChange>;

/** What hosts in the call may ask for; others are answered NOT_ALLOWED. */
export const hostRequests = {
	'host:policy': request(policyChange, v.object({ policy: roomPolicy })),
	/** Silences a microphone. With `muted: false` the person may speak again, and unmutes by themselves. */
	'host:mute': request(v.object({ peerId, muted: v.boolean() }), nothing),
	/** Everybody but hosts. */
	'host:mute-all': request(nothing, nothing),
	/** Its owner may turn it on again. */
	'host:stop-camera': request(v.object({ peerId }), nothing),
	/** Ends everything this peer shares. */
	'host:stop-share': request(v.object({ peerId }), nothing),
	'host:lower-hand': request(v.object({ peerId }), nothing),
	/** Out of the call and the chat with all their tabs, and not in again until allowed. */
	'host:remove': request(v.object({ personId }), nothing),
	/** Who was removed and not allowed again. */
	'host:removed': request(nothing, v.object({ people: v.array(author) })),
	/** Lets somebody who was removed come again. */
	'host:allow': request(v.object({ personId }), nothing),
	/** Makes somebody a host, or takes it back. A room keeps at least one. */
	'host:name': request(v.object({ personId, host: v.boolean() }), nothing),
	'host:admit': request(v.object({ knockId }), nothing),
	/** Everybody who waits now. */
	'host:admit-all': request(nothing, nothing),
	'host:decline': request(v.object({ knockId }), nothing),
	/** For everybody. */
	'host:end-call': request(nothing, nothing),
} as const;

export const hostFacts = {
	/** A host did something to this client, and to these of its producers. */
	'host:acted': fact(
		v.object({
			by: author,
			action: v.picklist([
				'muted',
				'allowed-to-unmute',
				'camera-stopped',
				'share-stopped',
				'hand-lowered',
			]),
			producerIds: v.array(producerId),
		}),
	),
} as const;
