import { CodedError } from '#shared/errors.ts';
import type { MatchId, MessageId, PersonId } from '#shared/ids.ts';
import type { MatchEnd, MatchMessage, WaitEnd } from '#shared/match.ts';
import { Encounters } from './encounters.ts';
import { Match, toldTo } from './match.ts';
import { Queue } from './queue.ts';
import { Recent } from './recent.ts';
import { partnerOf, type Stay, type Wish } from './stay.ts';
import { Stays } from './stays.ts';
import type { Acquaintance } from './waiter.ts';
import { idleAfter, isAway, Watch } from './watch.ts';

/** How many partners in a row may leave somebody who does nothing. */
const idlePartners = 20;
/** How often those who wait are told how many they are, in ms; where many wait, less often. */
const countPeriod = 1_000;
const countedEach = 1_000;

/**
 * Brings people together, two and two. A stay is idle, waits, or is in a match; whatever happens to one of a pair happens
 * to both in the same moment, so that nobody is ever in two matches or left behind in none.
 */
export class Matchmaker {
	/** Who was with whom a moment ago. */
	readonly encounters = new Encounters();
	readonly #recent = new Recent();
	readonly #watch = new Watch((stay) => this.#leaveAlone(stay));
	readonly #queue: Queue;
	readonly #stays: Stays;
	readonly #waited: (ms: number) => void;
	#counted = { at: 0, waiting: 0 };

	/**
	 * @param known which people must not meet.
	 * @param waited is told for each of two who meet how long they waited, in ms.
	 * @param meets is told of people who wait or are in a match, and of those who are in neither any more.
	 */
	constructor(
		known: Pick<Acquaintance, 'apart'>,
		waited: (ms: number) => void = () => undefined,
		meets: (person: PersonId, meets: boolean) => void = () => undefined,
	) {
		this.#waited = waited;
		this.#stays = new Stays(meets);
		this.#queue = new Queue(
			{ apart: known.apart, partners: this.#recent.partners },
			(one, other) => this.#bringTogether(one, other),
			(now) => this.#look(now),
		);
	}

	/** How many wait. */
	get waiting(): number {
		return this.#queue.size;
	}

	/** How many matches go on. */
	get matches(): number {
		return this.#watch.size;
	}

	/** All who wait or are in a match. */
	get everybody(): Stay[] {
		return this.#stays.all;
	}

	/** Those of them that are this person's. */
	staysOf(person: PersonId): Stay[] {
		return this.#stays.of(person);
	}

	/** Whom this one would meet now who would go on to the next (R145). */
	likelyNext(stay: Stay): Stay | null {
		return this.#queue.likelyNext(stay);
	}

	/**
	 * Into the queue, with this wish from now on (R98). A match that goes on ends.
	 *
	 * @throws {CodedError} LIMIT_REACHED when this person waits in too many tabs.
	 */
	start(stay: Stay, wish: Wish, now = Date.now()): number {
		if (stay.gone) throw new CodedError('WRONG_PHASE');
		this.#stays.add(stay);
		this.#acts(stay, now);
		if (stay.match) this.#end(stay, 'next', now);
		stay.wish = wish;
		this.#queue.add(stay, now);
		this.#queue.pair();
		return this.waiting;
	}

	/** Ends this match, or with null whichever goes on, and waits for the next (R101). */
	next(stay: Stay, matchId: MatchId | null, now = Date.now()): number {
		this.#acts(stay, now);
		if (stay.match && (matchId === null || stay.match.id === matchId)) {
			this.#end(stay, 'next', now);
			this.#queue.pair();
		} else if (stay.state.kind === 'idle') throw notMet();
		return this.waiting;
	}

	/** Out of the match or the queue; harmless where one is in none. */
	stop(stay: Stay, why: 'left' | 'lost' = 'left', now = Date.now()): void {
		if (stay.match) this.#end(stay, why, now);
		this.#queue.remove(stay);
		stay.state = { kind: 'idle' };
		this.#stays.delete(stay);
		this.#queue.pair();
	}

	/** Gone for good. */
	remove(stay: Stay, why: 'left' | 'lost'): void {
		stay.gone = true;
		this.stop(stay, why);
	}

	/** Takes somebody out who did not ask for it, and says so. */
	expel(stay: Stay, why: WaitEnd): void {
		if (stay.state.kind === 'idle') return;
		this.stop(stay, why === 'connection' ? 'lost' : 'left');
		stay.listener.stopped(why);
	}

	/** Takes all tabs of a person out. */
	expelPerson(person: PersonId, why: WaitEnd): void {
		for (const stay of this.staysOf(person)) this.expel(stay, why);
	}

