import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Stay } from './stay.ts';

/** Tabs of one person that may wait or be in a match at a time. */
const most = 4;

/** All who wait or are in a match, by person. */
export class Stays {
	readonly #byPerson = new Map<PersonId, Set<Stay>>();
	readonly #meets: (person: PersonId, meets: boolean) => void;

	/** @param meets is told of people who wait or are in a match, and of those who are in neither any more. */
	constructor(meets: (person: PersonId, meets: boolean) => void) {
		this.#meets = meets;
	}

	get all(): Stay[] {
		return [...this.#byPerson.values()].flatMap((stays) => [...stays]);
	}

	of(person: PersonId): Stay[] {
		return [...(this.#byPerson.get(person) ?? [])];
	}

	/** @throws {CodedError} LIMIT_REACHED when this person waits in too many tabs. */
	add(stay: Stay): void {
		const stays = this.#byPerson.get(stay.personId) ?? new Set();
		if (!stays.has(stay) && stays.size >= most)
			throw new CodedError('LIMIT_REACHED', 'You wait in too many windows already.');
		this.#byPerson.set(stay.personId, stays.add(stay));
		this.#meets(stay.personId, true);
	}

	/** Harmless for one that is not there. */
	delete(stay: Stay): void {
		const stays = this.#byPerson.get(stay.personId);
		stays?.delete(stay);
		if (stays?.size !== 0) return;
		this.#byPerson.delete(stay.personId);
		this.#meets(stay.personId, false);
	}

	close(): void {
		this.#byPerson.clear();
	}
}
