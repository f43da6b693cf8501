import { joined, type Bytes } from './bytes.ts';
import { ivOf, readFrame, type Trailer } from './frameFormat.ts';
import { firstStep, nameOf, nextStep, type Step } from './frameKeys.ts';

/** A key of the sender that opened frames, and which frames those were. */
type Known = {
	number: number;
	step: Step;
	/** The step before: frames of it may still be on their way. */
	before: Step | null;
	highest: number;
	readonly seen: Set<number>;
};

/** How many frames back one may come out of order. */
const window = 512;
/** Salts of one sender that are remembered. */
const mostKnown = 4;
/** Keys that are derived in vain for one sender in a second: whoever sends nonsense costs no more. */
const mostTries = 20;

/** Opens the frames of one producer, each once. */
export class FrameOpener {
	readonly #source: string;
	readonly #mediaOf: (epoch: number) => CryptoKey | undefined;
	readonly #known = new Map<string, Known>();
	#tries = { since: 0, count: 0 };

	/**
	 * @param source the id of the producer.
	 * @param mediaOf the key of an epoch that counts now.
	 */
	constructor(source: string, mediaOf: (epoch: number) => CryptoKey | undefined) {
		this.#source = source;
		this.#mediaOf = mediaOf;
	}

	/**
	 * @param now in ms.
	 * @returns null for a frame that came before, or was not sealed by this producer with the room's secret.
	 */
	async open(frame: Bytes, now: number): Promise<Bytes | null> {
		const read = readFrame(frame);
		if (!read) return null;
		const { trailer, clear, sealed, trailerBytes } = read;
		const media = this.#mediaOf(trailer.epoch);
		if (!media) return null;
		const name = `${trailer.epoch} ${nameOf(trailer.salt)}`;
		const known = this.#known.get(name);
		if (known && isReplay(known, trailer.counter)) return null;
		const step = await this.#stepFor(known, trailer, media, now);
		if (!step) return null;
		const algorithm = {
			...{ name: 'AES-GCM', iv: ivOf(trailer.counter) },
			additionalData: joined(clear, trailerBytes),
		};
		let opened: ArrayBuffer;
		try {
			opened = await crypto.subtle.decrypt(algorithm, step.frames, sealed);
		} catch {
			this.#tries.count++;
			return null;
		}
		this.#remember(name, trailer, step);
		return joined(clear, new Uint8Array(opened));
	}

	/** The sender's key as of this step; null where it is too old, or too many were derived in vain. */
	async #stepFor(
		known: Known | undefined,
		{ step: number, salt }: Trailer,
		media: CryptoKey,
		now: number,
	): Promise<Step | null> {
		if (known?.number === number) return known.step;
		if (known && number < known.number) return number === known.number - 1 ? known.before : null;
		if (now - this.#tries.since >= 1000) this.#tries = { since: now, count: 0 };
		if (this.#tries.count >= mostTries) return null;
		let step = known?.step ?? (await firstStep(media, salt, this.#source));
		for (let at = known?.number ?? 0; at < number; at++) step = await nextStep(step);
		return step;
	}

	#remember(name: string, { counter, step: number }: Trailer, step: Step): void {
		const known = this.#known.get(name) ?? {
			...{ number, step, before: null, highest: counter, seen: new Set<number>() },
		};
		if (number > known.number) {
			known.before = number === known.number + 1 ? known.step : null;
			Object.assign(known, { number, step });
		}
		known.seen.add(counter);
		known.highest = Math.max(known.highest, counter);
		for (const one of known.seen) {
			if (known.seen.size <= window) break;
			known.seen.delete(one);
		}
		this.#known.set(name, known);
		const [oldest] = this.#known.keys();
		if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest);
	}
}

const isReplay = ({ highest, seen }: Known, counter: number): boolean =>
	counter <= highest - window || seen.has(counter);
