import { messageNotice, type ArrivedMessage, type Notice } from '../../text/notices.text.ts';

/** How long the notice of a message is shown, in ms. */
export const shownFor = 5000;
/** Messages that arrive within this time, in ms, are shown together. */
const gatheredFor = 1000;

/** Makes one notice of messages that follow each other while it is shown. `A` is a message with what its notice needs. */
export class MessageGathering<A extends ArrivedMessage> {
	readonly #tell: (notice: Notice, arrived: A) => void;
	#count = 0;
	/** The message that the notice is about: the latest that is for the reader alone or mentions them, or else the latest. */
	#told: A | null = null;
	#untold = false;
	/** Runs while messages are gathered for the next notice. */
	#gathering: ReturnType<typeof setTimeout> | null = null;
	/** Runs while the notice is shown. */
	#showing: ReturnType<typeof setTimeout> | null = null;

	/** @param tell shows a notice in place of the previous one */
	constructor(tell: (notice: Notice, arrived: A) => void) {
		this.#tell = tell;
	}

	/** @param count how many messages arrived; the given message is the last of them */
	add(arrived: A, count: number): void {
		this.#count += count;
		if (!this.#told?.mentioned || arrived.mentioned) this.#told = arrived;
		this.#untold = true;
		if (!this.#gathering) this.#show();
	}

	/** Forgets the messages: the person has seen them. */
	clear(): void {
		if (this.#gathering) clearTimeout(this.#gathering);
		if (this.#showing) clearTimeout(this.#showing);
		this.#gathering = null;
		this.#showing = null;
		this.#begin();
	}

	#begin(): void {
		this.#count = 0;
		this.#told = null;
		this.#untold = false;
	}

	#show(): void {
		this.#gathering = null;
		if (!this.#untold || !this.#told) return;
		this.#untold = false;
		this.#tell(messageNotice(this.#told, this.#count), this.#told);
		this.#gathering = setTimeout(() => this.#show(), gatheredFor);
		if (this.#showing) clearTimeout(this.#showing);
		this.#showing = setTimeout(() => this.#begin(), shownFor);
	}
}
