import { CodedError } from '#shared/errors.ts';
import { newMessageId, type MatchId } from '#shared/ids.ts';
import type { MatchMessage } from '#shared/match.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import type { Line } from './model.ts';

/** How often the partner hears that the person is still typing, and how long that holds, in ms. */
const again = 3_000;
const holds = 6_000;

type MatchChatEvents = { lines(lines: readonly Line[]): void; typing(typing: boolean): void };

/** The chat of the two people of a match. It ends with the match. */
export class MatchChat {
	readonly #ask: Ask;
	readonly #events: MatchChatEvents;
	#matchId: MatchId | null = null;
	#lines: readonly Line[] = [];
	#toldTyping = 0;
	#theirTyping: ReturnType<typeof setTimeout> | null = null;

	constructor(ask: Ask, events: MatchChatEvents) {
		this.#ask = ask;
		this.#events = events;
	}

	/** Begins a new match; null if there is none. The messages stay in view until the next match begins. */
	begin(matchId: MatchId | null): void {
		this.#matchId = matchId;
		this.#toldTyping = 0;
		this.#setTyping(false);
		if (matchId) this.#become([]);
	}

	/** Sends a message. Throws the error of the server if it cannot be sent. */
	async say(body: string): Promise<void> {
		const matchId = this.#matchId;
		if (!matchId) throw new CodedError('NOT_FOUND', "There's no one to read it.");
		const messageId = newMessageId();
		this.#toldTyping = 0;
		this.#become([...this.#lines, { messageId, mine: true, body, delivery: 'sending' }]);
		try {
			await this.#ask('match:post', { matchId, messageId, body });
			this.#deliver(messageId, 'sent');
		} catch (error) {
			this.#deliver(messageId, 'failed');
			throw error;
		}
	}

	/** The person types, or has stopped. */
	typing(typing: boolean): void {
		const matchId = this.#matchId;
		const now = performance.now();
		if (
			!matchId ||
			(typing ? now - this.#toldTyping < again && this.#toldTyping > 0 : this.#toldTyping === 0)
		)
			return;
		this.#toldTyping = typing ? now : 0;
		// A typing notice is worth nothing later.
		this.#ask('match:typing', { matchId, typing }).catch(() => undefined);
	}

	onPosted(matchId: MatchId, { messageId, body }: MatchMessage): void {
		if (matchId !== this.#matchId) return;
		this.#setTyping(false);
		this.#become([...this.#lines, { messageId, mine: false, body, delivery: 'sent' }]);
	}

	onTyping(matchId: MatchId, typing: boolean): void {
		if (matchId === this.#matchId) this.#setTyping(typing);
	}

	close(): void {
		if (this.#theirTyping) clearTimeout(this.#theirTyping);
	}

	#setTyping(typing: boolean): void {
		if (this.#theirTyping) clearTimeout(this.#theirTyping);
		this.#theirTyping = typing ? setTimeout(() => this.#setTyping(false), holds) : null;
		this.#events.typing(typing);
	}

	#deliver(id: string, delivery: Line['delivery']): void {
		this.#become(this.#lines.map((line) => (line.messageId === id ? { ...line, delivery } : line)));
	}

	#become(lines: readonly Line[]): void {
		this.#lines = lines;
		this.#events.lines(lines);
	}
}
