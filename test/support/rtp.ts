import { randomInt } from 'node:crypto';
import { newProducerId } from '../../shared/ids.ts';
import { kindOfSource, type MediaSource } from '../../shared/mediaSource.ts';
import type { Sent } from '../../shared/protocol.ts';
import type { DtlsParameters, RtpParameters } from '../../shared/rtp.ts';

/** What a sender of Opus describes. */
function opus(): RtpParameters {
	return {
		codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48000, channels: 2 }],
		headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 }],
		encodings: [{ ssrc: randomInt(1, 0xffffffff) }],
		rtcp: { cname: 'test' },
	};
}

/** What a sender of VP8 with three simulcast layers describes. */
function vp8(mid: string): RtpParameters {
	return {
		mid,
		codecs: [
			{
				mimeType: 'video/VP8',
				payloadType: 96,
				clockRate: 90000,
				rtcpFeedback: [
					{ type: 'nack' },
					{ type: 'nack', parameter: 'pli' },
					{ type: 'transport-cc' },
				],
			},
		],
		headerExtensions: [
			{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 },
			{ uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 2 },
		],
		encodings: ['r0', 'r1', 'r2'].map((rid) => ({ rid, scalabilityMode: 'L1T3' })),
		rtcp: { cname: 'test' },
	};
}

/** What a sender of one video in three layers that build on each other describes. */
export function svc(codec: 'vp9' | 'av1'): RtpParameters {
	const like = vp8(String(randomInt(1, 1_000_000)));
	const dependencies =
		'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension';
	return {
		...like,
		codecs: like.codecs.map((one) => ({
			...one,
			mimeType: codec === 'vp9' ? 'video/VP9' : 'video/AV1',
			...(codec === 'vp9' && { parameters: { 'profile-id': 0 } }),
		})),
		headerExtensions: [
			{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 },
			...(codec === 'av1' ? ([{ uri: dependencies, id: 3 }] as const) : []),
		],
		encodings: [{ ssrc: randomInt(1, 0xffffffff), scalabilityMode: 'L3T3_KEY' }],
	};
}

/** A `media:produce` that the media engine accepts. */
export function produceInput(
	source: MediaSource,
	changes: Partial<Sent<'media:produce'>> = {},
): Sent<'media:produce'> {
	const isVideo = kindOfSource[source] === 'video';
	return {
		producerId: newProducerId(),
		source,
		paused: false,
		width: isVideo ? 1280 : 0,
		height: isVideo ? 720 : 0,
		rtpParameters: isVideo ? vp8(String(randomInt(1, 1_000_000))) : opus(),
		...changes,
	};
}

/** DTLS parameters with a made-up fingerprint: good enough until somebody shakes hands. */
export function dtls(byte = 'AB'): DtlsParameters {
	const value = Array.from({ length: 32 }, () => byte).join(':');
	return { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] };
}
