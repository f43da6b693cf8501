import { cameraSize, type PictureSize } from '../media/encodings.ts';
import type { VideoMode } from '../model.ts';

/** What a camera gives where data is to be saved: one small picture, at half as many a second. */
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
		// The camera gives what it gave: the server sends smaller layers of that.
	}
}
