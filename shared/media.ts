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

/** Size of a picture in pixels; 0 by 0 for audio and for a picture that is not there yet. */
const size = { width: edge, height: edge };

/**
 * In how many sizes a picture is sent, each with half the edges of the next. Browsers send small pictures
 * in fewer sizes than were negotiated; unless stated, all of those count.
 */
const layers = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4)));

/**
 * What the cameras and screens of a room are sent in: VP8 in several sizes side by side, VP9 in sizes that
 * build on each other, or AV1 in the one size that is wanted most.
 */
export const videoCodec = v.picklist(['vp8', 'vp9', 'av1']);
export type VideoCodec = v.InferOutput<typeof videoCodec>;

/** What everybody in the room may know of a producer. */
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
	/** Whose producer this is. */
	peerId,
	kind: mediaKind,
	rtpParameters,
});
export type ConsumerInfo = v.InferOutput<typeof consumerInfo>;

/**
 * One thing a client wants to receive: how large it is shown, in device pixels, and how much it
 * matters (1 to 255). A video of 0 by 0 is kept ready and not sent. Audio has no size.
 */
export const want = v.object({
	producerId,
	...size,
	priority: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255)),
});
export type Want = v.InferOutput<typeof want>;

/** What could not be had or done, and why: of a set each item succeeds or fails by itself. */
export const unavailable = v.array(v.object({ id: v.string(), code: errorCode }));
export type Unavailable = v.InferOutput<typeof unavailable>;

/**
 * Whether somebody hears a microphone that is open: they do; they will as soon as somebody speaks into it; their
 * connection is lost; or nothing flows to them yet.
 */
export const hearingState = v.picklist(['hears', 'silent', 'lost', 'not-ready']);
export type HearingState = v.InferOutput<typeof hearingState>;

export const mediaRequests = {
	/** Starts DTLS on one of the two transports. Repeating it with the same parameters is harmless. */
	'media:connect': request(
		v.object({ direction: v.picklist(['send', 'recv']), dtlsParameters }),
		nothing,
	),
	/** New ICE credentials for a transport whose network path changed. */
	'media:restart-ice': request(
		v.object({ direction: v.picklist(['send', 'recv']) }),
		v.object({ iceParameters, iceServers }),
	),
	/** The STUN and TURN servers anew: the client may come in only now, or what it had for them has expired. */
	'media:ice-servers': request(nothing, v.object({ iceServers })),
	/** Sends something new. The id is the client's; repeating the request is harmless. */
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
	/** States how a producer of one's own is now. */
	'media:update': request(v.object({ producerId, paused: v.boolean(), ...size, layers }), nothing),
	/** Stops sending. */
	'media:close': request(v.object({ producerId }), nothing),
	/** In the lobby: receive back what one sends, which proves the media path. */
	'media:loopback': request(
		v.object({ rtpCapabilities }),
		v.object({ consumers: v.array(consumerInfo), unavailable }),
	),
	/** The full set of what this client wants to receive. The answer holds the new consumers. */
	'media:want': request(
		v.object({ wants: v.pipe(v.array(want), v.maxLength(limits.wants)) }),
		v.object({ consumers: v.array(consumerInfo), unavailable }),
	),
	/** The client has built these consumers: let media flow. */
	'media:resume': request(
		v.object({ consumerIds: v.pipe(v.array(consumerId), v.maxLength(limits.consumers)) }),
		v.object({ unavailable }),
	),
	/** Who receives one's microphone now. */
	'media:hearing': request(
		nothing,
		v.object({
			/** `unreached`: it is open, and the way to the server is not. */
			microphone: v.picklist(['none', 'paused', 'unreached', 'open']),
			/** Each of the others, longest present first. */
			peers: v.array(v.object({ peerId, state: hearingState })),
		}),
	),
	/** No frame came, or the picture broke: ask the sender for a key frame. */
	'media:keyframe': request(
		v.object({ consumerIds: v.pipe(v.array(consumerId), v.maxLength(limits.consumers)) }),
		v.object({ unavailable }),
	),
} as const;

export const mediaFacts = {
	'producer:added': fact(v.object({ peerId, producer: producerInfo })),
	'producer:updated': fact(v.object({ peerId, producer: producerInfo })),
	'producer:closed': fact(v.object({ peerId, producerId })),
	/** All that is made ready of people who may come next: those who were called, or the next partner. Nothing of it flows before. */
	'media:ahead': fact(v.object({ consumers: v.array(consumerInfo) })),
	/** To the room and its lobby: what videos are to be sent in from now on. */
	'media:codec': fact(v.object({ videoCodec })),
	/** To the owner: the highest spatial layer that anyone wants, or null when nobody watches. */
	'media:demand': fact(
		v.object({
			producerId,
			spatialLayer: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
		}),
	),
} as const;
