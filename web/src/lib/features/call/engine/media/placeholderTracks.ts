import { cameraSize, type PictureSize } from './encodings.ts';
import type { LocalAudio } from '../devices/localAudio.ts';
import { recallPreferences } from '#lib/preferences/preferences.ts';

/**
 * Pictures per second: enough to prove a path quickly, and enough to keep it warm. Every fourth one is of the lowest layer of
 * time, and the engine takes a picture for gone of which it got none for 2.5 s: it would look again after a second only.
 */
const rate = { proving: 8, warm: 3 } as const;
export type Pace = keyof typeof rate;

/**
 * A black picture and a silent sound, which are sent in the lobby instead of the camera and the
 * microphone. They open the path that the real tracks take on Join.
 */
export class PlaceholderTracks {
	readonly audio: MediaStreamTrack;
	readonly video: MediaStreamTrack;
	readonly #canvas: HTMLCanvasElement;
	readonly #brush: CanvasRenderingContext2D;
	#timer: ReturnType<typeof setInterval> | null = null;
	#odd = false;

	constructor(localAudio: LocalAudio) {
		// The camera may be opened only with the join: most likely it is as it was the last time.
		const size = recallPreferences().picture ?? cameraSize;
		const canvas = Object.assign(document.createElement('canvas'), size);
		const brush = canvas.getContext('2d', { alpha: false });
		const [video] = canvas.captureStream().getVideoTracks();
		if (!brush || !video) throw new Error('The browser gave no picture to send.');
		this.#canvas = canvas;
		this.#brush = brush;
		this.video = video;
		this.audio = localAudio.silentTrack();
	}

	/** How large the black picture is. */
	get size(): PictureSize {
		const { width, height } = this.#canvas;
		return { width, height };
	}

	/**
	 * Takes the size of the picture that will come in its place: an encoder that meets another size on
	 * Join begins anew, which takes longer than all the rest.
	 */
	resize({ width, height }: PictureSize): void {
		if (width === this.#canvas.width && height === this.#canvas.height) return;
		Object.assign(this.#canvas, { width, height });
		if (this.#timer !== null) this.#stroke();
	}

	/** Draws so that pictures flow; null stops it. */
	draw(pace: Pace | null): void {
		if (this.#timer !== null) clearInterval(this.#timer);
		this.#timer = null;
		if (pace === null) return;
		this.#stroke();
		this.#timer = setInterval(() => this.#stroke(), 1000 / rate[pace]);
	}

	close(): void {
		this.draw(null);
		this.video.stop();
		this.audio.stop();
	}

	/** A picture is only sent when it was drawn on: two blacks, hard to tell apart, take turns. */
	#stroke(): void {
		this.#odd = !this.#odd;
		this.#brush.fillStyle = this.#odd ? '#000' : '#010101';
		this.#brush.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
	}
}
