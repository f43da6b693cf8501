import type { RouterRtpCodecCapability } from 'mediasoup/types';

/**
 * What every router offers. VP8 comes first among the videos because it is what browsers then send
 * by default, and its simulcast works in all of them; the others are there for those who choose
 * them. Opus with NACK lets lost speech be sent again within the jitter buffer.
 */
export const codecs: RouterRtpCodecCapability[] = [
	{
		kind: 'audio',
		mimeType: 'audio/opus',
		clockRate: 48000,
		channels: 2,
		parameters: { useinbandfec: 1, usedtx: 1 },
		rtcpFeedback: [{ type: 'nack' }, { type: 'transport-cc' }],
	},
	{ kind: 'video', mimeType: 'video/VP8', clockRate: 90000 },
	{ kind: 'video', mimeType: 'video/VP9', clockRate: 90000, parameters: { 'profile-id': 0 } },
	{
		kind: 'video',
		mimeType: 'video/H264',
		clockRate: 90000,
		parameters: {
			'packetization-mode': 1,
			'profile-level-id': '42e01f',
			'level-asymmetry-allowed': 1,
		},
	},
	{ kind: 'video', mimeType: 'video/AV1', clockRate: 90000 },
];
