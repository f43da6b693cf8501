import type { ProducerCodecOptions, RtpEncodingParameters } from 'mediasoup-client/types';

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
	sender: RTCRtpSender,
	{ layers, demand }: { layers: number; demand: Demand },
): Promise<void> {
	const parameters = sender.getParameters();
	const { encodings } = parameters;
	let changed = false;
	for (const [layer, plan] of planEncodings(encodings.length, layers, demand).entries()) {
		const encoding = encodings[layer];
		if (!encoding) continue;
		changed ||= (encoding.active ?? true) !== plan.active;
		encoding.active = plan.active;
		// A single encoding is sound, or a picture sent as it is.
		if (encodings.length === 1) continue;
		changed ||= (encoding.scaleResolutionDownBy ?? 1) !== plan.scaleResolutionDownBy;
		encoding.scaleResolutionDownBy = plan.scaleResolutionDownBy;
	}
	if (changed) await sender.setParameters(parameters);
}
