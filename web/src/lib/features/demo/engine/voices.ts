import { Chance } from './chance.ts';

/** The greatest volume of a voice, of 1: many may speak, and no sound should startle. */
const loudness = 0.12;
/** Resonances that make a hum sound like a vowel, in hertz. */
const vowels = [
	[730, 1090],
	[530, 1840],
	[570, 840],
	[390, 1990],
	[440, 1020],
] as const;

type Voice = { stream: MediaStream; volume: GainNode; filters: BiquadFilterNode[]; chance: Chance };

/** Generated voices: soft hums that rise and fall like syllables. Made when sound is first wanted. */
export class Voices {
	readonly #voices = new Map<number, Voice>();
	#context: AudioContext | null = null;

	/** Begins to sound. To be called right from a click or a key. */
	start(): void {
		this.#context ??= new AudioContext();
		void this.#context.resume();
	}

	/** All voices fall silent, and their streams end. */
	stop(): void {
		for (const number of [...this.#voices.keys()]) this.drop(number);
		void this.#context?.close();
		this.#context = null;
	}

	/** The voice of a guest, the same stream until it is dropped; null while no sound is wanted. */
	stream(number: number): MediaStream | null {
		const context = this.#context;
		if (!context) return null;
		const known = this.#voices.get(number);
		if (known) return known.stream;
		const out = context.createMediaStreamDestination();
		const volume = new GainNode(context, { gain: 0 });
		volume.connect(out);
		// Between a low and a high voice.
		const frequency = 95 + ((number * 37) % 120);
		const hum = new OscillatorNode(context, { type: 'sawtooth', frequency });
		const filters = [0, 1].map(() => new BiquadFilterNode(context, { type: 'bandpass', Q: 5 }));
		for (const filter of filters) hum.connect(filter).connect(volume);
		hum.start();
		volume.gain.value = 0;
		const voice = { stream: out.stream, volume, filters, chance: new Chance(number) };
		this.#voices.set(number, voice);
		return voice.stream;
	}

	/** These guests speak from now on, and no others, until the next call. */
	speak(numbers: readonly number[]): void {
		const context = this.#context;
		if (!context) return;
		for (const [number, voice] of this.#voices) {
			const { gain } = voice.volume;
			gain.cancelScheduledValues(context.currentTime);
			gain.setTargetAtTime(0, context.currentTime, 0.03);
			if (numbers.includes(number)) this.#babble(voice, context.currentTime + 0.1);
		}
	}

	drop(number: number): void {
		const voice = this.#voices.get(number);
		voice?.volume.disconnect();
		for (const track of voice?.stream.getTracks() ?? []) track.stop();
		this.#voices.delete(number);
	}

	/** Syllables for longer than any turn lasts. */
	#babble({ volume: { gain }, filters, chance }: Voice, from: number): void {
		for (let at = from; at < from + 8;) {
			const length = 0.12 + chance.next() * 0.16;
			const vowel = chance.pick(vowels) ?? vowels[0];
			filters.forEach((filter, place) =>
				filter.frequency.setTargetAtTime(vowel[place] ?? 800, at, 0.02),
			);
			gain.setTargetAtTime(loudness * (0.5 + chance.next() / 2), at, 0.03);
			gain.setTargetAtTime(0.01, at + length * 0.7, 0.04);
			at += length + (chance.next() < 0.15 ? 0.3 : 0.03);
		}
	}
}
