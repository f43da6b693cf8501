import type { Device, RtpEncodingParameters } from 'mediasoup-client/types';
import type { VideoCodec } from '#shared/media.ts';
import { cameraSize, svcEncodings } from './encodings.ts';

type Codecs = Device['sendRtpCapabilities']['codecs'];

/** What videos are sent in: the codec as the engine describes it, and how its layers are made. */
export type SendCodec = {
	/** Undefined where the engine's own choice is the one: VP8 comes first. */
	codec: NonNullable<Codecs>[number] | undefined;
	/** Whether its layers build on each other, in one encoding; otherwise each size is an encoding of its own. */
	scalable: boolean;
};

const vp8: SendCodec = { codec: undefined, scalable: false };

/** What to send where the room wants this codec: it, if this browser can send it in layers, or else VP8. */
export async function codecFor(
	device: Pick<Device, 'sendRtpCapabilities'>,
	wanted: VideoCodec,
): Promise<SendCodec> {
	if (wanted === 'vp8') return vp8;
	const contentType = `video/${wanted}`;
	const { codecs = [] } = device.sendRtpCapabilities;
	const codec = codecs.find(({ mimeType }) => mimeType.toLowerCase() === contentType);
	return codec && (await encodesLayers(contentType)) ? { codec, scalable: true } : vp8;
}

async function encodesLayers(contentType: string): Promise<boolean> {
	const [{ scalabilityMode = '', maxBitrate: bitrate = 0 } = {}] = svcEncodings;
	try {
		const video = { ...cameraSize, contentType, bitrate, framerate: 30, scalabilityMode };
		const { supported } = await navigator.mediaCapabilities.encodingInfo({ type: 'webrtc', video });
		return supported && keepsMode(scalabilityMode);
	} catch {
		return false;
	}
}

/** A browser that does not know the modes forgets what it was told of them. */
function keepsMode(scalabilityMode: string): boolean {
	const connection = new RTCPeerConnection();
	try {
		// The types of the browser do not know the modes yet; those of the engine do.
		const sendEncodings: RtpEncodingParameters[] = [{ scalabilityMode }];
		const { sender } = connection.addTransceiver('video', { sendEncodings });
		const [encoding] = sender.getParameters().encodings as RtpEncodingParameters[];
		return encoding?.scalabilityMode === scalabilityMode;
	} finally {
		connection.close();
	}
}
