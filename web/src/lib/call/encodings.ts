import type { ProducerCodecOptions, RtpEncodingParameters } from 'mediasoup-client/types';
import type { ShareMode } from './model.ts';

/** In pixels. */
export type PictureSize = { width: number; height: number };

/** The picture the camera is asked for, and that the black one has until the camera's is known. */
export const cameraSize = { width: 1280, height: 720 } as const;

/** Three sizes of the camera, smallest first, for 180, 360 and 720 lines. */
export const cameraEncodings: readonly RtpEncodingParameters[] = [
	{ scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: 'L1T3' },
	{ scaleResolutionDownBy: 2, maxBitrate: 500_000, scalabilityMode: 'L1T3' },
	{ scaleResolutionDownBy: 1, maxBitrate: 1_700_000, scalabilityMode: 'L1T3' },
];

/** The first seconds should not look like a bad line: begin where most lines can follow. */
export const cameraCodecOptions: ProducerCodecOptions = { videoGoogleStartBitrate: 1000 };

/** Speech: silence costs nothing, and a lost packet is repaired twice over. */
export const microphoneCodecOptions: ProducerCodecOptions = {
	opusStereo: false,
	opusDtx: true,
	opusFec: true,
	opusNack: true,
};

/** How much one encoding may take at most, in bits and in pictures per second, and its rank among the others. */
export type Rate = { maxBitrate: number; maxFramerate: number; priority: 'low' | 'high' };

/** Text is read: few pictures, each of them sharp. */
const shareRates = {
	text: { maxBitrate: 2_500_000, maxFramerate: 15 },
	motion: { maxBitrate: 4_000_000, maxFramerate: 30 },
} as const satisfies Record<ShareMode, Omit<Rate, 'priority'>>;

/**
 * What a share may take. It comes before the camera where bandwidth is short, yet not in its first
 * moments: until the browser has found out how much more there is, it would take what the camera has and
 * stop the picture that others are looking at.
 */
export const shareRate = (mode: ShareMode, rank: 'new' | 'settled'): Rate => ({
	...shareRates[mode],
	priority: rank === 'new' ? 'low' : 'high',
});

/** How long a share counts as new, in milliseconds. */
export const shareSettling = 2000;

/**
 * A share is sent once, in full: text that is scaled down is worth nothing. Its layers of time let the
 * server send fewer pictures over a weak line.
 */
export const shareEncodings = (mode: ShareMode): RtpEncodingParameters[] => [
	{ ...shareRate(mode, 'new'), scalabilityMode: 'L1T3', networkPriority: 'high' },
];

/** Music and films, in stereo; silence between them is not cut. */
export const shareAudioCodecOptions: ProducerCodecOptions = {
	opusStereo: true,
	opusDtx: false,
	opusFec: true,
	opusNack: true,
	opusMaxAverageBitrate: 128_000,
};

/**
 * The highest layer anyone wants, null where nobody does. Undefined as long as the server said nothing:
 * then all of it is sent.
 */
export type Demand = number | null | undefined;

/**
 * From how many pixels on Chromium sends a picture in so many sizes. Of a smaller one it sends only the
 * first encodings, whatever they are scaled to; so those must end with the full picture.
 */
const pixelsForLayers = [0, 480 * 270, 960 * 540] as const;

/** In how many sizes a picture of this size is sent. */
export function layersOf(width: number, height: number): number {
	return pixelsForLayers.filter((pixels) => width * height >= pixels).length;
}

/** How one encoding has to be: whether it is encoded, and how much smaller than the picture. */
type Plan = { active: boolean; scaleResolutionDownBy: number };

/**
 * What to make of `count` negotiated encodings, lowest first, when the picture is sent in `layers` sizes
 * and this much of it is wanted.
 */
export function planEncodings(count: number, layers: number, demand: Demand): Plan[] {
	const used = Math.min(count, layers);
	return Array.from({ length: count }, (_, layer) => ({
		active: layer < used && (demand === undefined || (demand !== null && layer <= demand)),
		scaleResolutionDownBy: layer < used ? 2 ** (used - 1 - layer) : 1,
	}));
}

/**
 * Encodes what is demanded and nothing else. Says nothing to the browser that it knows already, because
 * each change may restart an encoder. Calls for one sender must not overlap.
 */
export async function applyPlan(
	sender: Pick<RTCRtpSender, 'getParameters' | 'setParameters'>,
	{ layers, demand, rate }: { layers: number; demand: Demand; rate: Rate | null },
): Promise<void> {
	const parameters = sender.getParameters();
	const { encodings } = parameters;
	let changed = false;
	for (const [layer, plan] of planEncodings(encodings.length, layers, demand).entries()) {
		const encoding = encodings[layer];
		if (!encoding) continue;
		changed ||= (encoding.active ?? true) !== plan.active;
		encoding.active = plan.active;
		if (rate) {
			changed ||= encoding.maxBitrate !== rate.maxBitrate;
			changed ||= encoding.maxFramerate !== rate.maxFramerate;
			changed ||= encoding.priority !== rate.priority;
			Object.assign(encoding, rate);
		}
		// A single encoding is sound, or a picture sent as it is.
		if (encodings.length === 1) continue;
		changed ||= (encoding.scaleResolutionDownBy ?? 1) !== plan.scaleResolutionDownBy;
		encoding.scaleResolutionDownBy = plan.scaleResolutionDownBy;
	}
	if (changed) await sender.setParameters(parameters);
}
