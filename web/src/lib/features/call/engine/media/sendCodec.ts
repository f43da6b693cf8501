import type { Device } from 'mediasoup-client/types';
import type { VideoCodec } from '#shared/media.ts';
import { loadPart } from '#lib/browser/loadPart.ts';
import type { SendCodec } from './encodings.ts';

const vp8: SendCodec = { codec: undefined, layering: 'simulcast' };

/** The codec to send when the room wants this one: the same, if this browser can send it in layers, or else VP8. */
export async function codecFor(device: Device, wanted: VideoCodec): Promise<SendCodec> {
	if (wanted === 'vp8') return vp8;
	try {
		const { layeredCodec } = await loadPart(() => import('../extra/layeredCodec.ts'));
		return (await layeredCodec(device, wanted)) ?? vp8;
	} catch {
		// Without that code this browser is one that cannot send it in layers.
		return vp8;
	}
}
