import { ifPossible } from '#lib/browser/ifPossible.ts';
import type { LocalAudio } from './localAudio.ts';
import { SpeechDetector } from './speech.ts';

/** How long the hint stays after the last word, in milliseconds. */
const lasting = 4000;

/**
 * Notices that the person speaks while they are muted. The track that is sent is silent then, so this listens to a
 * copy of it. Nothing of the copy leaves the page.
 */
export class MutedSpeech {
	readonly #audio: Pick<LocalAudio, 'meter'>;
	readonly #tell: (speaking: boolean) => void;
	#track: MediaStreamTrack | null = null;
	#end: (() => void) | null = null;
	#timer: ReturnType<typeof setTimeout> | null = null;

	/** @param tell Called when the person begins to speak, and when they have been silent for a while. */
	constructor(audio: Pick<LocalAudio, 'meter'>, tell: (speaking: boolean) => void) {
		this.#audio = audio;
		this.#tell = tell;
	}

	/** Listens to this muted microphone, if the browser can; null ends it. Never throws. */
	listen(track: MediaStreamTrack | null): void {
		if (track === this.#track) return;
		this.#stop();
		this.#track = track;
		if (!track) return;
		const copy = ifPossible(() => track.clone());
		if (!copy) return;
		copy.enabled = true;
		const detector = new SpeechDetector();
		const endMeter = this.#audio.meter(copy, (level) => {
			if (detector.hears(level, performance.now())) this.#onSpeech();
		});
		this.#end = () => {
			endMeter();
			copy.stop();
		};
	}

	#stop(): void {
		this.#end?.();
		this.#end = null;
		if (this.#timer !== null) this.#onSilence();
	}

	#onSpeech(): void {
		if (this.#timer === null) this.#tell(true);
		else clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#onSilence(), lasting);
	}

	#onSilence(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		this.#tell(false);
	}
}
