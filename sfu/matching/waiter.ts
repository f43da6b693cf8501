import type { PersonId } from '#shared/ids.ts';

/** Somebody who waits. */
export type Waiter = {
	personId: PersonId;
	/** Where they can meet others: of the same place only. */
	place: string;
	/** What they would like to talk about; none for anything. */
	interests: readonly string[];
	/** What they would like to talk in; null for anything. */
	language: string | null;
	/** Since when they wait, in ms since 1970. */
	since: number;
};

/** What is known between people. What one of two knows is enough. */
export type Acquaintance = {
	/** Those who must not meet this person: one of them blocked the other. */
	apart(person: PersonId): ReadonlySet<PersonId>;
	/** The last partners of this person, the latest first; those of long ago are forgotten. */
	partners(person: PersonId): readonly PersonId[];
};

/** How long those with interests wait for somebody who shares one, in ms. */
export const interestPatience = 3_000;
/** How long those who chose a language wait for somebody who chose it too, in ms. Another one they never get. */
export const languagePatience = 8_000;
/** How long two who have just parted wait for anybody else before they meet again, in ms. */
export const reunionPatience = 10_000;

/** Somebody in the crowd, with what is asked of them again and again. */
export type Entry<W extends Waiter> = {
	readonly waiter: W;
	/** Whether they take those who share no interest with them. */
	readonly open: boolean;
	/** Whether they take those who left the language open. */
	readonly tolerant: boolean;
	readonly apart: ReadonlySet<PersonId>;
	readonly partners: readonly PersonId[];
};

export function entryOf<W extends Waiter>(waiter: W, known: Acquaintance, now: number): Entry<W> {
	const { personId, interests, language, since } = waiter;
	return {
		waiter,
		open: interests.length === 0 || now - since >= interestPatience,
		tolerant: language === null || now - since >= languagePatience,
		apart: known.apart(personId),
		partners: known.partners(personId),
	};
}

/** Whether they are one person, or two who must not meet. */
export const areApart = (one: Entry<Waiter>, other: Entry<Waiter>): boolean =>
	one.waiter.personId === other.waiter.personId ||
	one.apart.has(other.waiter.personId) ||
	other.apart.has(one.waiter.personId);

/** How many others one of them has met since they last met, the larger number: -1 if that is long ago. */
export const metSince = (one: Entry<Waiter>, other: Entry<Waiter>): number =>
	Math.max(
		one.partners.indexOf(other.waiter.personId),
		other.partners.indexOf(one.waiter.personId),
	);

export const shareInterest = (one: Waiter, other: Waiter): boolean =>
	one.interests.some((interest) => other.interests.includes(interest));

/** Whether the place and the language of two suit each other. */
export function suitEachOther(one: Entry<Waiter>, other: Entry<Waiter>): boolean {
	const [here, there] = [one.waiter, other.waiter];
	if (here.place !== there.place) return false;
	if (here.language === there.language) return true;
	return (here.language === null || there.language === null) && one.tolerant && other.tolerant;
}
