import * as v from 'valibot';

/*
 * The ORTC shapes of requests and answers, bounded so that no request makes the server work long. Other people's
 * browsers write these texts into session descriptions, line by line: no text may end its line, or the attribute that
 * it is part of. The values are checked for consistency where they are used. Source of the shapes: mediasoup's "RTP
 * Parameters and Capabilities".
 */

const token = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.-]{1,64}$/));
/** Visible ASCII characters. Empty if a browser names no source, as for a picture in several sizes. */
const cname = v.pipe(v.string(), v.regex(/^[!-~]{0,255}$/));
const payloadType = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(127));
const extensionId = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255));
const ssrc = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffffffff));
const clockRate = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000));
const channels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(255));
const mimeType = v.pipe(v.string(), v.regex(/^(?:audio|video)\/[A-Za-z0-9.-]{1,32}$/));

export const mediaKind = v.picklist(['audio', 'video']);
export type MediaKind = v.InferOutput<typeof mediaKind>;

const largest = 0x7fffffff;
const codecSettings = v.pipe(
	v.record(
		v.pipe(v.string(), v.regex(/^[A-Za-z0-9_./-]{1,64}$/)),
		v.union([
			v.pipe(v.string(), v.regex(/^[!-:<-~]{0,256}$/)),
			v.pipe(v.number(), v.minValue(-largest), v.maxValue(largest)),
		]),
	),
	v.maxEntries(32),
);
const rtcpFeedback = v.pipe(
	v.array(v.object({ type: token, parameter: v.optional(v.union([v.literal(''), token])) })),
	v.maxLength(16),
);
const headerExtensionUri = v.picklist([
	'urn:ietf:params:rtp-hdrext:sdes:mid',
	'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
	'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
	'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
	'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
	'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
	'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
	'urn:3gpp:video-orientation',
	'urn:ietf:params:rtp-hdrext:toffset',
	'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
	'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
	'urn:mediasoup:params:rtp-hdrext:packet-id',
]);

const codecCapability = v.object({
	kind: mediaKind,
	mimeType,
	preferredPayloadType: payloadType,
	clockRate,
	channels: v.optional(channels),
	parameters: v.optional(codecSettings),
	rtcpFeedback: v.optional(rtcpFeedback),
});

/** What an endpoint can receive. */
export const rtpCapabilities = v.object({
	codecs: v.optional(v.pipe(v.array(codecCapability), v.maxLength(64))),
	headerExtensions: v.optional(
		v.pipe(
			v.array(
				v.object({
					kind: mediaKind,
					uri: headerExtensionUri,
					preferredId: extensionId,
					preferredEncrypt: v.optional(v.boolean()),
					direction: v.optional(v.picklist(['sendrecv', 'sendonly', 'recvonly', 'inactive'])),
				}),
			),
			v.maxLength(64),
		),
	),
});
export type RtpCapabilities = v.InferOutput<typeof rtpCapabilities>;

/** The parameters of a producer or of a consumer. */
export const rtpParameters = v.object({
	/** As the engine reads it from packets: at most 8 characters. */
	mid: v.optional(v.pipe(v.string(), v.regex(/^[!-~]{1,8}$/))),
	codecs: v.pipe(
		v.array(
			v.object({
				mimeType,
				payloadType,
				clockRate,
				channels: v.optional(channels),
				parameters: v.optional(codecSettings),
				rtcpFeedback: v.optional(rtcpFeedback),
			}),
		),
		v.minLength(1),
		v.maxLength(16),
	),
	headerExtensions: v.optional(
		v.pipe(
			v.array(
				v.object({
					uri: headerExtensionUri,
					id: extensionId,
					encrypt: v.optional(v.boolean()),
					parameters: v.optional(codecSettings),
				}),
			),
			v.maxLength(32),
		),
	),
	encodings: v.optional(
		v.pipe(
			v.array(
				v.object({
					ssrc: v.optional(ssrc),
					rid: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{1,16}$/))),
					codecPayloadType: v.optional(payloadType),
					rtx: v.optional(v.object({ ssrc })),
					dtx: v.optional(v.boolean()),
					scalabilityMode: v.optional(
						v.pipe(v.string(), v.regex(/^[LS][1-4]T[1-3]h?(?:_KEY(?:_SHIFT)?)?$/)),
					),
					maxBitrate: v.optional(
						v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000_000)),
					),
				}),
			),
			v.maxLength(4),
		),
	),
	rtcp: v.optional(v.object({ cname: v.optional(cname), reducedSize: v.optional(v.boolean()) })),
	/** The stream id and the track id. */
	msid: v.optional(v.pipe(v.string(), v.regex(/^[!-~]{1,128}(?: [!-~]{1,128})?$/))),
});
export type RtpParameters = v.InferOutput<typeof rtpParameters>;

/** The length of each algorithm's fingerprint, in bytes. */
const fingerprintBytes = {
	'sha-1': 20,
	'sha-224': 28,
	'sha-256': 32,
	'sha-384': 48,
	'sha-512': 64,
};

export const dtlsParameters = v.object({
	role: v.optional(v.picklist(['auto', 'client', 'server'])),
	fingerprints: v.pipe(
		v.array(
			v.pipe(
				v.object({
					algorithm: v.picklist(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
					value: v.pipe(v.string(), v.regex(/^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){19,63}$/)),
				}),
				v.check(
					({ algorithm, value }) => value.length + 1 === fingerprintBytes[algorithm] * 3,
					'must be as long as its algorithm makes it',
				),
			),
		),
		v.minLength(1),
		v.maxLength(8),
	),
});
export type DtlsParameters = v.InferOutput<typeof dtlsParameters>;

export const iceParameters = v.object({
	usernameFragment: v.string(),
	password: v.string(),
	iceLite: v.optional(v.boolean()),
});

/** Everything that a client needs to build its end of a transport. */
export const transportOptions = v.object({
	id: v.string(),
	iceParameters,
	iceCandidates: v.array(
		v.object({
			foundation: v.string(),
			priority: v.number(),
			ip: v.string(),
			address: v.string(),
			protocol: v.picklist(['udp', 'tcp']),
			port: v.number(),
			type: v.literal('host'),
			tcpType: v.optional(v.literal('passive')),
		}),
	),
	dtlsParameters,
});
export type TransportOptions = v.InferOutput<typeof transportOptions>;

/** In the form of RTCConfiguration. */
export const iceServer = v.object({
	urls: v.union([v.string(), v.array(v.string())]),
	username: v.optional(v.string()),
	credential: v.optional(v.string()),
});
export type IceServer = v.InferOutput<typeof iceServer>;
