import { CodedError } from '#shared/errors.ts';
import type { MatchId, PersonId } from '#shared/ids.ts';
import type { MatchEnd, MatchMessage, MatchPartner, WaitEnd } from '#shared/match.ts';
import type { Match } from './match.ts';
import { Stay, type StayListener, type StayState } from './stay.ts';
import { waitEndWords } from './words.ts';

/** What happens to a client that asks for it. `seq` counts from 1. */
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

/** Events that are remembered for a client that does not ask for them. */
const most = 1_000;

/** Somebody who meets strangers in writing and asks what happened instead of being told. */
export class TextClient implements StayListener {
	readonly stay: Stay;
	#events: TextEvent[] = [];
	#seq = 0;
	/** The last event that was given. */
	#given = 0;
	/** Ends the wait for an event, if somebody waits. */
	#waker: (() => void) | null = null;
	/** Counts those who asked what happened. */
	#turn = 0;
	#closed = false;

	constructor(personId: PersonId) {
		this.stay = new Stay(personId, null, this);
	}

	/** Whether somebody waits for what happens next. */
	get attended(): boolean {
		return this.#waker !== null;
	}

	get state(): StayState['kind'] {
		return this.stay.state.kind;
	}

	/**
	 * What happened after this event or, unless it is said which, what was not given yet. Whoever asks later is answered: a
	 * client that asks again has given up its connection, which may take long to be noticed here (R163).
	 *
	 * @param ms how long to wait at most while there is nothing.
	 * @param gone aborts when nobody waits for the answer any more.
	 * @throws {CodedError} CONFLICT when somebody else asks meanwhile.
	 */
	async receive(after: number | undefined, ms: number, gone: AbortSignal): Promise<TextEvent[]> {
		const turn = ++this.#turn;
		this.#wake();
		const from = after ?? this.#given;
		const end = performance.now() + ms;
		for (;;) {
			const events = this.#events.filter(({ seq }) => seq > from);
			const left = end - performance.now();
			if (events.length > 0 || left <= 0 || this.#closed || gone.aborted) {
				// What nobody is there to take is given again.
				if (!gone.aborted) this.#given = events.at(-1)?.seq ?? this.#given;
				return events;
			}
			await this.#wait(left, gone);
			if (turn !== this.#turn && !gone.aborted)
				throw new CodedError('CONFLICT', 'Another request waits for what happens by now.');
		}
	}

	/** Those who wait are answered now, and from now on at once. */
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

	/** They only write. */
	isSending(): boolean {
		return false;
	}

	#note(content: Content<TextEvent>): void {
		this.#events.push({ seq: ++this.#seq, ...content });
		if (this.#events.length > most) this.#events = this.#events.slice(-most / 2);
		this.#wake();
	}

	#wake(): void {
		this.#waker?.();
	}

	async #wait(ms: number, gone: AbortSignal): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const wake = () => resolve();
		const timer = setTimeout(wake, ms);
		gone.addEventListener('abort', wake);
		this.#waker = wake;
		await promise;
		if (this.#waker === wake) this.#waker = null;
		gone.removeEventListener('abort', wake);
		clearTimeout(timer);
	}
}
