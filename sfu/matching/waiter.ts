import type { PersonId } from '#shared/ids.ts';

/** A waiting person. */
export type Waiter = {
	personId: PersonId;
	/** Only people of the same place can meet. */
	place: string;
	/** The topics that they would like to talk about; none for any topic. */
	interests: readonly string[];
	/** The language that they would like to talk in; null for any. */
	language: string | null;
	/** When they began to wait, in ms since 1970. */
	since: number;
};

/** The known relations between people. It is enough that one of two people is known. */
export type Acquaintance = {
	/** The people whom this person must not meet: one of them blocked the other. */
	apart(person: PersonId): ReadonlySet<PersonId>;
	/** The person's last partners, the latest first; older ones are forgotten. */
	partners(person: PersonId): readonly PersonId[];
};

/** How long people with interests wait for a person who shares one, in ms. */
export const interestWaitTime = 3_000;
/**
 * How long people who chose a language wait for a person who chose it too, in ms. They never meet a person with another
 * language.
 */
export const languageWaitTime = 8_000;
/** How long two people who have just parted wait for any other person before they meet again, in ms. */
export const reunionWaitTime = 10_000;

/** A waiting person with values that are needed again and again. */
export type Entry<W extends Waiter> = {
	readonly waiter: W;
	/** Whether they accept people who share no interest with them. */
	readonly open: boolean;
	/** Whether they accept people who left the language open. */
	readonly tolerant: boolean;
	readonly apart: ReadonlySet<PersonId>;
	readonly partners: readonly PersonId[];
};

export function entryOf<W extends Waiter>(waiter: W, known: Acquaintance, now: number): Entry<W> {
	const { personId, interests, language, since } = waiter;
	return {
		waiter,
		open: interests.length === 0 || now - since >= interestWaitTime,
		tolerant: language === null || now - since >= languageWaitTime,
		apart: known.apart(personId),
		partners: known.partners(personId),
	};
}

/** Whether they are the same person, or two who must not meet. */
export const areApart = (one: Entry<Waiter>, other: Entry<Waiter>): boolean =>
	one.waiter.personId === other.waiter.personId ||
	one.apart.has(other.waiter.personId) ||
	other.apart.has(one.waiter.personId);

/** How many others the two have met since they last met, the larger number; -1 if that is long ago. */
export const metSince = (one: Entry<Waiter>, other: Entry<Waiter>): number =>
	Math.max(
		one.partners.indexOf(other.waiter.personId),
		other.partners.indexOf(one.waiter.personId),
	);

export const shareInterest = (one: Waiter, other: Waiter): boolean =>
	one.interests.some((interest) => other.interests.includes(interest));

/** Whether the place and the language of the two match. */
export function suitEachOther(one: Entry<Waiter>, other: Entry<Waiter>): boolean {
	const [here, there] = [one.waiter, other.waiter];
	if (here.place !== there.place) return false;
	if (here.language === there.language) return true;
	return (here.language === null || there.language === null) && one.tolerant && other.tolerant;
}
