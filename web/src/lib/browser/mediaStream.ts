import type { Attachment } from 'svelte/attachments';

/**
 * Lets a media element play a stream, and nothing once the element is gone. What a camera at the back of a phone sees
 * is marked by `data-facing="environment"`: it is not mirrored.
 */
export function playing(stream: MediaStream | null): Attachment<HTMLMediaElement> {
	return (element) => {
		if (element.srcObject !== stream) element.srcObject = stream;
		const facing = stream?.getVideoTracks()[0]?.getSettings().facingMode;
		if (facing) element.dataset['facing'] = facing;
		return () => {
			delete element.dataset['facing'];
			element.srcObject = null;
		};
	};
}
