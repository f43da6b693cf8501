import { CodedError } from '#shared/errors.ts';
import type { MatchId, MessageId, PersonId } from '#shared/ids.ts';
import type { MatchEnd, MatchMessage, WaitEnd } from '#shared/match.ts';
import { PastMatches } from './pastMatches.ts';
import { Match, partnerOf, type MatchSession, messageFor, type Wish } from './match.ts';
import { Queue } from './queue.ts';
import { RecentPartners } from './recentPartners.ts';
import { MatchSessions } from './matchSessions.ts';
import type { Acquaintance } from './waiter.ts';
import { idleAfter, isAway, Watch } from './watch.ts';

/** How many partners in a row may leave a person who does nothing. */
const idlePartners = 20;
/** How often waiting people are told their number, in ms; less often if many wait. */
const countPeriod = 1_000;
const countedEach = 1_000;

/**
 * Pairs people. A match session is idle, waits, or is in a match. Both sides of a pair change in the same step, so that
 * no session is ever in two matches or left behind in none.
 */
export class Matchmaker {
	/** Recent matches of each person. */
	readonly pastMatches = new PastMatches();
	readonly #recent = new RecentPartners();
	readonly #watch = new Watch((session) => this.#removeIdle(session));
	readonly #queue: Queue;
	readonly #sessions: MatchSessions;
	readonly #waited: (ms: number) => void;
	#counted = { at: 0, waiting: 0 };

	/**
	 * @param known which people must not meet.
	 * @param waited is called for each person of a new pair with the time that they waited, in ms.
	 * @param meets is called when a person begins or stops waiting or being in a match.
	 */
	constructor(
		known: Pick<Acquaintance, 'apart'>,
		waited: (ms: number) => void = () => undefined,
		meets: (person: PersonId, meets: boolean) => void = () => undefined,
	) {
		this.#waited = waited;
		this.#sessions = new MatchSessions(meets);
		this.#queue = new Queue(
			{ apart: known.apart, partners: this.#recent.partners },
			(one, other) => this.#bringTogether(one, other),
			(now) => this.#check(now),
		);
	}

	/** How many sessions wait. */
	get waiting(): number {
		return this.#queue.size;
	}

	/** How many matches run. */
	get matches(): number {
		return this.#watch.size;
	}

	/** All sessions that wait or are in a match. */
	get everybody(): MatchSession[] {
		return this.#sessions.all;
	}

	/** This person's sessions among them. */
	sessionsOf(person: PersonId): MatchSession[] {
		return this.#sessions.of(person);
	}

	/** The session that this one would meet if it took the next partner now (MATCH-6). */
	likelyNext(session: MatchSession): MatchSession | null {
		return this.#queue.likelyNext(session);
	}

	/**
	 * Puts the session into the queue, with this wish (MATCH-4). Ends its current match.
	 *
	 * @throws {CodedError} LIMIT_REACHED if this person waits in too many tabs.
	 */
	start(session: MatchSession, wish: Wish, now = Date.now()): number {
		if (session.isGone) throw new CodedError('WRONG_PHASE');
		this.#sessions.add(session);
		this.#noteActivity(session, now);
		if (session.match) this.#end(session, 'next', now);
		session.wish = wish;
		this.#queue.add(session, now);
		this.#queue.pair();
		return this.waiting;
	}

	/** Ends this match, or with null the current one, and waits for the next (MATCH-8). */
	next(session: MatchSession, matchId: MatchId | null, now = Date.now()): number {
		this.#noteActivity(session, now);
		if (session.match && (matchId === null || session.match.id === matchId)) {
			this.#end(session, 'next', now);
			this.#queue.pair();
		} else if (session.state.kind === 'idle') throw notMet();
		return this.waiting;
	}

	/** Leaves the match or the queue; harmless if the session is in neither. */
	stop(session: MatchSession, why: 'left' | 'lost' = 'left', now = Date.now()): void {
		if (session.match) this.#end(session, why, now);
		this.#queue.remove(session);
		session.state = { kind: 'idle' };
		this.#sessions.delete(session);
		this.#queue.pair();
	}

	/** Removes the session for good. */
	remove(session: MatchSession, why: 'left' | 'lost'): void {
		session.isGone = true;
		this.stop(session, why);
	}

	/** Removes a session that did not ask for it, and tells it. */
	endWaiting(session: MatchSession, why: WaitEnd): void {
		if (session.state.kind === 'idle') return;
		this.stop(session, why === 'connection' ? 'lost' : 'left');
		session.listener.stopped(why);
	}

	/** Removes all sessions of a person. */
	removePerson(person: PersonId, why: WaitEnd): void {
		for (const session of this.sessionsOf(person)) this.endWaiting(session, why);
	}

