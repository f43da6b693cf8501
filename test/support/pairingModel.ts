import {
	interestWaitTime,
	languageWaitTime,
	reunionWaitTime,
	type Acquaintance,
	type Waiter,
} from '../../sfu/matching/waiter.ts';

/*
 * The rules of pairing (MATCH-4) as plainly as they can be written: everybody is compared with everybody. It is what the
 * pairing of the service must agree with, which looks at as few as it can.
 */

/** The crowd at one moment, and what its people know of each other. */
export class PairingModel {
	readonly #known: Acquaintance;
	readonly #now: number;

	constructor(known: Acquaintance, now: number) {
		this.#known = known;
		this.#now = now;
	}

	isOpen({ interests, since }: Waiter): boolean {
		return interests.length === 0 || this.#now - since >= interestWaitTime;
	}

	areApart(one: Waiter, other: Waiter): boolean {
		const { apart } = this.#known;
		return apart(one.personId).has(other.personId) || apart(other.personId).has(one.personId);
	}

	/** How many others one of them has met since they last met, the larger number; null if that is long ago. */
	met(one: Waiter, other: Waiter): number | null {
		const { partners } = this.#known;
		const since = Math.max(
			partners(one.personId).indexOf(other.personId),
			partners(other.personId).indexOf(one.personId),
		);
		return since < 0 ? null : since;
	}

	/** Whether these two may meet now, as if they had never met before. */
	suits(one: Waiter, other: Waiter): boolean {
		if (one.personId === other.personId || one.place !== other.place) return false;
		if (this.areApart(one, other) || !this.#languagesSuit(one, other)) return false;
		return sharesInterest(one, other) || (this.isOpen(one) && this.isOpen(other));
	}

	areStrangers(one: Waiter, other: Waiter): boolean {
		return this.suits(one, other) && this.met(one, other) === null;
	}

	/** Whether these two may meet again. */
	mayReunite(one: Waiter, other: Waiter): boolean {
		const met = this.met(one, other);
		if (met === null || !this.suits(one, other)) return false;
		if (!this.isOpen(one) || !this.isOpen(other)) return false;
		const waited = this.#now - Math.max(one.since, other.since);
		return met > 0 || waited >= reunionWaitTime;
	}

	/** Who meets whom. @param crowd longest waiting first. */
	pairs(crowd: readonly Waiter[]): [Waiter, Waiter][] {
		const pairs: [Waiter, Waiter][] = [];
		const left = new Set(crowd);
		const pass = (may: (one: Waiter, other: Waiter) => boolean) => {
			for (const one of crowd) {
				if (!left.has(one)) continue;
				const [best] = [...left]
					.filter((other) => other !== one && may(one, other))
					// The sort is stable: among equals it is the one who waits longest.
					.sort((a, b) => this.#worth(one, b) - this.#worth(one, a));
				if (!best) continue;
				pairs.push([one, best]);
				for (const paired of [one, best]) left.delete(paired);
			}
		};
		pass((one, other) => this.areStrangers(one, other));
		pass((one, other) => this.mayReunite(one, other));
		return pairs;
	}

	/** A shared interest is worth more than that the last meeting is long ago. */
	#worth(one: Waiter, other: Waiter): number {
		return (sharesInterest(one, other) ? 1_000 : 0) + (this.met(one, other) ?? 0);
	}

	#languagesSuit(one: Waiter, other: Waiter): boolean {
		if (one.language === other.language) return true;
		if (one.language !== null && other.language !== null) return false;
		const isTolerant = ({ language, since }: Waiter) =>
			language === null || this.#now - since >= languageWaitTime;
		return isTolerant(one) && isTolerant(other);
	}
}

export const sharesInterest = (one: Waiter, other: Waiter): boolean =>
	one.interests.some((interest) => other.interests.includes(interest));
