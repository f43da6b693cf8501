import type { MatchId, PersonId } from '#shared/ids.ts';
import type { Match, MatchSession } from './match.ts';

/** How long after a match a person can be reported and blocked, in ms. */
const retentionTime = 10 * 60 * 1000;
/** How many past matches of each person are remembered. */
const maxEach = 5;
/** The most characters of all their messages together; beyond it the oldest matches are forgotten first. */
const maxCharacters = 50_000_000;
/** The most matches at a time; this bounds matches without messages. */
const maxMatches = 50_000;

/** A match, and the person's side in it. */
export type PastMatch = { match: Match; side: MatchSession };

type Remembered = { match: Match; owners: Set<PersonId>; characters: number; until: number };

/** The recent matches of each person. They remain after the person stops or comes back over a new connection. */
export class PastMatches {
	readonly #byPerson = new Map<PersonId, PastMatch[]>();
	/** In the order in which they ended. */
	readonly #all = new Map<MatchId, Remembered>();
	#characters = 0;
	/** Runs until the oldest match is forgotten. */
	#timer: NodeJS.Timeout | null = null;

	/** Adds a match that is over. */
	note(match: Match, now = Date.now()): void {
		const characters = match.messages.reduce((sum, { body }) => sum + body.length, 0);
		const remembered: Remembered = {
			match,
			owners: new Set(),
			characters,
			until: now + retentionTime,
		};
		this.#all.set(match.id, remembered);
		this.#characters += characters;
		for (const side of match.sides) this.#add(side.personId, { match, side });
		while (this.#characters > maxCharacters || this.#all.size > maxMatches) this.#forgetOldest();
		this.#scheduleForgetting(now);
	}

	/** The matches of a person, the latest first. */
	of(person: PersonId): readonly PastMatch[] {
		return this.#byPerson.get(person) ?? [];
	}

	/** A guest became an account, which remembers the matches of both. */
	became(guest: PersonId, account: PersonId): void {
		const theirs = this.of(guest);
		for (const pastMatch of theirs.toReversed()) this.#add(account, pastMatch);
		for (const { match } of theirs) this.#drop(guest, match.id);
	}

	close(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		this.#all.clear();
		this.#byPerson.clear();
	}

	#add(person: PersonId, pastMatch: PastMatch): void {
		const all = [pastMatch, ...this.of(person)];
		this.#byPerson.set(person, all);
		this.#all.get(pastMatch.match.id)?.owners.add(person);
		for (const { match } of all.slice(maxEach)) this.#drop(person, match.id);
	}

	/** Removes a match from a person's list. A match that is in no list is forgotten. */
	#drop(person: PersonId, matchId: MatchId): void {
		const left = this.of(person).filter(({ match }) => match.id !== matchId);
		if (left.length > 0) this.#byPerson.set(person, left);
		else this.#byPerson.delete(person);
		const remembered = this.#all.get(matchId);
		remembered?.owners.delete(person);
		if (remembered?.owners.size === 0) this.#forget(remembered);
	}

	#forget({ match, owners, characters }: Remembered): void {
		if (!this.#all.delete(match.id)) return;
		this.#characters -= characters;
		for (const person of [...owners]) this.#drop(person, match.id);
	}

	#forgetOldest(): void {
		const [oldest] = this.#all.values();
		if (oldest) this.#forget(oldest);
	}

	#scheduleForgetting(now: number): void {
		const [oldest] = this.#all.values();
		if (this.#timer || !oldest) return;
		this.#timer = setTimeout(
			() => {
				this.#timer = null;
				const then = Date.now();
				for (const remembered of [...this.#all.values()])
					if (remembered.until <= then) this.#forget(remembered);
					else break;
				this.#scheduleForgetting(then);
			},
			Math.max(1_000, oldest.until - now),
		);
	}
}
