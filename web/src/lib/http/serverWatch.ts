import { Backoff } from '#lib/connection/backoff.ts';
import { askServer } from '#lib/browser/askServer.ts';

/** Asks a server that could not be reached whether it is back: every few seconds, and when the person presses a button. */
export class ServerWatch {
	readonly #back: () => void;
	readonly #waits: (ms: number) => void;
	readonly #pace = new Backoff({ first: 1000, factor: 1.6, most: 8000 });
	#closed = false;

	/**
	 * @param back told once, when it answers.
	 * @param waits told how many ms there are until it is asked again; 0 while it is.
	 */
	constructor(back: () => void, waits: (ms: number) => void) {
		this.#back = back;
		this.#waits = waits;
		this.#schedule();
	}

	/** Asks at once. Never rejects. */
	async look(): Promise<void> {
		this.#pace.cancel();
		this.#waits(0);
		// No answer: it is asked again after the next pause.
		const answer = await askServer();
		if (this.#closed) return;
		if (!answer?.ok) return this.#schedule();
		this.close();
		this.#back();
	}

	close(): void {
		this.#closed = true;
		this.#pace.cancel();
	}

	#schedule(): void {
		this.#waits(this.#pace.schedule(() => void this.look()));
	}
}
