import { cameraSize, type PictureSize } from '../media/encodings.ts';
import type { VideoMode } from '../model.ts';

/** The picture of the camera while data is saved: one small size, at half the rate. */
const savedSize: PictureSize = { width: 320, height: 180 };

/** Has a camera give a picture as large as the mode allows. Never rejects: one that cannot stays as it is. */
export async function fitCamera(track: MediaStreamTrack, mode: VideoMode): Promise<void> {
	const saves = mode === 'save';
	const { width, height } = saves ? savedSize : cameraSize;
	try {
		const { height: now } = track.getSettings();
		// It is asked for the full picture when it is opened.
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
