type Events = {
	/** A beep began, in ms since 1970. */
	beep(at: number): void;
	/** After so many ms of silence there is sound again. */
	gap(ms: number): void;
};

/**
 * Finds the beeps in the voice of a bot, and where it was interrupted. It runs in an audio worklet, which gets the text of
 * this class and nothing else.
 */
export class SoundWatch {
	/** The beep of a bot's microphone, in Hz, and how close beeps may come, in ms. */
	static readonly #beep = { tone: 1000, apart: 300 };
	/** A piece of so many ms is looked at as one. */
	static readonly #ms = 5;
	/** From this share of its energy on a piece is a beep; 0 to 1. */
	static readonly #pure = 0.6;
	/** Below this a piece is silent, as a root mean square of samples from -1 to 1: voices of bots never are. */
	static readonly #silent = 0.004;
	/** So long a silence is a gap, in ms. A longer one is a microphone that was off. */
	static readonly #gap = { least: 40, most: 2000 };

	readonly #rate: number;
	readonly #events: Events;
	readonly #piece: Float32Array;
	#filled = 0;
	#beeped = Number.NEGATIVE_INFINITY;
	/** How long it has been silent, in ms; null until there was sound. */
	#quiet: number | null = null;

	/** @param rate samples in a second. */
	constructor(rate: number, events: Events) {
		this.#rate = rate;
		this.#events = events;
		this.#piece = new Float32Array(Math.round((rate * SoundWatch.#ms) / 1000));
	}

	/** Listens on. @param at when the first of the samples is played, in ms since 1970. */
	take(samples: Float32Array, at: number): void {
		for (const [index, sample] of samples.entries()) {
			this.#piece[this.#filled++] = sample;
			if (this.#filled < this.#piece.length) continue;
			this.#filled = 0;
			this.#look(at + (1000 * (index + 1)) / this.#rate - SoundWatch.#ms);
		}
	}

	/** Looks at a piece that began then. */
	#look(at: number): void {
		const energy = this.#piece.reduce((sum, sample) => sum + sample * sample, 0);
		if (Math.sqrt(energy / this.#piece.length) < SoundWatch.#silent) {
			if (this.#quiet !== null) this.#quiet += SoundWatch.#ms;
			return;
		}
		const quiet = this.#quiet ?? 0;
		const { least, most } = SoundWatch.#gap;
		if (quiet >= least && quiet <= most) this.#events.gap(quiet);
		this.#quiet = 0;
		const { apart } = SoundWatch.#beep;
		if (at - this.#beeped < apart || this.#toneOf(energy) < SoundWatch.#pure) return;
		this.#beeped = at;
		this.#events.beep(at);
	}

	/** Which share of the energy of a piece is the tone of the beep, by the algorithm of Goertzel. */
	#toneOf(energy: number): number {
		const factor = 2 * Math.cos((2 * Math.PI * SoundWatch.#beep.tone) / this.#rate);
		let [last, before] = [0, 0];
		for (const sample of this.#piece) [last, before] = [sample + factor * last - before, last];
		const power = last * last + before * before - factor * last * before;
		return (2 * power) / (this.#piece.length * energy);
	}
}
