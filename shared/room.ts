import * as v from 'valibot';
import { admission, knock, roomPolicy } from './admission.ts';
import { reaction } from './chat.ts';
import { fact, request } from './define.ts';
import { errorCode } from './errors.ts';
import { peerId, personId, resumeToken, roomId } from './ids.ts';
import { limits } from './limits.ts';
import { consumerInfo, producerInfo, unavailable, videoCodec } from './media.ts';
import { role } from './members.ts';
import { iceServer, rtpCapabilities, transportOptions } from './rtp.ts';
import { displayName } from './text.ts';

export const roomInfo = v.object({
	id: roomId,
	/** What people call the room; its id as long as nobody named it. */
	title: v.string(),
	/** `call`: made for a call, and those who are called come in. */
	kind: v.picklist(['open', 'call']),
	policy: roomPolicy,
});
export type RoomInfo = v.InferOutput<typeof roomInfo>;

/** What changes about a peer by what people do. */
const peerState = {
	name: v.string(),
	role,
	/** Since when the hand is raised, in ms since 1970; null when it is not. The earliest is the first in line. */
	hand: v.nullable(v.number()),
	/** A host silenced the microphone. */
	hostMuted: v.boolean(),
};

export const peerInfo = v.object({
	peerId,
	personId,
	...peerState,
	/** False while the server waits for a lost connection to return. */
	connected: v.boolean(),
	producers: v.array(producerInfo),
});
export type PeerInfo = v.InferOutput<typeof peerInfo>;

/** Who is speaking now, and who has the word: the latest speaker, also during a pause. */
export const speakers = v.object({ speaking: v.array(peerId), active: v.nullable(peerId) });
export type Speakers = v.InferOutput<typeof speakers>;

/** How much of the room the client will show at once: its first page of tiles. */
const firstPage = v.object({
	videos: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.firstVideos)),
	width: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.pixels)),
	height: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.pixels)),
});
export type FirstPage = v.InferOutput<typeof firstPage>;

export const roomRequests = {
	/** All that is needed to get ready: repeating it starts over with new transports. */
	'lobby:enter': request(
		v.object({
			roomId,
			/** Of the page that this one follows: its place, if it is kept, is this one's. */
			follows: v.optional(resumeToken),
		}),
		v.object({
			personId,
			room: roomInfo,
			/** How this person gets in. */
			admission,
			/** Whether the place of the page that this one follows was kept. */
			kept: v.boolean(),
			/** How many others are inside. */
			present: v.number(),
			routerRtpCapabilities: rtpCapabilities,
			/** What the videos of this room are sent in. */
			videoCodec,
			/** None for those who may not come in yet: they ask again when they may. */
			iceServers: v.array(iceServer),
			sendTransport: transportOptions,
			recvTransport: transportOptions,
		}),
	),
	/**
	 * In the lobby: paused consumers of what this client would see first, so that after the join nothing
	 * needs to be negotiated. Repeating it follows who comes and goes.
	 */
	'lobby:prepare': request(
		v.object({ rtpCapabilities, firstPage }),
		v.object({ consumers: v.array(consumerInfo), unavailable }),
	),
	/**
	 * From the lobby into the room; or, with the resume token of an earlier join, back to the peer
	 * one was. Answers with the whole state of the room either way.
	 */
	'room:join': request(
		v.object({
			roomId,
			name: displayName,
			rtpCapabilities,
			firstPage,
			resumeToken: v.optional(resumeToken),
		}),
		v.object({
			room: roomInfo,
			you: v.object({
				...peerInfo.entries,
				/** A host stopped the camera, and it was not turned on again since. */
				cameraStopped: v.boolean(),
				resumeToken,
			}),
			/** The others. */
			peers: v.array(peerInfo),
			/** Every consumer this peer has now, oldest first. */
			consumers: v.array(consumerInfo),
			/** What there is no consumer of though this client was to have it. */
			unavailable,
			/** Who waits at the door, as hosts are told; none for others. */
			knocks: v.array(knock),
			speakers,
			videoCodec,
		}),
	),
	'room:leave': request(
		v.object({
			/** The page goes, and may be about to be loaded again: the place is kept for a moment. */
			unloading: v.optional(v.boolean()),
		}),
		v.object({}),
	),
	/** Raising a hand that is raised leaves it at its place in the line. */
	'room:hand': request(v.object({ raised: v.boolean() }), v.object({})),
	'room:react': request(v.object({ emoji: reaction }), v.object({})),
	'room:rename': request(v.object({ name: displayName }), v.object({})),
} as const;

export const roomFacts = {
	/** To people in the lobby. */
	'lobby:present': fact(v.object({ present: v.number() })),
	'peer:joined': fact(v.object({ peer: peerInfo })),
	/** The whole state of a peer, one's own too, after anything of it changed. */
	'peer:updated': fact(v.object({ peerId, ...peerState })),
	'peer:reacted': fact(v.object({ peerId, emoji: reaction })),
	'room:speakers': fact(speakers),
	/** The connection of a peer was lost, or came back. */
	'peer:connection': fact(v.object({ peerId, connected: v.boolean() })),
	'peer:left': fact(v.object({ peerId })),
	/** This socket has no peer and no place in a lobby any more. */
	'room:ended': fact(v.object({ code: errorCode, message: v.string() })),
} as const;
