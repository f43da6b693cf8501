import type { PersonId } from '#shared/ids.ts';

/** Partners of each person that are remembered. */
const partners = 5;
/** People whose partners are remembered. */
const people = 50_000;

/** Who met whom lately. */
export class Recent {
	readonly #partners = new Map<PersonId, PersonId[]>();

	note(one: PersonId, other: PersonId): void {
		this.#add(one, other);
		this.#add(other, one);
	}

	/** How many others one of them has met since they last met, the larger number; null if that is long ago. */
	met(one: PersonId, other: PersonId): number | null {
		const found = [this.#place(one, other), this.#place(other, one)].filter((at) => at >= 0);
		return found.length > 0 ? Math.max(...found) : null;
	}

	#place(person: PersonId, partner: PersonId): number {
		return this.#partners.get(person)?.indexOf(partner) ?? -1;
	}

	#add(person: PersonId, partner: PersonId): void {
		const before = (this.#partners.get(person) ?? []).filter((known) => known !== partner);
		this.#partners.delete(person);
		this.#partners.set(person, [partner, ...before].slice(0, partners));
		const [oldest] = this.#partners.keys();
		if (this.#partners.size > people && oldest !== undefined) this.#partners.delete(oldest);
	}
}
