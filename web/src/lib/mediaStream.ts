import type { Attachment } from 'svelte/attachments';

/** Lets a media element play a stream, and nothing once the element is gone. */
export function playing(stream: MediaStream | null): Attachment<HTMLMediaElement> {
	return (element) => {
		if (element.srcObject !== stream) element.srcObject = stream;
		return () => {
			element.srcObject = null;
		};
	};
}
