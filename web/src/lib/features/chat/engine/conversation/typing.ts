import type { Author } from '#shared/chat.ts';
import type { PersonId } from '#shared/ids.ts';

/** How often it is told at most that one still writes, and after which pause one does not any more, in ms. */
const again = 3000;
const idle = 4000;

/** Tells the others that the person writes, no oftener than they need to know. */
export class OwnTyping {
	readonly #tell: (typing: boolean) => void;
	#toldAt: number | null = null;
	#timer: ReturnType<typeof setTimeout> | null = null;

	constructor(tell: (typing: boolean) => void) {
		this.#tell = tell;
	}

	/** The text changed. An empty box is nobody's writing. */
	typed(something: boolean): void {
		if (!something) return this.stop();
		const now = Date.now();
		if (this.#toldAt === null || now - this.#toldAt >= again) {
			this.#toldAt = now;
			this.#tell(true);
		}
		this.#clear();
		this.#timer = setTimeout(() => this.stop(), idle);
	}

	/** Sent, emptied or left. */
	stop(): void {
		this.#clear();
		if (this.#toldAt === null) return;
		this.#toldAt = null;
		this.#tell(false);
	}

	/** It was sent: that tells the others by itself. */
	sent(): void {
		this.#clear();
		this.#toldAt = null;
	}

	#clear(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}
}

/**
 * Others who write now. The server tells when they stopped, also when they said nothing more; so it lasts as
 * long as the connection to it.
 */
export class OthersTyping {
	readonly #changed: (authors: readonly Author[]) => void;
	readonly #writing = new Map<PersonId, Author>();

	constructor(changed: (authors: readonly Author[]) => void) {
		this.#changed = changed;
	}

	tell(author: Author, typing: boolean): void {
		if (typing === this.#writing.has(author.personId)) return;
		if (typing) this.#writing.set(author.personId, author);
		else this.#writing.delete(author.personId);
		this.#changed([...this.#writing.values()]);
	}

	/** Nothing is known of them any more. */
	clear(): void {
		if (this.#writing.size === 0) return;
		this.#writing.clear();
		this.#changed([]);
	}
}
