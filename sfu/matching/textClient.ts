import { CodedError } from '#shared/errors.ts';
import type { MatchId, PersonId } from '#shared/ids.ts';
import type { MatchEnd, MatchMessage, MatchPartner, WaitEnd } from '#shared/match.ts';
import {
	type Match,
	MatchSession,
	type MatchSessionListener,
	type MatchSessionState,
} from './match.ts';
import { waitEndWords } from './waitEndText.ts';

/** An event of a text client. `seq` counts from 1. */
export type TextEvent = { seq: number } & (
	| { event: 'waiting'; waiting: number }
	| { event: 'found'; matchId: MatchId; partner: MatchPartner }
	| { event: 'message'; matchId: MatchId; message: MatchMessage }
	| { event: 'typing'; matchId: MatchId; typing: boolean }
	| { event: 'keep'; matchId: MatchId; keep: boolean }
	| { event: 'kept'; matchId: MatchId }
	| { event: 'ended'; matchId: MatchId; why: MatchEnd; waiting: number }
	| { event: 'stopped'; why: WaitEnd; message: string }
);
type Content<E> = E extends TextEvent ? Omit<E, 'seq'> : never;

/** How many events are remembered for a client that does not ask for them. */
const maxEvents = 1_000;

/** A person who meets strangers in text and polls for events. */
export class TextClient implements MatchSessionListener {
	readonly session: MatchSession;
	#events: TextEvent[] = [];
	#seq = 0;
	/** The seq of the last event that was delivered. */
	#lastDelivered = 0;
	/** Wakes the waiting request, if there is one. */
	#waker: (() => void) | null = null;
	/** Counts the requests for events. */
	#requestCount = 0;
	#closed = false;

	constructor(personId: PersonId) {
		this.session = new MatchSession(personId, null, this);
	}

	/** Whether a request waits for events. */
	get isPolled(): boolean {
		return this.#waker !== null;
	}

	get state(): MatchSessionState['kind'] {
		return this.session.state.kind;
	}

	/**
	 * The events after this one or, without `after`, those that were not delivered yet. The latest request is answered:
	 * a client that asks again has given up its earlier connection, whose loss may be noticed late (MATCH-19).
	 *
	 * @param ms how long to wait for an event.
	 * @param signal aborts when the client no longer waits.
	 * @throws {CodedError} CONFLICT if a later request replaces this one.
	 */
	async receive(after: number | undefined, ms: number, signal: AbortSignal): Promise<TextEvent[]> {
		const turn = ++this.#requestCount;
		this.#wake();
		const from = after ?? this.#lastDelivered;
		const end = performance.now() + ms;
		for (;;) {
			const events = this.#events.filter(({ seq }) => seq > from);
			const left = end - performance.now();
			if (events.length > 0 || left <= 0 || this.#closed || signal.aborted) {
				// Events of an aborted request are delivered again.
				if (!signal.aborted) this.#lastDelivered = events.at(-1)?.seq ?? this.#lastDelivered;
				return events;
			}
			await this.#wait(left, signal);
			if (turn !== this.#requestCount && !signal.aborted)
				throw new CodedError('CONFLICT', 'Another request is already waiting.');
		}
	}

	/** Answers the waiting request now, and later ones at once. */
	close(): void {
		this.#closed = true;
		this.#wake();
	}

	waiting(waiting: number): void {
		this.#note({ event: 'waiting', waiting });
	}

	found({ id: matchId }: Match, partner: MatchPartner): void {
		this.#note({ event: 'found', matchId, partner });
	}

	ended({ id: matchId }: Match, why: MatchEnd, by: 'you' | 'partner', waiting: number): void {
		if (by === 'partner') this.#note({ event: 'ended', matchId, why, waiting });
	}

	stopped(why: WaitEnd): void {
		this.#note({ event: 'stopped', why, message: waitEndWords(why) });
	}

	posted(matchId: MatchId, message: MatchMessage): void {
		this.#note({ event: 'message', matchId, message });
	}

	typing(matchId: MatchId, typing: boolean): void {
		this.#note({ event: 'typing', matchId, typing });
	}

	keep(matchId: MatchId, keep: boolean): void {
		this.#note({ event: 'keep', matchId, keep });
	}

	kept(matchId: MatchId): void {
		this.#note({ event: 'kept', matchId });
	}

	/** A text client sends no media. */
	isSending(): boolean {
		return false;
	}

	#note(content: Content<TextEvent>): void {
		this.#events.push({ seq: ++this.#seq, ...content });
		if (this.#events.length > maxEvents) this.#events = this.#events.slice(-maxEvents / 2);
		this.#wake();
	}

	#wake(): void {
		this.#waker?.();
	}

	async #wait(ms: number, signal: AbortSignal): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const wake = () => resolve();
		const timer = setTimeout(wake, ms);
		signal.addEventListener('abort', wake);
		this.#waker = wake;
		await promise;
		if (this.#waker === wake) this.#waker = null;
		signal.removeEventListener('abort', wake);
		clearTimeout(timer);
	}
}
