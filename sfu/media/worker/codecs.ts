import { parseScalabilityMode } from 'mediasoup';
import type { Consumer, ConsumerLayers, RouterRtpCodecCapability } from 'mediasoup/types';
import type { VideoCodec } from '#shared/media.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';

/** Opus with NACK lets lost speech be sent again within the jitter buffer. */
const opus: RouterRtpCodecCapability = {
	kind: 'audio',
	mimeType: 'audio/opus',
	clockRate: 48000,
	channels: 2,
	parameters: { useinbandfec: 1, usedtx: 1 },
	rtcpFeedback: [{ type: 'nack' }, { type: 'transport-cc' }],
};

const videos: Record<VideoCodec, RouterRtpCodecCapability> = {
	vp8: { kind: 'video', mimeType: 'video/VP8', clockRate: 90000 },
	vp9: {
		kind: 'video',
		mimeType: 'video/VP9',
		clockRate: 90000,
		parameters: { 'profile-id': 0 },
	},
	av1: { kind: 'video', mimeType: 'video/AV1', clockRate: 90000 },
};

/**
 * The codecs of a router: VP8, which every browser sends and receives, and the configured one. No more than
 * that, because every codec makes every session description longer.
 */
export function routerCodecs(configured: VideoCodec): RouterRtpCodecCapability[] {
	const { vp8 } = videos;
	return configured === 'vp8' ? [opus, vp8] : [opus, vp8, videos[configured]];
}

/** Whether a client with these capabilities can receive the codec. */
export function canReceive({ codecs = [] }: RtpCapabilities, codec: VideoCodec): boolean {
	const wanted = videos[codec].mimeType.toLowerCase();
	return codecs.some(({ mimeType }) => mimeType.toLowerCase() === wanted);
}

/** The layers to set for this layer, or for the highest that there is; null if the consumer has them or has no layers. */
export function changedLayers(
	{ type, rtpParameters, preferredLayers }: Consumer,
	wanted: number,
): ConsumerLayers | null {
	if (type === 'simple') return null;
	const { spatialLayers } = parseScalabilityMode(rtpParameters.encodings?.[0]?.scalabilityMode);
	const spatialLayer = Math.min(wanted, spatialLayers - 1);
	return spatialLayer === preferredLayers?.spatialLayer ? null : { spatialLayer };
}
