import type { Match, MatchSession } from './match.ts';

/** How long a person does nothing before they count as away, in ms. */
export const idleAfter = 10 * 60 * 1000;
/** How often running matches are checked, in ms. */
const checkInterval = 30_000;

/** Checks the running matches: a person who is away must not hold up the partner (MATCH-13). */
export class Watch {
	readonly #away: (session: MatchSession) => void;
	readonly #matches = new Set<Match>();
	#timer: NodeJS.Timeout | null = null;

	/** @param away is given sessions whose person is away, and may end their match. */
	constructor(away: (session: MatchSession) => void) {
		this.#away = away;
	}

	/** How many matches run. */
	get size(): number {
		return this.#matches.size;
	}

	begin(match: Match): void {
		this.#matches.add(match);
		this.#timer ??= setTimeout(() => this.#check(), checkInterval);
	}

	end(match: Match): void {
		this.#matches.delete(match);
		if (this.#matches.size === 0) this.close();
	}

	close(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#check(now = Date.now()): void {
		this.#timer = setTimeout(() => this.#check(), checkInterval);
		for (const match of [...this.#matches]) {
			// Two people who see each other need not touch anything.
			for (const side of match.sides) if (side.listener.isSending()) side.actedAt = now;
			for (const side of match.sides)
				if (!match.isOver && isAway(side, match, now)) this.#away(side);
		}
	}
}

/** Whether the person has done nothing for long during this match. */
export const isAway = (session: MatchSession, { since }: Match, now = Date.now()): boolean =>
	now - Math.max(session.actedAt, since) >= idleAfter;
