import { timeOf } from '../bots/stamp.ts';

/**
 * A picture that the page showed: of which stream, when in ms since 1970, how many the element had shown by then, and the
 * cells in which its time stands, as a 1 for each white one and a 0 for each black one.
 */
export type ShownPicture = [stream: number, at: number, count: number, cells: string];

/** A picture that stands still for so much longer than those of the camera do is a freeze, in ms. */
const freeze = 200;

/** Tells from the pictures that a page showed how old they were, and where they stood still. */
export class ShownPictures {
	readonly #most: number;
	readonly #last = new Map<number, { at: number; count: number }>();
	readonly #read = new Set<number>();
	/** How old each picture was when it was shown, in ms, where its time could be read. */
	readonly delays: number[] = [];
	/** How long each freeze lasted, in ms. */
	readonly freezes: number[] = [];
	/** For how long streams were watched, all together, in ms. */
	watched = 0;

	/** @param interval from one picture of the cameras to the next, in ms. */
	constructor(interval: number) {
		this.#most = interval + freeze;
	}

	/** How many streams there were whose time could be read. */
	get streams(): number {
		return this.#read.size;
	}

	/** @param live the streams that are shown now. */
	take(pictures: readonly ShownPicture[], live: readonly number[]): void {
		for (const [stream, at, count, cells] of pictures) {
			const last = this.#last.get(stream);
			if (last) this.#stood(at - last.at, Math.max(1, count - last.count));
			this.#last.set(stream, { at, count });
			const time = timeOf(cells);
			if (time === null) continue;
			this.#read.add(stream);
			this.delays.push(at - time);
		}
		for (const stream of this.#last.keys()) if (!live.includes(stream)) this.#last.delete(stream);
	}

	/** It is this late, and what is shown still has stood since then. */
	end(now: number): void {
		for (const { at } of this.#last.values()) this.#stood(now - at, 1);
		this.#last.clear();
	}

	/** Time passed in which so many pictures were shown. A busy page does not tell of each, so that they count as even. */
	#stood(ms: number, pictures: number): void {
		this.watched += ms;
		if (ms / pictures > this.#most) this.freezes.push(ms);
	}
}
