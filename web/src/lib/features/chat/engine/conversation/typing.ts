import type { Author } from '#shared/chat.ts';
import type { PersonId } from '#shared/ids.ts';

/** The least time between two reports that the person types, and the pause after which they do not any more, in ms. */
const again = 3000;
const idle = 4000;

/** Reports to the others that the person types, no more often than they need it. */
export class OwnTyping {
	readonly #tell: (typing: boolean) => void;
	#toldAt: number | null = null;
	#timer: ReturnType<typeof setTimeout> | null = null;

	constructor(tell: (typing: boolean) => void) {
		this.#tell = tell;
	}

	/** The text changed. An empty box means that the person does not type. */
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

	/** The message was sent, which tells the others already. */
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
 * Other members who type now. The server says when they stopped, also without a message. So they are known for as long
 * as the connection lasts.
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

	/** Forgets who types. */
	clear(): void {
		if (this.#writing.size === 0) return;
		this.#writing.clear();
		this.#changed([]);
	}
}