	/**
	 * Ends the matches of this person with people whom they must not meet. Each side is told that the other took the
	 * next partner (ACCOUNT-21).
	 */
	separate(person: PersonId, apart: ReadonlySet<PersonId>, now = Date.now()): void {
		for (const session of this.sessionsOf(person)) {
			const { match } = session;
			if (!match || !apart.has(match.partnerOf(session).personId)) continue;
			this.#close(match, now);
			for (const side of [session, match.partnerOf(session)]) {
				this.#queue.add(side, now);
				side.listener.ended(match, 'next', 'partner', this.waiting);
			}
		}
		this.#queue.pair();
	}

	/** Sends a message to the partner (MATCH-9). @throws {CodedError} NOT_FOUND if this is not the current match. */
	post(
		session: MatchSession,
		{ matchId, messageId, body }: { matchId: MatchId; messageId: MessageId; body: string },
		now = Date.now(),
	): { match: Match; message: MatchMessage; isNew: boolean } {
		const match = this.matchOf(session, matchId, now);
		const { message, isNew } = match.say(session, messageId, body, now);
		const partner = match.partnerOf(session);
		if (isNew) partner.listener.posted(matchId, messageFor(partner, message));
		return { match, message: messageFor(session, message), isNew };
	}

	typing(session: MatchSession, matchId: MatchId, typing: boolean, now = Date.now()): void {
		const match = this.matchOf(session, matchId, now);
		match.partnerOf(session).listener.typing(matchId, typing);
	}

	/** @returns the match, if both want to stay in touch since this request. */
	keep(session: MatchSession, matchId: MatchId, keep: boolean, now = Date.now()): Match | null {
		const match = this.matchOf(session, matchId, now);
		if (match.isKept) return null;
		if (match.keep(session, keep)) match.partnerOf(session).listener.keep(matchId, keep);
		return match.isKept ? match : null;
	}

	/** The current match. @throws {CodedError} NOT_FOUND if the id names another match, or it is over. */
	matchOf(session: MatchSession, matchId: MatchId, now = Date.now()): Match {
		this.#noteActivity(session, now);
		const { match } = session;
		if (match?.id !== matchId) throw notMet();
		return match;
	}

	close(): void {
		for (const part of [this.#queue, this.#watch, this.pastMatches, this.#sessions]) part.close();
	}

	#noteActivity(session: MatchSession, now: number): void {
		session.actedAt = now;
		session.requeued = 0;
	}

	#bringTogether(one: MatchSession, other: MatchSession): void {
		this.#recent.note(one.personId, other.personId);
		const match = new Match(one, other);
		this.#watch.begin(match);
		for (const session of [one, other]) {
			if (session.state.kind === 'waiting')
				this.#waited(Math.max(0, Date.now() - session.state.since));
			session.state = { kind: 'matched', match };
		}
		one.listener.found(match, partnerOf(one, other));
		// The first session may have taken the next partner as soon as it was told.
		if (!match.isOver) other.listener.found(match, partnerOf(other, one));
	}

	/**
	 * Ends a session's match. The session that wants the next partner is queued first, because its person waits for it.
	 * The partner is queued too, unless its person seems to be away.
	 */
	#end(session: MatchSession, why: MatchEnd, now: number): void {
		const { match } = session;
		if (!match) return;
		const partner = match.partnerOf(session);
		this.#close(match, now);
		if (why === 'next') this.#queue.add(session, now);
		else session.state = { kind: 'idle' };
		this.#queue.add(partner, now);
		partner.requeued++;
		session.listener.ended(match, why, 'you', this.waiting);
		partner.listener.ended(match, why, 'partner', this.waiting);
		if (partner.requeued >= idlePartners) this.endWaiting(partner, 'idle');
	}

	/** The match is over for both. Both can refer to it for a while. */
	#close(match: Match, now: number): void {
		match.end();
		this.#watch.end(match);
		this.pastMatches.note(match, now);
	}

	/** Takes a session whose person is away out of its match. If the partner is away, too, it is not queued again. */
	#removeIdle(session: MatchSession): void {
		const partner = session.match?.partnerOf(session);
		if (partner?.match && isAway(partner, partner.match)) partner.requeued = idlePartners;
		this.endWaiting(session, 'idle');
	}

	/** Removes people who seem to be away, and tells the others how many wait. */
	#check(now: number): void {
		const sessions = this.#queue.sessions;
		for (const session of sessions) {
			const since = session.state.kind === 'waiting' ? session.state.since : now;
			if (now - Math.max(session.actedAt, since) >= idleAfter) this.endWaiting(session, 'idle');
		}
		const { at, waiting } = this.#counted;
		const pause = countPeriod * Math.max(1, sessions.length / countedEach);
		if (waiting === this.waiting || now - at < pause) return;
		this.#counted = { at: now, waiting: this.waiting };
		for (const session of this.#queue.sessions) session.listener.waiting(this.waiting);
	}
}

/** The same error for a match that is over, of other people, or never existed (CONN-14). */
const notMet = () => new CodedError('NOT_FOUND', "You're no longer with this partner.");
