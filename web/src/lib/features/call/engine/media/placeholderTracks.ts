import { cameraSize, type PictureSize } from './encodings.ts';
import type { LocalAudio } from '../devices/localAudio.ts';
import { recallPreferences } from '#lib/preferences/preferences.ts';

/**
 * Pictures per second: enough to prove a path quickly, and enough to keep it warm. Every fourth picture is of the
 * lowest temporal layer. mediasoup takes a stream without pictures for 2.5 s as inactive, and would check again only
 * after a second.
 */
const rate = { proving: 8, warm: 3 } as const;
export type Pace = keyof typeof rate;

type Tracks = {
	audio: MediaStreamTrack;
	video: MediaStreamTrack;
	canvas: HTMLCanvasElement;
	brush: CanvasRenderingContext2D;
};

/**
 * A black picture and a silent sound, which are sent in the lobby instead of the camera and the
 * microphone. They open the path that the real tracks take on Join. They are made when they are first asked for.
 */
export class PlaceholderTracks {
	readonly #localAudio: LocalAudio;
	#tracks: Tracks | null = null;
	#timer: ReturnType<typeof setInterval> | null = null;
	#odd = false;

	constructor(localAudio: LocalAudio) {
		this.#localAudio = localAudio;
	}

	get audio(): MediaStreamTrack {
		return this.#made.audio;
	}

	get video(): MediaStreamTrack {
		return this.#made.video;
	}

	/** How large the black picture is. */
	get size(): PictureSize {
		const { width, height } = this.#made.canvas;
		return { width, height };
	}

	/**
	 * Takes the size of the picture that will replace it: an encoder that meets another size on Join starts again, which
	 * takes longer than all the rest.
	 */
	resize({ width, height }: PictureSize): void {
		const { canvas } = this.#made;
		if (width === canvas.width && height === canvas.height) return;
		Object.assign(canvas, { width, height });
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
		this.#tracks?.video.stop();
		this.#tracks?.audio.stop();
	}

	/** A picture is only sent when it was drawn on: two blacks, hard to tell apart, take turns. */
	#stroke(): void {
		const { brush, canvas } = this.#made;
		this.#odd = !this.#odd;
		brush.fillStyle = this.#odd ? '#000' : '#010101';
		brush.fillRect(0, 0, canvas.width, canvas.height);
	}

	get #made(): Tracks {
		return (this.#tracks ??= this.#make());
	}

	#make(): Tracks {
		// The camera may be opened only with the join: most likely it is as it was the last time.
		const size = recallPreferences().picture ?? cameraSize;
		const canvas = Object.assign(document.createElement('canvas'), size);
		const brush = canvas.getContext('2d', { alpha: false });
		const [video] = canvas.captureStream().getVideoTracks();
		if (!brush || !video) throw new Error('The browser gave no picture to send.');
		return { canvas, brush, video, audio: this.#localAudio.silentTrack() };
	}
}
