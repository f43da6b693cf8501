import type { MatchId, PersonId } from '#shared/ids.ts';
import type { Match } from './match.ts';
import type { Stay } from './stay.ts';

/** How long somebody can be reported and blocked after a match, in ms. */
const memory = 10 * 60 * 1000;
/** Matches that each person can look back on. */
const mostEach = 5;
/** Characters that were said in all of them; beyond that the oldest are forgotten first. */
const mostSaid = 50_000_000;
/** Matches at a time, for those in which nothing was said. */
const mostMatches = 50_000;

/** A match, and which of the two somebody was in it. */
export type Encounter = { match: Match; side: Stay };

type Remembered = { match: Match; owners: Set<PersonId>; said: number; until: number };

/** Whom everybody was with a moment ago, by person: whoever stops, or comes back over a new connection, can look back too. */
export class Encounters {
	readonly #byPerson = new Map<PersonId, Encounter[]>();
	/** The one that ended first comes first. */
	readonly #all = new Map<MatchId, Remembered>();
	#said = 0;
	/** Until the oldest is forgotten. */
	#timer: NodeJS.Timeout | null = null;

	/** A match is over. */
	note(match: Match, now = Date.now()): void {
		const said = match.said.reduce((sum, { body }) => sum + body.length, 0);
		const remembered: Remembered = { match, owners: new Set(), said, until: now + memory };
		this.#all.set(match.id, remembered);
		this.#said += said;
		for (const side of match.sides) this.#give(side.personId, { match, side });
		while (this.#said > mostSaid || this.#all.size > mostMatches) this.#forgetOldest();
		this.#await(now);
	}

	/** The matches of a person, the latest first. */
	of(person: PersonId): readonly Encounter[] {
		return this.#byPerson.get(person) ?? [];
	}

	/** A guest is an account from now on, which looks back on what both have met. */
	became(guest: PersonId, account: PersonId): void {
		const theirs = this.of(guest);
		for (const encounter of theirs.toReversed()) this.#give(account, encounter);
		for (const { match } of theirs) this.#drop(guest, match.id);
	}

	close(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
		this.#all.clear();
		this.#byPerson.clear();
	}

	#give(person: PersonId, encounter: Encounter): void {
		const all = [encounter, ...this.of(person)];
		this.#byPerson.set(person, all);
		this.#all.get(encounter.match.id)?.owners.add(person);
		for (const { match } of all.slice(mostEach)) this.#drop(person, match.id);
	}

	/** Somebody does not look back on it any more; what nobody does is forgotten. */
	#drop(person: PersonId, matchId: MatchId): void {
		const left = this.of(person).filter(({ match }) => match.id !== matchId);
		if (left.length > 0) this.#byPerson.set(person, left);
		else this.#byPerson.delete(person);
		const remembered = this.#all.get(matchId);
		remembered?.owners.delete(person);
		if (remembered?.owners.size === 0) this.#forget(remembered);
	}

	#forget({ match, owners, said }: Remembered): void {
		if (!this.#all.delete(match.id)) return;
		this.#said -= said;
		for (const person of [...owners]) this.#drop(person, match.id);
	}

	#forgetOldest(): void {
		const [oldest] = this.#all.values();
		if (oldest) this.#forget(oldest);
	}

	#await(now: number): void {
		const [oldest] = this.#all.values();
		if (this.#timer || !oldest) return;
		this.#timer = setTimeout(
			() => {
				this.#timer = null;
				const then = Date.now();
				for (const remembered of [...this.#all.values()])
					if (remembered.until <= then) this.#forget(remembered);
					else break;
				this.#await(then);
			},
			Math.max(1_000, oldest.until - now),
		);
	}
}
