import type { RoomPolicy } from '#shared/admission.ts';
import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { KeptPolicy, RoomKind, RoomRules } from '../store/store.ts';

/** @throws {CodedError} NOT_ADMITTED where nobody meets: two people who have a chat call each other elsewhere. */
export function forCalls(rules: RoomRules): RoomRules {
	if (rules.kind !== 'direct') return rules;
	throw new CodedError('NOT_ADMITTED', 'This is a chat of two, not a room for calls.');
}

/** What hosts decided about a room, at hand while it is live. What is kept is in the store. */
export class Rules {
	readonly #maxPeers: number;
	readonly kind: RoomKind;
	#kept: KeptPolicy;
	readonly #hosts: Set<PersonId>;
	readonly #members: Set<PersonId>;
	readonly #removed: Map<PersonId, Author>;

	constructor(maxPeers: number, { kind, policy, hosts, members, removed }: RoomRules) {
		this.#maxPeers = maxPeers;
		this.kind = kind;
		this.#kept = policy;
		this.#hosts = new Set(hosts);
		this.#members = new Set(members);
		this.#removed = new Map(removed.map((person) => [person.personId, person]));
	}

	/** As everybody may know it. */
	get policy(): RoomPolicy {
		const { passwordHash, ...policy } = this.#kept;
		return { maxPeers: this.#maxPeers, ...policy, password: passwordHash !== null };
	}

	get passwordHash(): string | null {
		return this.#kept.passwordHash;
	}

	get removed(): Author[] {
		return [...this.#removed.values()];
	}

	get hasHost(): boolean {
		return this.#hosts.size > 0;
	}

	roleOf(person: PersonId): Role | 'removed' {
		if (this.#removed.has(person)) return 'removed';
		return this.#hosts.has(person) ? 'host' : 'member';
	}

	isHost(person: PersonId): boolean {
		return this.roleOf(person) === 'host';
	}

	/** In a room for a call: whoever has been in it comes in again. */
	mayReturn(person: PersonId): boolean {
		return this.#members.has(person);
	}

	change(change: Partial<KeptPolicy>): void {
		this.#kept = { ...this.#kept, ...change };
	}

	/** There is no such person any more. */
	forget(person: PersonId): void {
		for (const known of [this.#hosts, this.#members, this.#removed]) known.delete(person);
	}

	/** @returns whether that is news. */
	setRole(person: Author, role: Role | 'removed'): boolean {
		const before = this.roleOf(person.personId);
		this.#hosts.delete(person.personId);
		this.#removed.delete(person.personId);
		this.#members.delete(person.personId);
		if (role === 'host') this.#hosts.add(person.personId);
		if (role === 'member' && this.kind === 'call') this.#members.add(person.personId);
		if (role === 'removed') this.#removed.set(person.personId, person);
		return before !== role;
	}
}
