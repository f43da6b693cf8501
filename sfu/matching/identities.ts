import type { PersonId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import type { Stay } from './stay.ts';

/** Guests that were merged into accounts, at hand for whoever met them. */
const most = 10_000;

/** Who is which account by now, of those who were met as guests (R122). */
export class Identities {
	readonly #accounts = new Map<PersonId, PersonId>();

	became(guest: PersonId, account: PersonId): void {
		this.#accounts.set(guest, account);
		const [oldest] = this.#accounts.keys();
		if (this.#accounts.size > most && oldest !== undefined) this.#accounts.delete(oldest);
	}

	/** A person as they are known now, under the name they gave to their partner. */
	authorOf({ personId, wish }: Stay): Author {
		return {
			personId: this.#accounts.get(personId) ?? personId,
			name: wish.name ?? 'Somebody met by chance',
		};
	}
}
