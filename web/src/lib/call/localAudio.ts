import { playNotes } from './testSound.ts';

/** How often the loudness is measured, in milliseconds. */
const meterPause = 66;
/** What counts as silence, in decibels below full scale. */
const floor = 60;

/**
 * The page's audio graph: makes a silent track and measures the own microphone. Browsers hold it back
 * until the person touched the page; a held back graph gives tracks all the same, only no sound.
 */
export class LocalAudio {
	#context: AudioContext | null = null;
	#endNotes: (() => void) | null = null;
	#closed = false;

	/** A track that carries silence. */
	silence(): MediaStreamTrack {
		const context = this.#open();
		const [track] = context.createMediaStreamDestination().stream.getAudioTracks();
		if (!track) throw new Error('The browser gave no audio track.');
		return track;
	}

	/**
	 * Reports the loudness of a track, 0 to 1, about 15 times a second.
	 *
	 * @returns what ends it.
	 */
	meter(track: MediaStreamTrack, tell: (level: number) => void): () => void {
		const context = this.#open();
		const source = context.createMediaStreamSource(new MediaStream([track]));
		const analyser = new AnalyserNode(context, { fftSize: 1024 });
		source.connect(analyser);
		const samples = new Float32Array(analyser.fftSize);
		const timer = setInterval(() => {
			analyser.getFloatTimeDomainData(samples);
			tell(levelOf(samples));
		}, meterPause);
		return () => {
			clearInterval(timer);
			source.disconnect();
		};
	}

	/** Plays two soft notes on a speaker, instead of those that still sound. Empty: the browser's own choice. */
	playTestSound(speakerId: string): void {
		this.#endNotes?.();
		this.#endNotes = playNotes(this.#open(), speakerId);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#endNotes?.();
		this.#deaf();
		void this.#context?.close();
	}

	#open(): AudioContext {
		if (this.#context) return this.#context;
		const context = new AudioContext();
		this.#context = context;
		if (context.state !== 'running') {
			for (const name of gestures) window.addEventListener(name, this.#onGesture);
		}
		return context;
	}

	readonly #onGesture = (): void => {
		void this.#context?.resume().then(this.#deaf);
	};

	readonly #deaf = (): void => {
		for (const name of gestures) window.removeEventListener(name, this.#onGesture);
	};
}

const gestures = ['pointerdown', 'keydown'] as const;

/** Loudness as people hear it: the level in decibels, from silence (0) to full scale (1). */
export function levelOf(samples: Float32Array): number {
	let sum = 0;
	for (const sample of samples) sum += sample * sample;
	const decibels = 10 * Math.log10(sum / samples.length + Number.EPSILON);
	return Math.min(1, Math.max(0, 1 + decibels / floor));
}
