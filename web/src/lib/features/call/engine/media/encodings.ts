import type { Device, ProducerCodecOptions, RtpEncodingParameters } from 'mediasoup-client/types';
import type { ShareMode } from '../model.ts';
import type { Demand } from '../statistics/statisticsModel.ts';

/** In pixels. */
export type PictureSize = { width: number; height: number };

/** The size that is requested of the camera. The black picture has it until the size of the camera is known. */
export const cameraSize = { width: 1280, height: 720 } as const;

/** Three sizes of the camera, smallest first, for 180, 360 and 720 lines. */
const cameraEncodings: readonly RtpEncodingParameters[] = [
	{ scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: 'L1T3' },
	{ scaleResolutionDownBy: 2, maxBitrate: 500_000, scalabilityMode: 'L1T3' },
	{ scaleResolutionDownBy: 1, maxBitrate: 1_700_000, scalabilityMode: 'L1T3' },
];

/**
 * How the sizes of a picture are made: each as an encoding of its own, as `spatial` layers of one encoding, or by one
 * encoding that has the largest size which anyone wants, with nothing but `temporal` layers.
 */
export type Layering = 'simulcast' | 'spatial' | 'temporal';

type Codecs = NonNullable<Device['sendRtpCapabilities']['codecs']>;

/** The codec of videos as mediasoup-client describes it, and how its layers are made. */
export type SendCodec = {
	/** Undefined for the default codec of mediasoup-client, which is VP8. */
	codec: Codecs[number] | undefined;
	layering: Layering;
};

/** The bitrate that the layers of the camera may take together, from the lowest on, if they depend on each other. */
const svcBitrates = [150_000, 550_000, 1_700_000] as const;

/** So many sizes in one encoding; a higher one leans on the lower ones in key frames only. */
const svcMode = (layers: number) => (layers === 1 ? 'L1T3' : `L${layers}T3_KEY`);

/** The encodings of the camera. */
export const encodingsFor = (layering: Layering): readonly RtpEncodingParameters[] => {
	if (layering === 'simulcast') return cameraEncodings;
	const scalabilityMode = svcMode(layering === 'spatial' ? svcBitrates.length : 1);
	return [{ maxBitrate: svcBitrates[2], scalabilityMode }];
};

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

/** Text needs few pictures, each of them sharp. */
const shareRates = {
	text: { maxBitrate: 2_500_000, maxFramerate: 15 },
	motion: { maxBitrate: 4_000_000, maxFramerate: 30 },
} as const satisfies Record<ShareMode, Omit<Rate, 'priority'>>;

/**
 * The bitrate and the priority of a share. A share comes before the camera when bandwidth is short, but not in its
 * first moments: until the browser has found out how much more bandwidth there is, the share would take that of the
 * camera, and stop the picture that others are looking at.
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
export const musicCodecOptions: ProducerCodecOptions = {
	opusStereo: true,
	opusDtx: false,
	opusFec: true,
	opusNack: true,
	opusMaxAverageBitrate: 128_000,
};

/**
 * The number of pixels from which Chromium sends a picture in so many sizes. Of a smaller picture it sends only the
 * first encodings, whatever their scale. So those must end with the full picture.
 */
const pixelsForLayers = [0, 480 * 270, 960 * 540] as const;

/** In how many sizes a picture of this size is sent. */
export function layersOf(width: number, height: number): number {
	return pixelsForLayers.filter((pixels) => width * height >= pixels).length;
}

/** How one encoding has to be: whether it is encoded, and how much smaller than the picture. */
type Plan = { active: boolean; scaleResolutionDownBy: number };

/**
 * The plan for `count` negotiated encodings, lowest first, when the picture is sent in `layers` sizes and this much of
 * it is demanded.
 */
export function planEncodings(count: number, layers: number, demand: Demand): Plan[] {
	const used = Math.min(count, layers);
	return Array.from({ length: count }, (_, layer) => ({
		active: layer < used && (demand === undefined || (demand !== null && layer <= demand)),
		scaleResolutionDownBy: layer < used ? 2 ** (used - 1 - layer) : 1,
	}));
}

/**
 * The plan for a single encoding whose layers depend on each other. Its upper layers are dropped when nobody wants
 * them.
 */
type SvcPlan = Plan & { scalabilityMode: string; maxBitrate: number };

/** As `planEncodings`, for one encoding. */
export function planSvc(
	layers: number,
	demand: Demand,
	layering: Exclude<Layering, 'simulcast'> = 'spatial',
): SvcPlan {
	const used = Math.min(svcBitrates.length, layers);
	const wanted = Math.min(used, (demand ?? used - 1) + 1);
	return {
		active: demand !== null,
		scaleResolutionDownBy: 2 ** (used - wanted),
		scalabilityMode: svcMode(layering === 'spatial' ? wanted : 1),
		maxBitrate: svcBitrates[wanted - 1] ?? svcBitrates[0],
	};
}

/** How a picture is to be sent. */
export type Sending = {
	/** In how many sizes. */
	layers: number;
	demand: Demand;
	/** The bitrate of a share; null for a camera. */
	rate: Rate | null;
	layering: Layering;
};

/** The plan for each encoding. A single one is sound, or a picture that is sent unchanged. */
function planFor(count: number, { layers, demand, rate, layering }: Sending) {
	if (layering !== 'simulcast' && !rate) return [planSvc(layers, demand, layering)];
	return planEncodings(count, layers, demand).map(({ active, scaleResolutionDownBy }) => ({
		active,
		...(count > 1 && { scaleResolutionDownBy }),
		...rate,
	}));
}

/** The values that the browser assumes for fields that were never set. */
const unset: RTCRtpEncodingParameters = { active: true, scaleResolutionDownBy: 1 };

/**
 * Encodes only the layers that are demanded. Changes only what differs, because each change may restart an encoder.
 * Calls for one sender must not overlap.
 */
export async function applyPlan(
	sender: Pick<RTCRtpSender, 'getParameters' | 'setParameters'>,
	sending: Sending,
): Promise<void> {
	const parameters = sender.getParameters();
	const { encodings } = parameters;
	let changed = false;
	for (const [index, plan] of planFor(encodings.length, sending).entries()) {
		const encoding = encodings[index];
		if (!encoding) continue;
		const before = { ...unset, ...encoding };
		Object.assign(encoding, plan);
		const after = { ...unset, ...encoding };
		changed ||= (Object.keys(plan) as (keyof typeof plan)[]).some(
			(key) => after[key] !== before[key],
		);
	}
	if (changed) await sender.setParameters(parameters);
}
