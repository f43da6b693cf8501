import type * as Wrtc from '@roamhq/wrtc';

/** WebRTC in Node: libwebrtc, as Chromium has it, behind the API of browsers. */
export type WebRtc = Omit<typeof Wrtc, 'default'>;

/**
 * Loads WebRTC and makes it the global that mediasoup-client looks for.
 *
 * @throws {Error} where there is no binary for this machine.
 */
export async function loadWebRtc(): Promise<WebRtc> {
	const { default: wrtc } = await import('@roamhq/wrtc');
	const { RTCPeerConnection, RTCSessionDescription, MediaStream, MediaStreamTrack } = wrtc;
	Object.assign(globalThis, {
		...{ RTCPeerConnection, RTCSessionDescription },
		...{ MediaStream, MediaStreamTrack },
	});
	return wrtc;
}
