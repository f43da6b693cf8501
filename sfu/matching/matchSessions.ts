import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { MatchSession } from './match.ts';

/** How many tabs of one person may wait or be in a match at a time. */
const maxTabs = 4;

/** All sessions that wait or are in a match, by person. */
export class MatchSessions {
	readonly #byPerson = new Map<PersonId, Set<MatchSession>>();
	readonly #meets: (person: PersonId, meets: boolean) => void;

	/** @param meets is called when a person begins or stops waiting or being in a match. */
	constructor(meets: (person: PersonId, meets: boolean) => void) {
		this.#meets = meets;
	}

	get all(): MatchSession[] {
		return [...this.#byPerson.values()].flatMap((sessions) => [...sessions]);
	}

	of(person: PersonId): MatchSession[] {
		return [...(this.#byPerson.get(person) ?? [])];
	}

	/** @throws {CodedError} LIMIT_REACHED if this person waits in too many tabs. */
	add(session: MatchSession): void {
		const sessions = this.#byPerson.get(session.personId) ?? new Set();
		if (!sessions.has(session) && sessions.size >= maxTabs)
			throw new CodedError('LIMIT_REACHED', "You're already waiting in too many windows.");
		this.#byPerson.set(session.personId, sessions.add(session));
		this.#meets(session.personId, true);
	}

	/** Harmless if the session is not there. */
	delete(session: MatchSession): void {
		const sessions = this.#byPerson.get(session.personId);
		sessions?.delete(session);
		if (sessions?.size !== 0) return;
		this.#byPerson.delete(session.personId);
		this.#meets(session.personId, false);
	}

	close(): void {
		this.#byPerson.clear();
	}
}
