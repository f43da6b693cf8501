import { ifPossible } from '#lib/browser/ifPossible.ts';
import { playNotes } from './testSound.ts';

/** How often the loudness is measured, in milliseconds. */
const meterPause = 66;
/** The level that counts as silence, in decibels below full scale. */
const floor = 60;

/**
 * The page's audio graph: makes a silent track and measures the own microphone. Browsers hold it back
 * until the person touched the page; a held back graph gives tracks all the same, only no sound. A call
 * works in a browser that has no audio graph, or whose graph fails.
 */
export class LocalAudio {
	#context: AudioContext | null = null;
	/** Gives silent tracks if there is no audio graph: a connection that receives nothing. */
	#nowhere: RTCPeerConnection | null = null;
	#endNotes: (() => void) | null = null;
	#closed = false;

	/** A track that carries silence. */
	silentTrack(): MediaStreamTrack {
		const [track] =
			ifPossible(() => this.#open().createMediaStreamDestination().stream.getAudioTracks()) ?? [];
		if (track) return track;
		this.#nowhere ??= new RTCPeerConnection();
		return this.#nowhere.addTransceiver('audio').receiver.track;
	}

	/**
	 * Reports the loudness of a track, 0 to 1, about 15 times a second. Nothing where the browser cannot measure it.
	 *
	 * @returns what ends it.
	 */
	meter(track: MediaStreamTrack, tell: (level: number) => void): () => void {
		return ifPossible(() => this.#measure(track, tell)) ?? (() => undefined);
	}

	/** Plays two soft notes on a speaker, in place of notes that still sound. Empty: the browser's own choice of speaker. */
	playTestSound(speakerId: string): void {
		this.#endNotes?.();
		this.#endNotes = ifPossible(() => playNotes(this.#open(), speakerId));
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#endNotes?.();
		this.#deaf();
		this.#nowhere?.close();
		// A graph that does not close ends with the page.
		void ifPossible(() => this.#context?.close())?.catch(() => undefined);
	}

	#measure(track: MediaStreamTrack, tell: (level: number) => void): () => void {
		const context = this.#open();
		const source = context.createMediaStreamSource(new MediaStream([track]));
		const analyser = new AnalyserNode(context, { fftSize: 1024 });
		source.connect(analyser);
		const samples = new Float32Array(analyser.fftSize);
		const timer = setInterval(() => {
			const level = ifPossible(() => {
				analyser.getFloatTimeDomainData(samples);
				return levelOf(samples);
			});
			if (level === null) clearInterval(timer);
			tell(level ?? 0);
		}, meterPause);
		return () => {
			clearInterval(timer);
			ifPossible(() => source.disconnect());
		};
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
		// A graph that is held back still is asked again with the next touch.
		void ifPossible(() => this.#context?.resume())?.then(this.#deaf, () => undefined);
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
