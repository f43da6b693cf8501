import { LRUCache } from 'lru-cache';
import type { PersonId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import { guestName } from '#shared/moderation.ts';
import type { MatchSession } from './match.ts';

/** How many merged guests are cached for the people who met them. */
const maxIdentities = 10_000;

/** The present accounts of people who were met as guests (ACCOUNT-21). */
export class Identities {
	readonly #accounts = new LRUCache<PersonId, PersonId>({ max: maxIdentities });

	became(guest: PersonId, account: PersonId): void {
		this.#accounts.set(guest, account);
	}

	/** The present person, under the name that they gave to their partner. */
	authorOf({ personId, wish }: MatchSession): Author {
		const now = this.#accounts.get(personId) ?? personId;
		return { personId: now, name: wish.name ?? guestName(now) };
	}
}
