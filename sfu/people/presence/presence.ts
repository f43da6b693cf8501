import { EventEmitter } from 'node:events';
import type { PersonId } from '#shared/ids.ts';
import type { ChosenState, PresenceState } from '#shared/people.ts';

type PresenceEvents = {
	/** This person's state changed. */
	changed: [PersonId, PresenceState];
};

/** An open page of a person. */
export type Tab = {
	/** The person does not look at the page. */
	idle: boolean;
	inCall: boolean;
};

/**
 * A person's state over all their tabs, and their choice.
 *
 * @param meets whether they wait for a stranger or are in a match.
 */
export function stateOver(tabs: readonly Tab[], chosen: ChosenState, meets = false): PresenceState {
	if (tabs.length === 0) return 'offline';
	if (chosen === 'do-not-disturb') return chosen;
	if (meets || tabs.some(({ inCall }) => inCall)) return 'in-call';
	return chosen === 'away' || tabs.every(({ idle }) => idle) ? 'away' : 'available';
}

type PresentPerson = {
	tabs: Map<object, Tab>;
	chosen: ChosenState;
	name: string | null;
	told: PresenceState;
	/** Runs after the last tab closed, while another tab may be about to open. */
	leaving: NodeJS.Timeout | null;
};

/**
 * Which people are present. A person who closes the last page stays present for a moment: they may only be reloading
 * it.
 */
export class Presence extends EventEmitter<PresenceEvents> {
	readonly #linger: number;
	readonly #people = new Map<PersonId, PresentPerson>();
	/** People in matching, whether one of their pages is known here or not. */
	readonly #meeting = new Set<PersonId>();

	/** @param linger how long a person without a page still counts as present, in ms. */
	constructor(linger = 5_000) {
		super();
		this.#linger = linger;
	}

	/**
	 * A page of this person is open, or the person began or stopped looking at it.
	 *
	 * @param key identifies the page: always the same object.
	 */
	enter(personId: PersonId, key: object, tab: Tab, chosen: ChosenState, name?: string): void {
		const present = this.#people.get(personId) ?? {
			tabs: new Map<object, Tab>(),
			chosen,
			name: null,
			leaving: null,
			told: 'offline' as const,
		};
		this.#people.set(personId, present);
		if (present.leaving) clearTimeout(present.leaving);
		present.leaving = null;
		present.chosen = chosen;
		present.name = name ?? present.name;
		present.tabs.set(key, tab);
		this.#tell(personId, present);
	}

	/** This person is in a call, and its page is being reloaded. */
	stay(personId: PersonId, key: object): void {
		const present = this.#people.get(personId);
		if (!present) return;
		present.tabs.set(key, { idle: false, inCall: true });
		this.#tell(personId, present);
	}

	/** Changes the state of an open page. */
	change(personId: PersonId, key: object, change: Partial<Tab>): void {
		const present = this.#people.get(personId);
		const tab = present?.tabs.get(key);
		if (!present || !tab) return;
		Object.assign(tab, change);
		this.#tell(personId, present);
	}

	/** A person waits for strangers or is in a match, in any way; or does not any more. */
	meet(personId: PersonId, meets: boolean): void {
		if (meets) this.#meeting.add(personId);
		else this.#meeting.delete(personId);
		const present = this.#people.get(personId);
		// A person who is about to leave is told when they leave.
		if (present && present.tabs.size > 0) this.#tell(personId, present);
	}

	choose(personId: PersonId, chosen: ChosenState): void {
		const present = this.#people.get(personId);
		if (!present) return;
		present.chosen = chosen;
		this.#tell(personId, present);
	}

	leave(personId: PersonId, key: object): void {
		const present = this.#people.get(personId);
		if (!present?.tabs.delete(key)) return;
		if (present.tabs.size > 0) {
			this.#tell(personId, present);
			return;
		}
		present.leaving = setTimeout(() => {
			this.#people.delete(personId);
			this.emit('changed', personId, 'offline');
		}, this.#linger);
	}

	stateOf(personId: PersonId): PresenceState {
		return this.#people.get(personId)?.told ?? 'offline';
	}

	/** The name that a present person's pages state. */
	nameOf(personId: PersonId): string | null {
		return this.#people.get(personId)?.name ?? null;
	}

	close(): void {
		for (const { leaving } of this.#people.values()) if (leaving) clearTimeout(leaving);
		this.#people.clear();
		this.#meeting.clear();
		this.removeAllListeners();
	}

	#tell(personId: PersonId, present: PresentPerson): void {
		const meets = this.#meeting.has(personId);
		const state = stateOver([...present.tabs.values()], present.chosen, meets);
		if (state === present.told) return;
		present.told = state;
		this.emit('changed', personId, state);
	}
}
