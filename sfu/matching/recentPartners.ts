import { LRUCache } from 'lru-cache';
import type { PersonId } from '#shared/ids.ts';

/** How many partners of each person are remembered. */
const maxPartners = 5;
/** How many people's partners are remembered. */
const maxPeople = 50_000;
const noPartners: readonly PersonId[] = [];

/** Which people met each other recently. */
export class RecentPartners {
	readonly #partners: LRUCache<PersonId, readonly PersonId[]>;

	/** @param max how many people's partners are remembered; room for all of them is taken at once. */
	constructor(max = maxPeople) {
		this.#partners = new LRUCache({ max });
	}

	note(one: PersonId, other: PersonId): void {
		this.#add(one, other);
		this.#add(other, one);
	}

	/** The person's last partners, the latest first. */
	readonly partners = (person: PersonId): readonly PersonId[] =>
		this.#partners.get(person) ?? noPartners;

	#add(person: PersonId, partner: PersonId): void {
		const before = this.partners(person).filter((known) => known !== partner);
		this.#partners.set(person, [partner, ...before].slice(0, maxPartners));
	}
}
