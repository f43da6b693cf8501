import * as v from 'valibot';
import { fact, request } from './define.ts';
import { errorCode } from './errors.ts';
import { consumerId, peerId, producerId } from './ids.ts';
import { limits } from './limits.ts';
import { mediaSource } from './mediaSource.ts';
import {
	dtlsParameters,
	iceParameters,
	iceServer,
	mediaKind,
	rtpCapabilities,
	rtpParameters,
} from './rtp.ts';

const edge = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.pixels));
const nothing = v.object({});
const iceServers = v.array(iceServer);

/** Size of a picture in pixels; 0 by 0 for audio and for a picture that does not exist yet. */
const size = { width: edge, height: edge };

/**
 * How many sizes of a picture are sent, each with half the width and height of the next. Browsers send small pictures
 * in fewer sizes than were negotiated. Without this field all negotiated sizes count.
 */
const layers = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4)));

/**
 * The codec of a room's cameras and screens: VP8 in several independent sizes, VP9 in sizes that build on each other,
 * or AV1 in the single size that is requested most.
 */
export const videoCodec = v.picklist(['vp8', 'vp9', 'av1']);
export type VideoCodec = v.InferOutput<typeof videoCodec>;

/** A producer, as everybody in the room may know it. */
export const producerInfo = v.object({
	producerId,
	source: mediaSource,
	/** Muted, or camera off. */
	paused: v.boolean(),
	...size,
});
export type ProducerInfo = v.InferOutput<typeof producerInfo>;

/** A consumer as its client needs it to receive. It is paused until `media:resume`. */
export const consumerInfo = v.object({
	consumerId,
	producerId,
	/** The peer that owns the producer. */
	peerId,
	kind: mediaKind,
	rtpParameters,
});
export type ConsumerInfo = v.InferOutput<typeof consumerInfo>;

/**
 * A subscription: how large the media is shown, in device pixels, and its priority (1 to 255). A video of 0 by 0 is
 * kept ready and not sent. Audio has no size.
 */
export const want = v.object({
	producerId,
	...size,
	priority: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255)),
});
export type Want = v.InferOutput<typeof want>;

/** The items of a request that failed, and why: each item of a set succeeds or fails by itself. */
export const unavailable = v.array(v.object({ id: v.string(), code: errorCode }));
export type Unavailable = v.InferOutput<typeof unavailable>;

/**
 * Whether a person hears an open microphone: they do; they will as soon as its owner speaks; their connection is lost;
 * or nothing flows to them yet.
 */
export const hearingState = v.picklist(['hears', 'silent', 'lost', 'not-ready']);
export type HearingState = v.InferOutput<typeof hearingState>;

export const mediaRequests = {
	/** Starts DTLS on one of the two transports. Repeating it with the same parameters is harmless. */
	'media:connect': request(
		v.object({ direction: v.picklist(['send', 'recv']), dtlsParameters }),
		nothing,
	),
	/** Requests new ICE credentials for a transport whose network path changed. */
	'media:restart-ice': request(
		v.object({ direction: v.picklist(['send', 'recv']) }),
		v.object({ iceParameters, iceServers }),
	),
	/** Requests the STUN and TURN servers: the client was admitted only now, or its credentials have expired. */
	'media:ice-servers': request(nothing, v.object({ iceServers })),
	/** Creates a producer under the client's id. Repeating the request is harmless. */
	'media:produce': request(
		v.object({
			producerId,
			source: mediaSource,
			paused: v.boolean(),
			...size,
			layers,
			rtpParameters,
		}),
		nothing,
	),
	/** States the present state of a producer of the client's own. */
	'media:update': request(v.object({ producerId, paused: v.boolean(), ...size, layers }), nothing),
	/** Closes a producer. */
	'media:close': request(v.object({ producerId }), nothing),
	/** In the lobby: receives the client's own media back, which proves the media path. */
	'media:loopback': request(
		v.object({ rtpCapabilities }),
		v.object({ consumers: v.array(consumerInfo), unavailable }),
	),
	/** The full set of the client's subscriptions. The answer holds the new consumers. */
	'media:want': request(
		v.object({ wants: v.pipe(v.array(want), v.maxLength(limits.wants)) }),
		v.object({ consumers: v.array(consumerInfo), unavailable }),
	),
	/** The client has built these consumers: lets media flow. */
	'media:resume': request(
		v.object({ consumerIds: v.pipe(v.array(consumerId), v.maxLength(limits.consumers)) }),
		v.object({ unavailable }),
	),
	/** Which peers receive the client's own microphone now. */
	'media:hearing': request(
		nothing,
		v.object({
			/** `unreached`: the microphone is open, but its path to the server is not. */
			microphone: v.picklist(['none', 'paused', 'unreached', 'open']),
			/** The other peers, longest present first. */
			peers: v.array(v.object({ peerId, state: hearingState })),
		}),
	),
	/** What the client measured since its last report. Only clients whose `room:join` was answered with `reportQuality` send it. */
	'media:quality': request(
		v.object({
			/** The share of the packets from the server that were lost, 0 to 1; null if none came. */
			loss: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
			/** How long a packet takes to the server and back, in ms; null if unknown. */
			roundTrip: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(limits.roundTrip))),
			/** How often a received picture stood still. */
			freezes: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.freezes)),
			/** From the click on Join to the first picture of another person, in ms; in the first report only. */
			firstPicture: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(limits.firstPicture))),
		}),
		nothing,
	),
	/** No frame came, or the picture broke: requests a key frame from the sender. */
	'media:keyframe': request(
		v.object({ consumerIds: v.pipe(v.array(consumerId), v.maxLength(limits.consumers)) }),
		v.object({ unavailable }),
	),
} as const;

export const mediaFacts = {
	'producer:added': fact(v.object({ peerId, producer: producerInfo })),
	'producer:updated': fact(v.object({ peerId, producer: producerInfo })),
	'producer:closed': fact(v.object({ peerId, producerId })),
	/**
	 * The whole list of pre-subscribed consumers of people who may come next: callees, or the next partner. Nothing
	 * flows before they come.
	 */
	'media:ahead': fact(v.object({ consumers: v.array(consumerInfo) })),
	/** To the room and its lobby: the codec to send videos in from now on. */
	'media:codec': fact(v.object({ videoCodec })),
	/**
	 * To the owner: the requested quality, which is the highest spatial layer that a viewer wants, or null without a
	 * viewer.
	 */
	'media:demand': fact(
		v.object({
			producerId,
			spatialLayer: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
		}),
	),
} as const;
