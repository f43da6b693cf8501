import { newMatchId, type MatchId, type MessageId, type PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { MatchEnd, MatchMessage, MatchPartner, MatchWish, WaitEnd } from '#shared/match.ts';
import { CodedError } from '#shared/errors.ts';

/** A message of a match, and its author. */
export type SentMessage = { messageId: MessageId; by: MatchSession; body: string; sentAt: number };

/** A match of two people. Its messages are in memory only. */
export class Match {
	readonly id: MatchId = newMatchId();
	/** When it began, in ms since 1970. */
	readonly since = Date.now();
	readonly sides: readonly [MatchSession, MatchSession];
	readonly #messages: SentMessage[] = [];
	/** The sessions that want to stay in touch. */
	readonly #keepers = new Set<MatchSession>();
	#isOver = false;

	constructor(one: MatchSession, other: MatchSession) {
		this.sides = [one, other];
	}

	get isOver(): boolean {
		return this.#isOver;
	}

	get messages(): readonly SentMessage[] {
		return this.#messages;
	}

	partnerOf(session: MatchSession): MatchSession {
		const [one, other] = this.sides;
		return session === one ? other : one;
	}

	/**
	 * Adds a message, once for each id.
	 *
	 * @returns the message, and whether it is new.
	 * @throws {CodedError} CONFLICT for an id of the partner's; LIMIT_REACHED.
	 */
	say(
		by: MatchSession,
		messageId: MessageId,
		body: string,
		now: number,
	): { message: SentMessage; isNew: boolean } {
		const known = this.#messages.find((message) => message.messageId === messageId);
		if (known && known.by !== by) throw new CodedError('CONFLICT');
		if (known) return { message: known, isNew: false };
		if (this.#messages.length >= limits.matchMessages)
			throw new CodedError('LIMIT_REACHED', 'This chat has ended.');
		const message = { messageId, by, body, sentAt: now };
		this.#messages.push(message);
		return { message, isNew: true };
	}

	/** @returns whether the state changed. */
	keep(by: MatchSession, keep: boolean): boolean {
		if (this.#keepers.has(by) === keep) return false;
		if (keep) this.#keepers.add(by);
		else this.#keepers.delete(by);
		return true;
	}

	/** Whether both want to stay in touch. */
	get isKept(): boolean {
		return this.#keepers.size === 2;
	}

	end(): void {
		this.#isOver = true;
	}
}

/** A message as one of the two people sees it. */
export const messageFor = (
	session: MatchSession,
	{ messageId, by, body, sentAt }: SentMessage,
): MatchMessage => ({
	messageId,
	mine: by === session,
	body,
	sentAt,
});

/** A person's wish, without the agreement to the rules. */
export type Wish = Omit<MatchWish, 'agree'>;

/** The listener that brings events to the person: a socket, or a client that polls by HTTP. */
export interface MatchSessionListener {
	waiting(waiting: number): void;
	/** A partner was found. */
	found(match: Match, partner: MatchPartner): void;
	/** The match is over. `by` says who ended it. If the partner ended it, this session waits again. */
	ended(match: Match, why: MatchEnd, by: 'you' | 'partner', waiting: number): void;
	/** The session no longer waits, though its person did not ask for that. */
	stopped(why: WaitEnd): void;
	posted(matchId: MatchId, message: MatchMessage): void;
	typing(matchId: MatchId, typing: boolean): void;
	keep(matchId: MatchId, keep: boolean): void;
	kept(matchId: MatchId): void;
	/** Whether the person's camera or microphone is on. */
	isSending(): boolean;
}

export type MatchSessionState =
	{ kind: 'idle' } | { kind: 'waiting'; since: number } | { kind: 'matched'; match: Match };

/** One person in matching: by one tab, or by HTTP. */
export class MatchSession {
	readonly personId: PersonId;
	/** The pairing pool in which they could see a partner; null if they can only write. */
	readonly #pool: string | null;
	readonly listener: MatchSessionListener;
	wish: Wish = { mode: 'text', interests: [], language: null, name: null };
	state: MatchSessionState = { kind: 'idle' };
	/** When the person last did anything, in ms since 1970, and how often they were queued again since. */
	actedAt = 0;
	requeued = 0;
	/** Whether the session is over for good. */
	isGone = false;

	constructor(personId: PersonId, pool: string | null, listener: MatchSessionListener) {
		this.personId = personId;
		this.#pool = pool;
		this.listener = listener;
	}

	/** Only sessions of the same place can meet. */
	get place(): string {
		return this.wish.mode === 'video' ? (this.#pool ?? 'nowhere') : 'text';
	}

	get match(): Match | null {
		return this.state.kind === 'matched' ? this.state.match : null;
	}
}

/** What a person is told of the partner. */
export function partnerOf(you: MatchSession, other: MatchSession): MatchPartner {
	const { name, interests, language } = other.wish;
	return {
		name,
		interests: interests.filter((interest) => you.wish.interests.includes(interest)),
		language: language === you.wish.language ? language : null,
	};
}
