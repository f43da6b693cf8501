import { LRUCache } from 'lru-cache';
import type { PersonId } from '#shared/ids.ts';

/** For how long a sign-up may be repeated, in ms, and how many are remembered for that. */
const bounds = { ttl: 10 * 60 * 1000, max: 10_000 };

/**
 * Guests who signed up lately. A browser that did not hear of it holds the old cookie still, or is a new guest after its
 * next page; either way it is known to have been this guest (ACCOUNT-24).
 */
export class SignUps {
	readonly #accounts = new LRUCache<PersonId, PersonId>(bounds);

	/** This guest has an account now. */
	made(personId: PersonId): void {
		this.#accounts.set(personId, personId);
	}

	/** The browser of the one became the other, a new guest. */
	followed(before: PersonId, after: PersonId): void {
		const account = this.#accounts.get(before);
		if (account) this.#accounts.set(after, account);
	}

	/** The account that the browser of this guest made; null if it made none lately. */
	accountOf(guest: PersonId): PersonId | null {
		return this.#accounts.get(guest) ?? null;
	}
}
