import { messageNotice, type ArrivedMessage, type Notice } from '../../text/notices.text.ts';

/** How long the notice of a message is shown, in ms. */
export const shownFor = 5000;
/** Messages that come within this time, in ms, are told at once. */
const gatheredFor = 1000;

/** Makes one notice of messages that follow each other while it is shown. `A` is what a message is told by. */
export class MessageGathering<A extends ArrivedMessage> {
	readonly #tell: (notice: Notice, arrived: A) => void;
	#count = 0;
	/** The message that the notice is about: the last one for the reader alone, or that names the reader, or the last. */
	#told: A | null = null;
	#untold = false;
	/** Runs while what comes is gathered. */
	#gathering: ReturnType<typeof setTimeout> | null = null;
	/** Runs while the notice is shown. */
	#showing: ReturnType<typeof setTimeout> | null = null;

	/** @param tell shows a notice in the place of the last one. */
	constructor(tell: (notice: Notice, arrived: A) => void) {
		this.#tell = tell;
	}

	/** @param count how many messages came, the given one the last of them. */
	add(arrived: A, count: number): void {
		this.#count += count;
		if (!this.#told?.mentioned || arrived.mentioned) this.#told = arrived;
		this.#untold = true;
		if (!this.#gathering) this.#show();
	}

	/** The person has seen the messages. */
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
