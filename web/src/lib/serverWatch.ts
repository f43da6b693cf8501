import { Backoff } from './call/backoff.ts';

/** Looks for a server that could not be reached, until it answers: now and then by itself, and when asked to. */
export class ServerWatch {
	readonly #back: () => void;
	readonly #pace = new Backoff({ first: 1000, factor: 1.6, most: 8000 });
	#closed = false;

	/** @param back told once, when it answers. */
	constructor(back: () => void) {
		this.#back = back;
		this.#pace.schedule(() => void this.look());
	}

	/** Asks at once. Never rejects. */
	async look(): Promise<void> {
		this.#pace.cancel();
		const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => null);
		if (this.#closed) return;
		if (!answer?.ok) return this.#pace.schedule(() => void this.look());
		this.close();
		this.#back();
	}

	close(): void {
		this.#closed = true;
		this.#pace.cancel();
	}
}
