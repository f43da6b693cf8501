import type { ChatSummary } from '#shared/chat.ts';

/**
 * What a person has read of one conversation, and where the line "new" stands: above the first message that arrived
 * after they last looked. The line stays while they look. It is gone when they come back and nothing is new, or when
 * they send a message.
 */
export class Reading {
	/** The last count of the server. */
	#counted = { last: 0, unread: 0, mentioned: false };
	/** Messages of other members that arrived after that count. */
	#since: { seq: number; mentioned: boolean }[] = [];
	#read = 0;
	#looking = false;
	#newFrom: number | null = null;

	get read(): number {
		return this.#read;
	}
	get looking(): boolean {
		return this.#looking;
	}
	get newFrom(): number | null {
		return this.#newFrom;
	}
	get unread(): number {
		return this.#counts
			? this.#counted.unread + this.#unreadSince.length
			: this.#unreadSince.length;
	}
	get mentioned(): boolean {
		return (
			(this.#counts && this.#counted.mentioned) ||
			this.#unreadSince.some(({ mentioned }) => mentioned)
		);
	}

	/** Takes over the count of the server, which may be older than facts that have arrived. */
	summary({ last, read, unread, mentioned }: ChatSummary): void {
		this.#read = Math.max(this.#read, read);
		if (last < this.#counted.last) return;
		this.#counted = { last, unread, mentioned };
		this.#since = this.#since.filter(({ seq }) => seq > last);
		if (this.#looking || (this.#newFrom !== null && this.#newFrom > this.#read)) return;
		this.#newFrom = this.unread > 0 ? this.#read + 1 : null;
	}

	/** Another member sent a message. */
	came(seq: number, mentioned: boolean): void {
		if (seq <= this.#counted.last || seq <= this.#read) return;
		if (this.#since.some((known) => known.seq === seq)) return;
		this.#since.push({ seq, mentioned });
		if (!this.#looking && (this.#newFrom === null || this.#newFrom <= this.#read))
			this.#newFrom = seq;
	}

	/**
	 * The person looks at the end of the conversation.
	 *
	 * @returns whether they have read something with that.
	 */
	look(last: number): boolean {
		if (!this.#looking && this.#newFrom !== null && this.#newFrom <= this.#read)
			this.#newFrom = null;
		this.#looking = true;
		if (last <= this.#read) return false;
		this.#read = last;
		this.#since = this.#since.filter(({ seq }) => seq > last);
		return true;
	}

	lookAway(): void {
		this.#looking = false;
	}

	/** The person said something: nothing above that is new to them. */
	spoke(): void {
		this.#newFrom = null;
	}

	/** Whether the messages that the server counted are not read yet. */
	get #counts(): boolean {
		return this.#read < this.#counted.last;
	}

	get #unreadSince(): { seq: number; mentioned: boolean }[] {
		return this.#since.filter(({ seq }) => seq > this.#read);
	}
}
