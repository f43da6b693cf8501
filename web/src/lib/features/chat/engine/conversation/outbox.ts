import type { Message } from '#shared/chat.ts';
import { CodedError, type ErrorCode } from '#shared/errors.ts';
import type { MessageId } from '#shared/ids.ts';
import type { Outgoing } from '../model.ts';

/** Pauses in ms before a message is sent again that the server could not take at the time. */
const pauses = [1000, 2000, 4000];

const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
	'NOT_SAVED',
	'TOO_MANY_REQUESTS',
	'UNAVAILABLE',
]);

export type OutboxOptions = {
	send(outgoing: Outgoing): Promise<Message>;
	/** Whether the server listens. Messages sent while it does not wait for `resume`. */
	ready(): boolean;
	sent(message: Message): void;
	/** The server did not take a message. */
	refused(error: CodedError): void;
	changed(): void;
};

/**
 * Messages on their way, one at a time, so that they arrive in the order in which they were written. Each has
 * an id of its own making, so that one whose answer was lost is simply sent again.
 */
export class Outbox {
	readonly #options: OutboxOptions;
	#messages: readonly Outgoing[] = [];
	#attempts = new Map<MessageId, number>();
	#running = false;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#closed = false;

	constructor(options: OutboxOptions) {
		this.#options = options;
	}

	/** Messages that the server acknowledged stay until they are dropped: they are `sent`, and shown elsewhere later. */
	get messages(): readonly Outgoing[] {
		return this.#messages;
	}

	/** The messages that the server may not have yet. */
	get unsent(): readonly Outgoing[] {
		return this.#messages.filter(({ delivery }) => delivery.kind !== 'sent');
	}

	add(...outgoing: readonly Outgoing[]): void {
		const known = new Set(this.#messages.map(({ messageId }) => messageId));
		this.#set([...this.#messages, ...outgoing.filter(({ messageId }) => !known.has(messageId))]);
		this.resume();
	}

	retry(messageId: MessageId): void {
		this.#attempts.delete(messageId);
		this.#deliver(messageId, { kind: 'pending' });
		this.resume();
	}

	/** Discards a message. A message that is just being sent cannot be taken back. */
	discard(messageId: MessageId): void {
		this.#drop(({ messageId: id, delivery }) => id === messageId && delivery.kind === 'failed');
	}

	/** Drops the messages that are stored, which are shown without the outbox. */
	settle(stored: (outgoing: Outgoing) => boolean): void {
		this.#drop(stored);
	}

	/** Sends what waits, if the server listens. */
	resume(): void {
		if (this.#running || this.#timer !== null || this.#closed) return;
		void this.#run();
	}

	/** Sends what waits for the end of a pause now. */
	hurry(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		this.resume();
	}

	close(): void {
		this.#closed = true;
		if (this.#timer !== null) clearTimeout(this.#timer);
	}

	async #run(): Promise<void> {
		this.#running = true;
		while (this.#options.ready() && !this.#closed) {
			const next = this.#messages.find(({ delivery }) => delivery.kind === 'pending');
			if (!next) break;
			if (!(await this.#send(next))) break;
		}
		this.#running = false;
	}

	/** @returns whether the next message may follow at once */
	async #send(outgoing: Outgoing): Promise<boolean> {
		const { messageId } = outgoing;
		try {
			const message = await this.#options.send(outgoing);
			this.#attempts.delete(messageId);
			this.#deliver(messageId, { kind: 'sent' });
			this.#options.sent(message);
			return true;
		} catch (error) {
			// The connection was lost under it: it is sent again when that is back.
			if (this.#closed || !this.#options.ready()) return false;
			const refusal = error instanceof CodedError ? error : new CodedError('INTERNAL');
			const { code, message, retryAfter } = refusal;
			this.#options.refused(refusal);
			// Its time will come, however often it is too early.
			if (code === 'SLOW_MODE' && retryAfter !== undefined) return this.#pause(retryAfter);
			const attempt = this.#attempts.get(messageId) ?? 0;
			const pause = pauses[attempt];
			if (!passing.has(code) || pause === undefined) {
				this.#attempts.delete(messageId);
				this.#deliver(messageId, { kind: 'failed', problem: message });
				return true;
			}
			this.#attempts.set(messageId, attempt + 1);
			return this.#pause(pause);
		}
	}

	/**
	 * @param pause in ms
	 * @returns false: the next message may not follow at once
	 */
	#pause(pause: number): false {
		this.#timer = setTimeout(() => {
			this.#timer = null;
			this.resume();
		}, pause);
		return false;
	}

	#deliver(messageId: MessageId, delivery: Outgoing['delivery']): void {
		this.#set(
			this.#messages.map((known) =>
				known.messageId === messageId ? { ...known, delivery } : known,
			),
		);
	}

	#drop(drop: (outgoing: Outgoing) => boolean): void {
		const kept = this.#messages.filter((outgoing) => !drop(outgoing));
		if (kept.length < this.#messages.length) this.#set(kept);
	}

	#set(messages: readonly Outgoing[]): void {
		this.#messages = messages;
		this.#options.changed();
	}
}
