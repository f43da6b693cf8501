import type { PersonId } from '#shared/ids.ts';

/** People whose blocks are at hand. */
const most = 50_000;
const nobody: ReadonlySet<PersonId> = new Set();

/** Who must not meet whom, at hand for those who wait: whoever of the two blocked the other. */
export class Blocklist {
	readonly #load: (person: PersonId) => Promise<readonly PersonId[]>;
	readonly #apart = new Map<PersonId, Set<PersonId>>();

	/** @param load those whom a person blocked, and those who blocked them. */
	constructor(load: (person: PersonId) => Promise<readonly PersonId[]>) {
		this.#load = load;
	}

	/** Reads what is kept about somebody who begins to wait; of whoever waits already it is in force at once. */
	async read(person: PersonId): Promise<void> {
		const loaded = await this.#load(person);
		const apart = this.#apart.get(person) ?? new Set();
		apart.clear();
		for (const other of loaded) apart.add(other);
		this.#apart.delete(person);
		this.#apart.set(person, apart);
		const [oldest] = this.#apart.keys();
		if (this.#apart.size > most && oldest !== undefined) this.#apart.delete(oldest);
	}

	/** One of them blocked the other. */
	add(one: PersonId, other: PersonId): void {
		this.#apart.get(one)?.add(other);
		this.#apart.get(other)?.add(one);
	}

	/** Those whom somebody must not meet. Where only one of two is at hand, only that one's names the other. */
	readonly apart = (person: PersonId): ReadonlySet<PersonId> => this.#apart.get(person) ?? nobody;
}
