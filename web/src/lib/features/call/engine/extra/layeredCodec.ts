import type { Device, RtpEncodingParameters } from 'mediasoup-client/types';
import type { VideoCodec } from '#shared/media.ts';
import { cameraSize, encodingsFor, type Layering, type SendCodec } from '../media/encodings.ts';

/** A codec whose layers build on each other, if this browser can send it so. */
export async function layeredCodec(
	device: Device,
	wanted: Exclude<VideoCodec, 'vp8'>,
): Promise<SendCodec | null> {
	const contentType = `video/${wanted}`;
	const { codecs = [] } = device.sendRtpCapabilities;
	const codec = codecs.find(({ mimeType }) => mimeType.toLowerCase() === contentType);
	// AV1 with spatial layers in one stream cannot be forwarded: receivers that get fewer layers get stuck, and the server
	// may not rewrite the descriptor of the layers (versatica/mediasoup#1536, #1610).
	const layering = wanted === 'av1' ? 'temporal' : 'spatial';
	return codec && (await encodesLayers(contentType, layering)) ? { codec, layering } : null;
}

async function encodesLayers(contentType: string, layering: Layering): Promise<boolean> {
	const [{ scalabilityMode = '', maxBitrate: bitrate = 0 } = {}] = encodingsFor(layering);
	try {
		const video = { ...cameraSize, contentType, bitrate, framerate: 30, scalabilityMode };
		const { supported } = await navigator.mediaCapabilities.encodingInfo({ type: 'webrtc', video });
		return supported && keepsMode(scalabilityMode);
	} catch {
		// A browser that cannot be asked is taken for one that cannot: it sends VP8.
		return false;
	}
}

/** A browser that does not know the modes drops them. */
function keepsMode(scalabilityMode: string): boolean {
	const connection = new RTCPeerConnection();
	try {
		// The browser's types do not have the modes yet, but those of mediasoup-client do.
		const sendEncodings: RtpEncodingParameters[] = [{ scalabilityMode }];
		const { sender } = connection.addTransceiver('video', { sendEncodings });
		const [encoding] = sender.getParameters().encodings as RtpEncodingParameters[];
		return encoding?.scalabilityMode === scalabilityMode;
	} finally {
		connection.close();
	}
}
