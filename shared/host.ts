import * as v from 'valibot';
import { password, roomPolicy } from './admission.ts';
import { fact, request } from './define.ts';
import { knockId, peerId, personId, producerId } from './ids.ts';
import { author } from './members.ts';
import { labelInRoom } from './sealed.ts';

const nothing = v.object({});
const { locked, knocking, sharing, unmuting, slowMode } = roomPolicy.entries;

/** Any part of a policy; a null password removes the password. */
export const policyChange = v.object({
	locked: v.optional(locked),
	knocking: v.optional(knocking),
	password: v.optional(v.nullable(password)),
	sharing: v.optional(sharing),
	unmuting: v.optional(unmuting),
	slowMode: v.optional(slowMode),
});
export type PolicyChange = v.InferOutput<typeof policyChange>;

/** Requests of hosts in the call; other people are answered NOT_ALLOWED. */
export const hostRequests = {
	'host:policy': request(policyChange, v.object({ policy: roomPolicy })),
	/** Mutes a microphone. With `muted: false` the person may unmute themselves again. */
	'host:mute': request(v.object({ peerId, muted: v.boolean() }), nothing),
	/** Everybody except hosts. */
	'host:mute-all': request(nothing, nothing),
	/** Its owner may turn it on again. */
	'host:stop-camera': request(v.object({ peerId }), nothing),
	/** Ends everything this peer shares. */
	'host:stop-share': request(v.object({ peerId }), nothing),
	'host:lower-hand': request(v.object({ peerId }), nothing),
	/** Removes a person from the call and the chat with all their tabs. They cannot return until allowed. */
	'host:remove': request(v.object({ personId }), nothing),
	/** People who were removed and not allowed again. */
	'host:removed': request(nothing, v.object({ people: v.array(author) })),
	/** Allows a removed person to return. */
	'host:allow': request(v.object({ personId }), nothing),
	/** Makes a person a host, or takes the role back. A room keeps at least one host. */
	'host:name': request(v.object({ personId, host: v.boolean() }), nothing),
	/** Makes a person in the call a host, and the asking host a member. */
	'host:hand-over': request(v.object({ personId }), nothing),
	/** Labels a person for everyone in the room; null removes the label. */
	'host:label': request(v.object({ personId, label: v.nullable(labelInRoom) }), nothing),
	/** Moves a person from the call to the waiting room with all their tabs. They wait until a host admits them. */
	'host:make-wait': request(v.object({ personId }), nothing),
	'host:admit': request(v.object({ knockId }), nothing),
	/** Admits all waiting people. */
	'host:admit-all': request(nothing, nothing),
	'host:decline': request(v.object({ knockId }), nothing),
	'host:end-call': request(nothing, nothing),
} as const;

export const hostFacts = {
	/** A host acted on this client, and on these producers of the client. */
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
