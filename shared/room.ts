import * as v from 'valibot';
import { admission, knock, roomPolicy } from './admission.ts';
import { reaction } from './chat.ts';
import { fact, request } from './define.ts';
import { encryptionCheck, epoch, exchangeKey, roomEncryption, secretBox } from './encryption.ts';
import { errorCode } from './errors.ts';
import { peerId, personId, resumeToken, roomId } from './ids.ts';
import { limits } from './limits.ts';
import { consumerInfo, producerInfo, unavailable, videoCodec } from './media.ts';
import { role } from './members.ts';
import { iceServer, rtpCapabilities, transportOptions } from './rtp.ts';
import { nameInRoom, nameOfRoom } from './sealed.ts';

export const roomInfo = v.object({
	id: roomId,
	/** The room's name; its id until a host names it. */
	title: v.string(),
	/** `call`: made for a call, and only the people called come in. */
	kind: v.picklist(['open', 'call']),
	policy: roomPolicy,
	/** Of a room that is end-to-end encrypted. */
	encryption: v.optional(roomEncryption),
});
export type RoomInfo = v.InferOutput<typeof roomInfo>;

/** The state of a peer that people's actions change. */
const peerState = {
	name: v.string(),
	role,
	/** The label that hosts gave the person, if any. */
	label: v.optional(v.string()),
	/** When the hand was raised, in ms since 1970; null if it is not raised. The earliest hand is first in line. */
	hand: v.nullable(v.number()),
	/** A host muted the microphone. */
	hostMuted: v.boolean(),
};

export const peerInfo = v.object({
	peerId,
	personId,
	...peerState,
	/** False while the server waits for a lost connection to return. */
	connected: v.boolean(),
	producers: v.array(producerInfo),
	/** In an encrypted room: to what a new secret is sealed for this peer. */
	exchangeKey: v.optional(exchangeKey),
});
export type PeerInfo = v.InferOutput<typeof peerInfo>;

/** The speaking peers, and the active speaker: the latest speaker, also during a pause. */
export const speakers = v.object({ speaking: v.array(peerId), active: v.nullable(peerId) });
export type Speakers = v.InferOutput<typeof speakers>;

/** How much of the room the client shows at once: its first page of tiles. */
const firstPage = v.object({
	videos: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.firstVideos)),
	width: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.pixels)),
	height: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.pixels)),
});
export type FirstPage = v.InferOutput<typeof firstPage>;

const newSecret = v.object({ epoch, box: secretBox });
export type NewSecret = v.InferOutput<typeof newSecret>;

export const roomRequests = {
	/** Everything that a client needs to get ready. Repeating it starts over with new transports. */
	'lobby:enter': request(
		v.object({
			roomId,
			/** The resume token of the previous page, whose place the client takes over if it is kept. */
			follows: v.optional(resumeToken),
			/** By a client whose link has the secret of an end-to-end encrypted room. */
			encryption: v.optional(v.object({ check: encryptionCheck })),
		}),
		v.object({
			personId,
			room: roomInfo,
			/** How this person gets in. */
			admission,
			/** Whether the place of the previous page was kept. */
			kept: v.boolean(),
			/** Of a kept place: the newest secret, if it changed since the peer joined. */
			newSecret: v.optional(newSecret),
			/** How many other people are in the room. */
			present: v.number(),
			routerRtpCapabilities: rtpCapabilities,
			/** The codec of this room's videos. */
			videoCodec,
			/** None for a client that may not come in yet: it asks again when it may. */
			iceServers: v.array(iceServer),
			sendTransport: transportOptions,
			recvTransport: transportOptions,
		}),
	),
	/**
	 * In the lobby: paused consumers of the media that the client would receive first, so that the join needs no
	 * negotiation. Repeating it updates the list.
	 */
	'lobby:prepare': request(
		v.object({ rtpCapabilities, firstPage }),
		v.object({ consumers: v.array(consumerInfo), unavailable }),
	),
	/**
	 * From the lobby into the room; or, with the resume token of an earlier join, back to the same peer. Answers with
	 * the whole state of the room either way.
	 */
	'room:join': request(
		v.object({
			roomId,
			name: nameInRoom,
			rtpCapabilities,
			firstPage,
			resumeToken: v.optional(resumeToken),
			/** As in `lobby:enter`. The first one who joins a new room makes it an encrypted one. */
			encryption: v.optional(v.object({ check: encryptionCheck, exchangeKey })),
		}),
		v.object({
			room: roomInfo,
			you: v.object({
				...peerInfo.entries,
				/** A host stopped the camera, and its owner has not turned it on since. */
				cameraStopped: v.boolean(),
				resumeToken,
			}),
			/** The other peers. */
			peers: v.array(peerInfo),
			/** Every consumer this peer has now, oldest first. */
			consumers: v.array(consumerInfo),
			/** Media that the client was to receive but that has no consumer. */
			unavailable,
			/** The waiting people, for hosts; empty for others. */
			knocks: v.array(knock),
			speakers,
			videoCodec,
			/** Whether the server wants `media:quality` once a minute. */
			reportQuality: v.optional(v.boolean()),
			/** The newest secret, if it changed since the peer joined. */
			newSecret: v.optional(newSecret),
			/** The secret is to change, and this peer's person is a host. */
			secretDue: v.optional(v.boolean()),
		}),
	),
	'room:leave': request(
		v.object({
			/** The page unloads, and may load again: the place is kept for a moment. */
			unloading: v.optional(v.boolean()),
		}),
		v.object({}),
	),
	/** Raising a raised hand keeps its place in the line. */
	'room:hand': request(v.object({ raised: v.boolean() }), v.object({})),
	'room:react': request(v.object({ emoji: reaction }), v.object({})),
	/** A host names the room, also from outside of its call; null removes the name. */
	'room:name': request(v.object({ roomId, name: v.nullable(nameOfRoom) }), v.object({})),
	/** Changes the person's own name. */
	'room:rename': request(v.object({ name: nameInRoom }), v.object({})),
} as const;

export const roomFacts = {
	/** To the call, the lobby, and sockets that opened the room's chats; null if the name was removed. */
	'room:named': fact(v.object({ roomId, name: v.nullable(v.string()) })),
	/** To clients in the lobby. */
	'lobby:present': fact(v.object({ present: v.number() })),
	'peer:joined': fact(v.object({ peer: peerInfo })),
	/** The whole state of a peer, including the client's own, after any of it changed. */
	'peer:updated': fact(v.object({ peerId, ...peerState })),
	'peer:reacted': fact(v.object({ peerId, emoji: reaction })),
	'room:speakers': fact(speakers),
	/** The connection of a peer was lost, or returned. */
	'peer:connection': fact(v.object({ peerId, connected: v.boolean() })),
	'peer:left': fact(v.object({ peerId })),
	/** This socket has lost its peer or its place in the lobby. */
	'room:ended': fact(v.object({ code: errorCode, message: v.string() })),
} as const;
