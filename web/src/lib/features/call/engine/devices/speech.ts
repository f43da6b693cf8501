/** Loudness from which on a sound may be speech, and by how much it must stand out. Of 0 to 1. */
const speech = { least: 0.35, above: 0.15 } as const;
/** How fast the idea of the background follows the sound: quickly down, slowly up. */
const follow = { down: 0.2, up: 0.01 } as const;
/** How long speech is looked for, and how much of it there must be, in milliseconds. A knock is shorter. */
const span = 1000;
const enough = 400;

/**
 * Tells speech from silence, from an even noise and from a knock, by loudness alone. To be called with each
 * measurement in turn.
 */
export class SpeechDetector {
	#background: number | null = null;
	#last: number | null = null;
	readonly #loud: { at: number; length: number }[] = [];

	/**
	 * @param level Loudness, 0 to 1.
	 * @param at When it was measured, in milliseconds.
	 * @returns whether the person speaks.
	 */
	hears(level: number, at: number): boolean {
		const length = Math.min(100, at - (this.#last ?? at));
		this.#last = at;
		const background = this.#background ?? level;
		const threshold = Math.max(speech.least, background + speech.above);
		const pace = level < background ? follow.down : follow.up;
		this.#background = background + (level - background) * pace;
		if (level >= threshold) this.#loud.push({ at, length });
		while (this.#loud[0] && this.#loud[0].at <= at - span) this.#loud.shift();
		return this.#loud.reduce((sum, loud) => sum + loud.length, 0) >= enough;
	}
}
