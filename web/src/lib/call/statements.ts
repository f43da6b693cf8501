import { CodedError } from '#shared/errors.ts';

/** How long to wait before saying again what the server had no time for, in milliseconds. */
const pause = 1000;

type Statement = { send: () => Promise<unknown>; refused: (error: CodedError) => void };

/**
 * What the client states to the server without waiting for the answer: "connect this", "this is my
 * camera", "it is paused now". The server carries the requests of a socket out in order, so what follows
 * may rely on it. A statement that was not answered is made again; one that is refused is reported.
 */
export class Statements {
	readonly #open = new Map<string, Statement>();
	readonly #ready: () => boolean;
	readonly #refused: (error: CodedError) => void;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#closed = false;

	/** @param ready Whether the server listens to statements of this client now. */
	constructor(ready: () => boolean, refused: (error: CodedError) => void) {
		this.#ready = ready;
		this.#refused = refused;
	}

	/**
	 * States something. A later statement with the same key takes the place of the earlier.
	 *
	 * @param refused Hears of a refusal in place of whoever hears of the others.
	 */
	state(key: string, send: () => Promise<unknown>, refused = this.#refused): void {
		const statement = { send, refused };
		this.#open.set(key, statement);
		if (this.#ready()) void this.#send(key, statement);
	}

	/** What was not answered yet is of no interest any more. */
	forget(key: string): void {
		this.#open.delete(key);
	}

	/** Makes every unanswered statement again, in order. */
	repeat(): void {
		if (!this.#ready()) return;
		for (const [key, statement] of this.#open) void this.#send(key, statement);
	}

	close(): void {
		this.#closed = true;
		this.#open.clear();
		if (this.#timer !== null) clearTimeout(this.#timer);
	}

	async #send(key: string, statement: Statement): Promise<void> {
		try {
			await statement.send();
		} catch (error) {
			if (this.#closed || this.#open.get(key) !== statement) return;
			const coded = error instanceof CodedError ? error : new CodedError('INTERNAL');
			if (coded.code === 'UNAVAILABLE' || coded.code === 'TOO_MANY_REQUESTS') {
				this.#timer ??= setTimeout(() => {
					this.#timer = null;
					this.repeat();
				}, pause);
				return;
			}
			this.#open.delete(key);
			statement.refused(coded);
			return;
		}
		if (this.#open.get(key) === statement) this.#open.delete(key);
	}
}
