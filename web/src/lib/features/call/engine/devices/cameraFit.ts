import { cameraSize, type PictureSize } from '../media/encodings.ts';
import type { VideoMode } from '../model.ts';

/** The picture of the camera while data is saved: one small size, at half the rate. */
const savedSize: PictureSize = { width: 320, height: 180 };

/**
 * Sets the picture of a camera to the largest size that the mode allows. Never rejects: a camera that cannot change
 * keeps its size.
 */
export async function fitCamera(track: MediaStreamTrack, mode: VideoMode): Promise<void> {
	const saves = mode === 'save';
	const { width, height } = saves ? savedSize : cameraSize;
	try {
		const { height: now } = track.getSettings();
		// A camera is opened with the full picture.
		if (!saves && (now === undefined || now > savedSize.height)) return;
		await track.applyConstraints({
			width: { ideal: width },
			height: { ideal: height },
			frameRate: { ideal: saves ? 15 : 30 },
		});
	} catch {
		// The camera keeps its size: the server forwards smaller layers of it.
	}
}
