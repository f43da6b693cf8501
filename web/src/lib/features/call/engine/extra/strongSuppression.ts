import { loadRnnoise, RnnoiseWorkletNode } from '@sapphi-red/web-noise-suppressor';
import workletUrl from '@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?url&no-inline';
import wasmUrl from '@sapphi-red/web-noise-suppressor/rnnoise.wasm?url';
import simdUrl from '@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?url';
import { ifPossible } from '#lib/browser/ifPossible.ts';

/** The sample rate that the network was trained on, in Hz. */
const sampleRate = 48_000;
const gestures = ['pointerdown', 'keydown'] as const;

/** A way for sound on which everything but voices is taken out. */
export class StrongSuppression {
	/** The output: the same track, whatever the input is. */
	readonly out: MediaStreamTrack;
	readonly #context: AudioContext;
	readonly #node: RnnoiseWorkletNode;
	#in: MediaStreamTrack | null = null;
	#source: MediaStreamAudioSourceNode | null = null;
	#closed = false;

	private constructor(context: AudioContext, node: RnnoiseWorkletNode, broken: () => void) {
		const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
		const [out] = destination.stream.getAudioTracks();
		if (!out) throw new Error('The browser gave no audio track.');
		out.contentHint = 'speech';
		node.connect(destination);
		this.out = out;
		this.#context = context;
		this.#node = node;
		const onTrouble = () => {
			if (!this.#closed) broken();
		};
		node.onprocessorerror = onTrouble;
		context.onstatechange = () => {
			if (context.state !== 'running') onTrouble();
		};
	}

	/**
	 * Resolves when sound passes through. Browsers may require that the person touches the page first. Rejects if that is
	 * not possible, or was cancelled.
	 *
	 * @param broken called when sound no longer passes through
	 */
	static async start(signal: AbortSignal, broken: () => void): Promise<StrongSuppression> {
		const context = new AudioContext({ sampleRate });
		try {
			const [wasmBinary] = await Promise.all([
				loadRnnoise({ url: wasmUrl, simdUrl }),
				context.audioWorklet.addModule(workletUrl),
			]);
			await running(context, signal);
			return new StrongSuppression(
				context,
				new RnnoiseWorkletNode(context, { maxChannels: 1, wasmBinary }),
				broken,
			);
		} catch (error) {
			closeGraph(context);
			throw error;
		}
	}

	/** Takes this microphone from now on. Throws where the browser cannot. */
	feed(track: MediaStreamTrack): void {
		if (track === this.#in) return;
		const source = this.#context.createMediaStreamSource(new MediaStream([track]));
		this.#source?.disconnect();
		source.connect(this.#node);
		this.#in = track;
		this.#source = source;
	}

	/** Never throws. */
	close(): void {
		this.#closed = true;
		this.out.stop();
		ifPossible(() => this.#source?.disconnect());
		ifPossible(() => this.#node.destroy());
		closeGraph(this.#context);
	}
}

/** A graph that does not close ends with the page. */
function closeGraph(context: AudioContext): void {
	void ifPossible(() => context.close())?.catch(() => undefined);
}

async function running(context: AudioContext, signal: AbortSignal): Promise<void> {
	signal.throwIfAborted();
	if (context.state === 'running') return;
	const touched = () => void context.resume();
	const aborted = new Promise<never>((_, reject) => {
		signal.addEventListener('abort', () => reject(new Error('given up')), { once: true });
	});
	for (const name of gestures) window.addEventListener(name, touched);
	try {
		await Promise.race([context.resume(), aborted]);
	} finally {
		for (const name of gestures) window.removeEventListener(name, touched);
	}
}
