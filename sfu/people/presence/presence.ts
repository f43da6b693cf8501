import { EventEmitter } from 'node:events';
import type { PersonId } from '#shared/ids.ts';
import type { ChosenState, PresenceState } from '#shared/people.ts';

type PresenceEvents = {
	/** This person's state changed. */
	changed: [PersonId, PresenceState];
	/** What this node knows of a person changed. */
	part: [PersonId, PresencePart];
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

/** What one node knows of a person. */
export type PresencePart = {
	tabs: Tab[];
	/** Null if none of its pages said it. */
	chosen: ChosenState | null;
	name: string | null;
	/** Whether they wait for a stranger or are in a match. */
	meets: boolean;
};

type PresentPerson = {
	tabs: Map<object, Tab>;
	chosen: ChosenState;
	name: string | null;
	announced: PresenceState;
	/** Runs after the last tab closed, while another tab may be about to open. */
	leaving: NodeJS.Timeout | null;
	/** What other nodes know of the person. */
	elsewhere: Map<string, PresencePart>;
};

/**
 * Which people are present. A person who closes the last page stays present for a moment: they may only be reloading
 * it. A person may have pages on several nodes.
 */
export class Presence extends EventEmitter<PresenceEvents> {
	readonly #absenceDelay: number;
	readonly #people = new Map<PersonId, PresentPerson>();
	/** People in matching on this node, whether one of their pages is known here or not. */
	readonly #meeting = new Set<PersonId>();

	/** @param absenceDelay how long a person without a page still counts as present, in ms. */
	constructor(absenceDelay = 5_000) {
		super();
		this.#absenceDelay = absenceDelay;
	}

	/**
	 * A page of this person is open, or the person began or stopped looking at it.
	 *
	 * @param key identifies the page: always the same object.
	 */
	enter(personId: PersonId, key: object, tab: Tab, chosen: ChosenState, name?: string): void {
		const present = this.#present(personId, chosen);
		if (present.leaving) clearTimeout(present.leaving);
		present.leaving = null;
		present.chosen = chosen;
		present.name = name ?? present.name;
		present.tabs.set(key, tab);
		this.#changed(personId, present);
	}

	/** This person is in a call, and its page is being reloaded. */
	stay(personId: PersonId, key: object): void {
		const present = this.#people.get(personId);
		if (!present) return;
		present.tabs.set(key, { idle: false, inCall: true });
		this.#changed(personId, present);
	}

	/** Changes the state of an open page. */
	change(personId: PersonId, key: object, change: Partial<Tab>): void {
		const present = this.#people.get(personId);
		const tab = present?.tabs.get(key);
		if (!present || !tab) return;
		Object.assign(tab, change);
		this.#changed(personId, present);
	}

	/** A person waits for strangers or is in a match, in any way; or does not any more. */
	meet(personId: PersonId, meets: boolean): void {
		if (meets) this.#meeting.add(personId);
		else this.#meeting.delete(personId);
		const present = this.#people.get(personId);
		// A person who is about to leave is told when they leave.
		if (present && this.#tabsOf(present).length > 0) this.#tell(personId, present);
		this.emit('part', personId, this.#partOf(personId, present));
	}

	choose(personId: PersonId, chosen: ChosenState): void {
		const present = this.#people.get(personId);
		if (!present) return;
		present.chosen = chosen;
		this.#changed(personId, present);
	}

	leave(personId: PersonId, key: object): void {
		const present = this.#people.get(personId);
		if (!present?.tabs.delete(key)) return;
		if (present.tabs.size > 0) {
			this.#changed(personId, present);
			return;
		}
		present.leaving = setTimeout(() => {
			present.leaving = null;
			this.#changed(personId, present);
		}, this.#absenceDelay);
	}

	stateOf(personId: PersonId): PresenceState {
		return this.#people.get(personId)?.announced ?? 'offline';
	}

	/** Whether they look at one of their pages, or are in a call on one. */
	isLooking(personId: PersonId): boolean {
		const present = this.#people.get(personId);
		const tabs = present ? this.#tabsOf(present) : [];
		return tabs.some(({ idle, inCall }) => !idle || inCall);
	}

	/** The name that a present person's pages state. */
	nameOf(personId: PersonId): string | null {
		return this.#people.get(personId)?.name ?? null;
	}

	/** What this node knows of each person. */
	get parts(): [PersonId, PresencePart][] {
		const people = new Set([...this.#people.keys(), ...this.#meeting]);
		return [...people].map((person) => [person, this.#partOf(person, this.#people.get(person))]);
	}

	/** What another node knows of a person now. */
	receive(node: string, personId: PersonId, part: PresencePart): void {
		const { tabs, chosen, name, meets } = part;
		const isGone = tabs.length === 0 && !meets;
		if (isGone && !this.#people.has(personId)) return;
		const present = this.#present(personId, chosen ?? 'available');
		if (isGone) present.elsewhere.delete(node);
		else present.elsewhere.set(node, part);
		if (tabs.length > 0) {
			present.chosen = chosen ?? present.chosen;
			present.name = name ?? present.name;
		}
		this.#tell(personId, present);
	}

	/** A node ended, and with it the pages that people had there. */
	forgetNode(node: string): void {
		for (const [personId, present] of this.#people)
			if (present.elsewhere.delete(node)) this.#tell(personId, present);
	}

	close(): void {
		for (const { leaving } of this.#people.values()) if (leaving) clearTimeout(leaving);
		this.#people.clear();
		this.#meeting.clear();
		this.removeAllListeners();
	}

	#present(personId: PersonId, chosen: ChosenState): PresentPerson {
		const known = this.#people.get(personId);
		if (known) return known;
		const present: PresentPerson = {
			tabs: new Map(),
			chosen,
			name: null,
			announced: 'offline',
			leaving: null,
			elsewhere: new Map(),
		};
		this.#people.set(personId, present);
		return present;
	}

	#tabsOf({ tabs, elsewhere }: PresentPerson): Tab[] {
		return [...tabs.values(), ...[...elsewhere.values()].flatMap((part) => part.tabs)];
	}

	#partOf(personId: PersonId, present: PresentPerson | undefined): PresencePart {
		return {
			tabs: [...(present?.tabs.values() ?? [])],
			chosen: present?.chosen ?? null,
			name: present?.name ?? null,
			meets: this.#meeting.has(personId),
		};
	}

	/** Something changed on this node. */
	#changed(personId: PersonId, present: PresentPerson): void {
		this.#tell(personId, present);
		this.emit('part', personId, this.#partOf(personId, present));
	}

	#tell(personId: PersonId, present: PresentPerson): void {
		const { elsewhere, chosen, leaving } = present;
		const meets = this.#meeting.has(personId) || [...elsewhere.values()].some((part) => part.meets);
		const tabs = this.#tabsOf(present);
		// The last page here was closed a moment ago.
		if (tabs.length === 0 && leaving) return;
		const state = stateOver(tabs, chosen, meets);
		const isOver = tabs.length === 0 && elsewhere.size === 0;
		if (isOver) this.#people.delete(personId);
		if (state === present.announced) return;
		present.announced = state;
		this.emit('changed', personId, state);
	}
}