	/** Ends the matches of this person with those they must not meet: for both it is as if the other one had gone on (R122). */
	separate(person: PersonId, apart: ReadonlySet<PersonId>, now = Date.now()): void {
		for (const stay of this.staysOf(person)) {
			const { match } = stay;
			if (!match || !apart.has(match.partnerOf(stay).personId)) continue;
			this.#close(match, now);
			for (const side of [stay, match.partnerOf(stay)]) {
				this.#queue.add(side, now);
				side.listener.ended(match, 'next', 'partner', this.waiting);
			}
		}
		this.#queue.pair();
	}

	/** Says something to the partner (R102). @throws {CodedError} NOT_FOUND outside of this match. */
	post(
		stay: Stay,
		{ matchId, messageId, body }: { matchId: MatchId; messageId: MessageId; body: string },
		now = Date.now(),
	): { match: Match; message: MatchMessage; isNew: boolean } {
		const match = this.matchOf(stay, matchId, now);
		const { said, isNew } = match.say(stay, messageId, body, now);
		const partner = match.partnerOf(stay);
		if (isNew) partner.listener.posted(matchId, toldTo(partner, said));
		return { match, message: toldTo(stay, said), isNew };
	}

	typing(stay: Stay, matchId: MatchId, typing: boolean, now = Date.now()): void {
		const match = this.matchOf(stay, matchId, now);
		match.partnerOf(stay).listener.typing(matchId, typing);
	}

	/** @returns the match, once both would like to stay in touch and had not before. */
	keep(stay: Stay, matchId: MatchId, keep: boolean, now = Date.now()): Match | null {
		const match = this.matchOf(stay, matchId, now);
		if (match.kept) return null;
		if (match.keep(stay, keep)) match.partnerOf(stay).listener.keep(matchId, keep);
		return match.kept ? match : null;
	}

	/** The match that goes on. @throws {CodedError} NOT_FOUND when it is another one, or over. */
	matchOf(stay: Stay, matchId: MatchId, now = Date.now()): Match {
		this.#acts(stay, now);
		const { match } = stay;
		if (match?.id !== matchId) throw notMet();
		return match;
	}

	close(): void {
		for (const part of [this.#queue, this.#watch, this.encounters, this.#stays]) part.close();
	}

	#acts(stay: Stay, now: number): void {
		stay.actedAt = now;
		stay.requeued = 0;
	}

	#bringTogether(one: Stay, other: Stay): void {
		this.#recent.note(one.personId, other.personId);
		const match = new Match(one, other);
		this.#watch.begin(match);
		for (const stay of [one, other]) {
			if (stay.state.kind === 'waiting') this.#waited(Math.max(0, Date.now() - stay.state.since));
			stay.state = { kind: 'matched', match };
		}
		one.listener.found(match, partnerOf(one, other));
		// Whoever was told first may have gone on at once.
		if (!match.over) other.listener.found(match, partnerOf(other, one));
	}

	/**
	 * Ends somebody's match. Whoever wants the next one is queued first, for that is the one who looks at the clock; the
	 * partner waits again too, unless nobody seems to be there.
	 */
	#end(stay: Stay, why: MatchEnd, now: number): void {
		const { match } = stay;
		if (!match) return;
		const partner = match.partnerOf(stay);
		this.#close(match, now);
		if (why === 'next') this.#queue.add(stay, now);
		else stay.state = { kind: 'idle' };
		this.#queue.add(partner, now);
		partner.requeued++;
		stay.listener.ended(match, why, 'you', this.waiting);
		partner.listener.ended(match, why, 'partner', this.waiting);
		if (partner.requeued >= idlePartners) this.expel(partner, 'idle');
	}

	/** Over for both; for a while they can look back on it. */
	#close(match: Match, now: number): void {
		match.end();
		this.#watch.end(match);
		this.encounters.note(match, now);
	}

	/** Takes somebody out of a match who is away. A partner who is away, too, is not to meet another one. */
	#leaveAlone(stay: Stay): void {
		const partner = stay.match?.partnerOf(stay);
		if (partner?.match && isAway(partner, partner.match)) partner.requeued = idlePartners;
		this.expel(stay, 'idle');
	}

	/** Whoever seems to be away is taken out; the others are told how many they are. */
	#look(now: number): void {
		const stays = this.#queue.stays;
		for (const stay of stays) {
			const since = stay.state.kind === 'waiting' ? stay.state.since : now;
			if (now - Math.max(stay.actedAt, since) >= idleAfter) this.expel(stay, 'idle');
		}
		const { at, waiting } = this.#counted;
		const pause = countPeriod * Math.max(1, stays.length / countedEach);
		if (waiting === this.waiting || now - at < pause) return;
		this.#counted = { at: now, waiting: this.waiting };
		for (const stay of this.#queue.stays) stay.listener.waiting(this.waiting);
	}
}

/** The same for a match that is over, of others, or never was (R9). */
const notMet = () => new CodedError('NOT_FOUND', 'That is not your partner any more.');
