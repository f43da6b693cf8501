import { LRUCache } from 'lru-cache';
import type { PersonId } from '#shared/ids.ts';

/** How many people's blocks are cached. */
const maxPeople = 50_000;
const noPeople: ReadonlySet<PersonId> = new Set();

/** Which people must not meet, cached for matching: pairs of whom one blocked the other. */
export class Blocklist {
	readonly #load: (person: PersonId) => Promise<readonly PersonId[]>;
	readonly #apart = new LRUCache<PersonId, Set<PersonId>>({ max: maxPeople });

	/** @param load reads the people whom a person blocked, and the people who blocked them. */
	constructor(load: (person: PersonId) => Promise<readonly PersonId[]>) {
		this.#load = load;
	}

	/** Reads the blocks of a person who begins to wait. Blocks of waiting people take effect at once. */
	async read(person: PersonId): Promise<void> {
		const loaded = await this.#load(person);
		const apart = this.#apart.get(person) ?? new Set();
		apart.clear();
		for (const other of loaded) apart.add(other);
		this.#apart.set(person, apart);
	}

	/** One of them blocked the other. */
	add(one: PersonId, other: PersonId): void {
		this.#apart.get(one)?.add(other);
		this.#apart.get(other)?.add(one);
	}

	/**
	 * The people whom this person must not meet. If only one of two people is cached, only that person's set names the
	 * other.
	 */
	readonly apart = (person: PersonId): ReadonlySet<PersonId> => this.#apart.get(person) ?? noPeople;
}
