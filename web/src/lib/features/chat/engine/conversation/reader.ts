import type { ChatSummary, Message } from '#shared/chat.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Attention } from '../attention.ts';
import { Reading } from './reading.ts';
import { ReadMarker } from './readMarker.ts';

export type ReaderOptions = {
	attention: Attention;
	/** Reports to the server, and resolves with whether the server heard it. */
	tell(seq: number): Promise<boolean>;
	you(): PersonId | null;
	/** Another member sent a message while the person did not look. */
	arrived(message: Message, mentioned: boolean): void;
};

/** The person as a reader of one conversation: what they see, and what they have missed. */
export class Reader {
	readonly #options: ReaderOptions;
	readonly #reading = new Reading();
	readonly #marker: ReadMarker;
	#looks = false;
	/** The last message whose arrival is known; null before the server has said so. */
	#heard: number | null = null;

	constructor(options: ReaderOptions) {
		this.#options = options;
		this.#marker = new ReadMarker((seq) => options.tell(seq));
	}

	get unread(): number {
		return this.#reading.unread;
	}
	get mentioned(): boolean {
		return this.#reading.mentioned;
	}

	/** The message below the line "new": one that another member sent. */
	newFrom(messages: readonly Message[]): number | null {
		const { newFrom } = this.#reading;
		const first = messages[0];
		if (newFrom === null || !first || first.seq > newFrom) return newFrom;
		return messages.find((one) => one.seq >= newFrom && this.#isNews(one))?.seq ?? newFrom;
	}

	/** Where a conversation with so much unread that its end does not hold it opens; null for its end. */
	get openAt(): number | null {
		const { newFrom, read, unread } = this.#reading;
		return read > 0 && unread > 50 && unread <= 1000 ? newFrom : null;
	}

	onSummary(summary: ChatSummary): void {
		this.#reading.summary(summary);
		this.#heard ??= summary.last;
	}

	/** The conversation is open on a new connection, and none of it is loaded. */
	skip(last: number): void {
		this.#heard = Math.max(this.#heard ?? 0, last);
	}

	/** Takes note of messages of the conversation, in its order. Known messages are not new. */
	hear(messages: readonly Message[]): void {
		const heard = this.#heard ?? 0;
		if ((messages.at(-1)?.seq ?? 0) <= heard) return;
		const news = messages.filter(({ seq }) => seq > heard);
		this.#heard = news.at(-1)?.seq ?? heard;
		const missed = news.filter((message) => this.#isNews(message));
		for (const message of missed) this.#reading.came(message.seq, this.#isNamed(message));
		if (this.#looks) return;
		const latest = missed.findLast((message) => this.#isNamed(message)) ?? missed.at(-1);
		if (latest) this.#options.arrived(latest, this.#isNamed(latest));
	}

	/** Whether the end is shown, and which message that is. To be called again when the page gets or loses attention. */
	attend(atEnd: boolean, last: number): void {
		const looked = this.#looks;
		this.#looks = atEnd && this.#options.attention.here;
		if (this.#looks) {
			if (this.#reading.look(last)) this.#marker.mark(last);
		} else if (looked) {
			this.#reading.lookAway();
			this.#marker.flush();
		}
	}

	/** The person sent a message. */
	spoke(): void {
		this.#reading.spoke();
	}

	resume(): void {
		this.#marker.resume();
	}

	close(): void {
		this.#marker.close();
	}

	#isNews({ author, content }: Message): boolean {
		return content.kind === 'text' && author.personId !== this.#options.you();
	}

	#isNamed({ content }: Message): boolean {
		const you = this.#options.you();
		return content.kind === 'text' && you !== null && content.mentions.includes(you);
	}
}
