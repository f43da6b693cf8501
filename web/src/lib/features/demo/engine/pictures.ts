import type { TileSize } from '#lib/features/call/engine/model.ts';
import { person, screen, type Draw } from './drawing.ts';

/** How often pictures are drawn, in milliseconds, and of a weak line only each so many times. */
const pause = 100;
const weakEach = 12;
/** The widths in pixels in which a person is drawn; a screen has one width. All are 16 by 9. */
const widths = { least: 160, most: 640, screen: 1280 } as const;

type Picture = {
	readonly number: number;
	readonly stream: MediaStream;
	readonly brush: CanvasRenderingContext2D;
	readonly draw: Draw;
	/** Whether the picture is shown on the page. */
	shown: boolean;
};

/**
 * The generated pictures of the demo, as streams. One clock draws the pictures that are shown, in about the size at
 * which they are shown, and none while the page is hidden.
 */
export class Pictures {
	readonly #pictures = new Map<string, Picture>();
	readonly #timer: ReturnType<typeof setInterval>;
	#speaking: ReadonlySet<number> = new Set();
	#ticks = 0;
	#weak: number | null = null;

	constructor() {
		this.#timer = setInterval(() => this.#tick(), pause);
	}

	/** The same stream for the same key, until it is dropped. */
	stream(key: string, kind: 'person' | 'screen', number: number): MediaStream {
		const known = this.#pictures.get(key);
		if (known) return known.stream;
		const canvas = document.createElement('canvas');
		sized(canvas, kind === 'screen' ? widths.screen : widths.most);
		const brush = canvas.getContext('2d', { alpha: false });
		if (!brush) throw new Error('The browser gave no picture to draw on.');
		const draw = kind === 'screen' ? screen(number) : person(number);
		const picture = { number, stream: canvas.captureStream(), brush, draw, shown: true };
		this.#pictures.set(key, picture);
		this.#stroke(picture);
		return picture.stream;
	}

	/** How large the picture is shown now; 0 by 0 if it is not shown. */
	show(key: string, { width }: TileSize): void {
		const picture = this.#pictures.get(key);
		if (!picture) return;
		picture.shown = width > 0;
		const { canvas } = picture.brush;
		if (!picture.shown || canvas.width === widths.screen) return;
		// Few sizes, so that the canvas is not resized with every pixel of a window's edge.
		const steps = Math.ceil(Math.min(width, widths.most) / widths.least);
		const wanted = picture.number === this.#weak ? widths.least : steps * widths.least;
		if (canvas.width !== wanted) sized(canvas, wanted);
	}

	/** A guest with a weak connection sends few pictures, and small ones. Null: no connection is weak. */
	weaken(number: number | null): void {
		this.#weak = number;
		for (const { number: of, brush } of this.#pictures.values())
			if (brush.canvas.width < widths.screen)
				sized(brush.canvas, of === number ? widths.least : widths.most);
	}

	/** The numbers of the people whose mouths move. */
	speak(numbers: readonly number[]): void {
		this.#speaking = new Set(numbers);
	}

	drop(key: string): void {
		const picture = this.#pictures.get(key);
		for (const track of picture?.stream.getTracks() ?? []) track.stop();
		this.#pictures.delete(key);
	}

	close(): void {
		clearInterval(this.#timer);
		for (const key of [...this.#pictures.keys()]) this.drop(key);
	}

	#tick(): void {
		this.#ticks++;
		if (document.visibilityState === 'hidden') return;
		for (const picture of this.#pictures.values()) {
			const skipped = picture.number === this.#weak && this.#ticks % weakEach !== 0;
			if (picture.shown && !skipped) this.#stroke(picture);
		}
	}

	#stroke({ brush, draw, number }: Picture): void {
		draw(brush, { at: (this.#ticks * pause) / 1000, speaking: this.#speaking.has(number) });
	}
}

function sized(canvas: HTMLCanvasElement, width: number): void {
	canvas.width = width;
	canvas.height = (width * 9) / 16;
}
