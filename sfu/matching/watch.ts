import type { Match } from './match.ts';
import type { Stay } from './stay.ts';

/** How long somebody does nothing before they are taken to be away, in ms. */
export const idleAfter = 10 * 60 * 1000;
/** How often those in matches are looked at, in ms. */
const period = 30_000;

/** Keeps an eye on the matches that go on: whoever is away must not keep anybody (R106). */
export class Watch {
	readonly #away: (stay: Stay) => void;
	readonly #matches = new Set<Match>();
	#timer: NodeJS.Timeout | null = null;

	/** @param away is told who is away, and may end their match. */
	constructor(away: (stay: Stay) => void) {
		this.#away = away;
	}

	/** How many matches go on. */
	get size(): number {
		return this.#matches.size;
	}

	begin(match: Match): void {
		this.#matches.add(match);
		this.#timer ??= setTimeout(() => this.#look(), period);
	}

	end(match: Match): void {
		this.#matches.delete(match);
		if (this.#matches.size === 0) this.close();
	}

	close(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#look(now = Date.now()): void {
		this.#timer = setTimeout(() => this.#look(), period);
		for (const match of [...this.#matches]) {
			// Two who see each other need not touch anything.
			for (const side of match.sides) if (side.listener.isSending()) side.actedAt = now;
			for (const side of match.sides) if (!match.over && isAway(side, match, now)) this.#away(side);
		}
	}
}

/** Whether somebody has done nothing for long, of the time that they were in this match. */
export const isAway = (stay: Stay, { since }: Match, now = Date.now()): boolean =>
	now - Math.max(stay.actedAt, since) >= idleAfter;
