import type { Attachment } from 'svelte/attachments';

/** How long after the browser paused an element it is played again, in ms. */
const restart = 500;

/**
 * Lets a media element play a stream, and nothing once the element is gone. What a camera at the back of a phone sees
 * is marked by `data-facing="environment"`: it is not mirrored. A picture that is higher than wide is marked by `data-upright`:
 * wide places show the whole of it. What the browser pauses, as for a call of the phone, plays again by itself.
 *
 * @param refused The browser does not play it again.
 */
export function playing(
	stream: MediaStream | null,
	refused: (error: unknown) => void = () => undefined,
): Attachment<HTMLMediaElement> {
	return (element) => {
		if (element.srcObject !== stream) element.srcObject = stream;
		const facing = stream?.getVideoTracks()[0]?.getSettings().facingMode;
		if (facing) element.dataset['facing'] = facing;
		let timer: ReturnType<typeof setTimeout>;
		element.onpause = () => {
			clearTimeout(timer);
			// A stream that is over pauses, too.
			if (stream?.active) timer = setTimeout(() => void element.play().catch(refused), restart);
		};
		const look = () => {
			// Sound has neither.
			const { videoWidth, videoHeight } = element as HTMLVideoElement;
			element.toggleAttribute('data-upright', videoHeight > videoWidth);
		};
		element.onresize = look;
		look();
		return () => {
			clearTimeout(timer);
			element.onpause = element.onresize = null;
			delete element.dataset['facing'];
			element.srcObject = null;
		};
	};
}

/** Lets a media element play through a speaker, where the browser can; empty: the browser's own choice. */
export function throughSpeaker(sinkId: string): Attachment<HTMLMediaElement> {
	return (element) => {
		if (!('setSinkId' in element) || element.sinkId === sinkId) return;
		// Sound goes on where it was played before.
		element.setSinkId(sinkId).catch(() => undefined);
	};
}
