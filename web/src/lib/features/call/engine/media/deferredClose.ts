import type { Consumer } from 'mediasoup-client/types';

/** How long the next pictures get to come before anything is cleared away, in ms: they would wait for the clearing away. */
const pause = 600;

/** The consumers that have ended on the server. They are closed here later, because that costs a negotiation. */
export class DeferredClose {
	#consumers: Consumer[] = [];
	#timer: ReturnType<typeof setTimeout> | null = null;

	put(consumer: Consumer): void {
		this.#consumers.push(consumer);
		this.#timer ??= setTimeout(() => this.close(), pause);
	}

	/** Closes them now. */
	close(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		for (const consumer of this.#consumers) consumer.close();
		this.#consumers = [];
	}
}
