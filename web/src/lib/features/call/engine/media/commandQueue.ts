import { CodedError } from '#shared/errors.ts';

/** The pause before a command is sent again that the server had no time for, in ms. */
const pause = 1000;

type Command = { send: () => Promise<unknown>; refused: (error: CodedError) => void };

/**
 * Commands to the server that do not wait for their answers: connect this transport, this is my camera, it is paused
 * now. The server carries the requests of a socket out in order, so that a later command may rely on an earlier one. A
 * command that got no answer is sent again; one that is refused is reported.
 */
export class CommandQueue {
	readonly #open = new Map<string, Command>();
	readonly #ready: () => boolean;
	readonly #refused: (error: CodedError) => void;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#closed = false;

	/** @param ready whether the server takes commands of this client now. */
	constructor(ready: () => boolean, refused: (error: CodedError) => void) {
		this.#ready = ready;
		this.#refused = refused;
	}

	/**
	 * Sends a command. A later command with the same key replaces an earlier one that has no answer yet.
	 *
	 * @param refused called with a refusal, in place of the queue's own listener
	 */
	send(key: string, send: () => Promise<unknown>, refused = this.#refused): void {
		const command = { send, refused };
		this.#open.set(key, command);
		if (this.#ready()) void this.#send(key, command);
	}

	/** Never sends this command again. */
	forget(key: string): void {
		this.#open.delete(key);
	}

	/** Sends every command without an answer again, in order. */
	repeat(): void {
		if (!this.#ready()) return;
		for (const [key, command] of this.#open) void this.#send(key, command);
	}

	close(): void {
		this.#closed = true;
		this.#open.clear();
		if (this.#timer !== null) clearTimeout(this.#timer);
	}

	async #send(key: string, command: Command): Promise<void> {
		try {
			await command.send();
		} catch (error) {
			if (this.#closed || this.#open.get(key) !== command) return;
			const coded = error instanceof CodedError ? error : new CodedError('INTERNAL');
			if (coded.code === 'UNAVAILABLE' || coded.code === 'TOO_MANY_REQUESTS') {
				this.#timer ??= setTimeout(() => {
					this.#timer = null;
					this.repeat();
				}, pause);
				return;
			}
			this.#open.delete(key);
			command.refused(coded);
			return;
		}
		if (this.#open.get(key) === command) this.#open.delete(key);
	}
}
