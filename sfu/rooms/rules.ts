import type { RoomPolicy } from '#shared/admission.ts';
import type { Author } from '#shared/chat.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { KeptPolicy, RoomRules } from '../store/store.ts';

/** What hosts decided about a room, at hand while it is live. What is kept is in the store. */
export class Rules {
	readonly #maxPeers: number;
	#kept: KeptPolicy;
	readonly #hosts: Set<PersonId>;
	readonly #removed: Map<PersonId, Author>;

	constructor(maxPeers: number, { policy, hosts, removed }: RoomRules) {
		this.#maxPeers = maxPeers;
		this.#kept = policy;
		this.#hosts = new Set(hosts);
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

	change(change: Partial<KeptPolicy>): void {
		this.#kept = { ...this.#kept, ...change };
	}

	/** @returns whether that is news. */
	setRole(person: Author, role: Role | 'removed'): boolean {
		const before = this.roleOf(person.personId);
		this.#hosts.delete(person.personId);
		this.#removed.delete(person.personId);
		if (role === 'host') this.#hosts.add(person.personId);
		if (role === 'removed') this.#removed.set(person.personId, person);
		return before !== role;
	}
}
