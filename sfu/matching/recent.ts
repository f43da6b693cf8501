import type { PersonId } from '#shared/ids.ts';

/** Partners of each person that are remembered. */
const most = 5;
/** People whose partners are remembered. */
const people = 50_000;
const none: readonly PersonId[] = [];

/** Who met whom lately. */
export class Recent {
	readonly #partners = new Map<PersonId, readonly PersonId[]>();

	note(one: PersonId, other: PersonId): void {
		this.#add(one, other);
		this.#add(other, one);
	}

	/** The last partners of somebody, the latest first. */
	readonly partners = (person: PersonId): readonly PersonId[] => this.#partners.get(person) ?? none;

	#add(person: PersonId, partner: PersonId): void {
		const before = this.partners(person).filter((known) => known !== partner);
		this.#partners.delete(person);
		this.#partners.set(person, [partner, ...before].slice(0, most));
		const [oldest] = this.#partners.keys();
		if (this.#partners.size > people && oldest !== undefined) this.#partners.delete(oldest);
	}
}
