/**
 * Video elements that play a stream before a page shows it: a browser takes tens of milliseconds to set a new one up, which
 * the first picture would wait for.
 */
const prepared = new WeakMap<MediaStream, { video: HTMLVideoElement; taken: boolean }>();

/** A video element without sound, on no page. */
export function newPicture(): HTMLVideoElement {
	const video = document.createElement('video');
	video.muted = true;
	video.autoplay = true;
	video.playsInline = true;
	return video;
}

/** Plays a stream in an element that whoever shows the stream first may take. */
export function preparePicture(stream: MediaStream): HTMLVideoElement {
	const before = prepared.get(stream);
	if (before?.video.srcObject === stream) return before.video;
	const video = newPicture();
	prepared.set(stream, { video, taken: false });
	video.srcObject = stream;
	// The element plays by itself as soon as it may.
	video.play().catch(() => undefined);
	return video;
}

/** The element that was prepared for this stream, unless it was taken before. */
export function takePicture(stream: MediaStream | null): HTMLVideoElement | null {
	const picture = stream && prepared.get(stream);
	if (!picture || picture.taken || picture.video.srcObject !== stream) return null;
	picture.taken = true;
	return picture.video;
}

/** Calls back with the next picture of a stream, shown or only prepared. */
export function whenPictured(stream: MediaStream, pictured: () => void): void {
	const video = preparePicture(stream);
	if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(pictured);
	else Object.assign(video, { onloadeddata: pictured });
}

/** The stream is over: an element that was prepared for it, and never shown, ends. */
export function dropPicture(stream: MediaStream): void {
	const picture = prepared.get(stream);
	if (picture && !picture.taken) picture.video.srcObject = null;
}
