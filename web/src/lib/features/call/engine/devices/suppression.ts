import { loadPart } from '#lib/browser/loadPart.ts';
import type { StrongSuppression } from '../extra/strongSuppression.ts';

/** Whether the stronger suppression works; `off` also while it is being loaded. */
export type SuppressionState = 'off' | 'on' | 'failed';

/**
 * The stronger noise suppression between the microphone and the sender. While it does not work, for any reason, the
 * microphone is sent unchanged.
 */
export class Suppression {
	readonly #changed: () => void;
	#state: SuppressionState = 'off';
	#working: StrongSuppression | null = null;
	/** Cancels the loading of the suppression, and ignores its result. */
	#starting: AbortController | null = null;

	/** @param changed The state is another, so that another track is to be sent. */
	constructor(changed: () => void) {
		this.#changed = changed;
	}

	get state(): SuppressionState {
		return this.#state;
	}

	/** Turns it on or off. Nothing if it is so, or on the way; one that failed is tried again. */
	set(on: boolean): void {
		const wanted = this.#working !== null || this.#starting !== null;
		if (on === wanted && this.#state !== 'failed') return;
		this.#end();
		if (on) void this.#start();
		this.#become('off');
	}

	/** The track to send for this microphone. */
	through(track: MediaStreamTrack | null): MediaStreamTrack | null {
		if (!track || !this.#working) return track;
		try {
			this.#working.feed(track);
			return this.#working.out;
		} catch {
			// The caller gets the track first, and the report after it.
			this.#end();
			queueMicrotask(() => this.#become('failed'));
			return track;
		}
	}

	/** The output is of no use: the microphone is sent unchanged. */
	readonly fail = (): void => {
		this.#end();
		this.#become('failed');
	};

	close(): void {
		this.#end();
		this.#state = 'off';
	}

	async #start(): Promise<void> {
		const starting = new AbortController();
		const { signal } = starting;
		this.#starting = starting;
		try {
			const { StrongSuppression } = await loadPart(() => import('../extra/strongSuppression.ts'));
			const working = await StrongSuppression.start(signal, this.fail);
			if (signal.aborted) return working.close();
			this.#starting = null;
			this.#working = working;
			this.#become('on');
		} catch {
			// Words say that it did not start.
			if (!signal.aborted) this.fail();
		}
	}

	#end(): void {
		this.#starting?.abort();
		this.#starting = null;
		this.#working?.close();
		this.#working = null;
	}

	#become(state: SuppressionState): void {
		if (state === this.#state) return;
		this.#state = state;
		this.#changed();
	}
}
