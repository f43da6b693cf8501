import type { ProducerCodecOptions, RtpEncodingParameters } from 'mediasoup-client/types';

/** The picture the camera is asked for, and that the black one in the lobby has. */
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

/** Which of `count` encodings to encode, lowest first. */
export function activeEncodings(count: number, demand: Demand): boolean[] {
	return Array.from({ length: count }, (_, layer) => {
		if (demand === undefined) return true;
		return demand !== null && layer <= demand;
	});
}

/**
 * Encodes what is demanded and nothing else. Says nothing to the browser that it knows already, because
 * each change may restart an encoder. Calls for one sender must not overlap.
 */
export async function applyDemand(sender: RTCRtpSender, demand: Demand): Promise<void> {
	const parameters = sender.getParameters();
	const active = activeEncodings(parameters.encodings.length, demand);
	if (parameters.encodings.every((encoding, layer) => (encoding.active ?? true) === active[layer]))
		return;
	parameters.encodings.forEach((encoding, layer) => (encoding.active = active[layer] ?? true));
	await sender.setParameters(parameters);
}
