import type { Pace } from '#shared/chat.ts';

/**
 * Slow mode as the interface shows it: the least time between two messages in s, and when the next message may be
 * sent.
 */
export type SlowPace = { readonly seconds: number; readonly freeAt: number };

/**
 * The slow mode of the room's chat, as this client knows it: when the person may send the next message. Times are of
 * this browser's clock. The server decides by its own.
 */
export class SlowMode {
	readonly #isHost: () => boolean;
	readonly #watchers = new Set<() => void>();
	#seconds = 0;
	/** When the person sent last. */
	#sentAt = -Infinity;
	#timer: ReturnType<typeof setTimeout> | null = null;

	constructor(isHost: () => boolean) {
		this.#isHost = isHost;
	}

	/** Calls back when it changes, and when the person may send again. */
	watch(changed: () => void): () => void {
		this.#watchers.add(changed);
		return () => void this.#watchers.delete(changed);
	}

	/** Null where the person sends as fast as they like. */
	get pace(): SlowPace | null {
		if (this.#seconds === 0 || this.#isHost()) return null;
		const freeAt = this.#sentAt + this.#seconds * 1000;
		return { seconds: this.#seconds, freeAt: freeAt > Date.now() ? freeAt : 0 };
	}

	get isWaiting(): boolean {
		return (this.pace?.freeAt ?? 0) > 0;
	}

	/** Takes over what the server says when the chats are opened. */
	opened({ slowMode, wait }: Pace): void {
		this.#seconds = slowMode;
		this.#sentAt = wait > 0 ? Date.now() + wait - slowMode * 1000 : -Infinity;
		this.tell();
	}

	/** Hosts changed it. */
	changed(seconds: number): void {
		this.#seconds = seconds;
		this.tell();
	}

	/** A message of the person is on its way, or is stored, from any of their devices. */
	sent(): void {
		this.#sentAt = Date.now();
		this.tell();
	}

	/** The server does not take a message before this many ms are over. */
	refused(wait: number): void {
		this.#sentAt = Date.now() + wait - this.#seconds * 1000;
		this.tell();
	}

	/** A message was not taken for another reason: the next one need not wait. */
	failed(): void {
		this.#sentAt = -Infinity;
		this.tell();
	}

	/** Something it depends on may have changed. */
	tell(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		const freeAt = this.pace?.freeAt ?? 0;
		this.#timer = freeAt > 0 ? setTimeout(() => this.tell(), freeAt - Date.now()) : null;
		for (const changed of [...this.#watchers]) changed();
	}

	close(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#watchers.clear();
	}
}
