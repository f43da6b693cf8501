import type { RoomPolicy } from '#shared/admission.ts';
import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { KeptEncryption, KeptPolicy, RoomKind, KeptRules } from '../store/api/store.ts';

/** @throws {CodedError} NOT_ADMITTED for the room of a chat of two: the two call each other in another room. */
export function rulesForCall(rules: KeptRules): KeptRules {
	if (rules.kind !== 'direct') return rules;
	throw new CodedError('NOT_ADMITTED', 'This is a private chat, not a room for calls.');
}

/** The decisions of hosts about a live room, cached from the store. */
export class RoomRules {
	readonly #maxPeers: number;
	readonly kind: RoomKind;
	#policy: KeptPolicy;
	readonly #hosts: Set<PersonId>;
	readonly #members: Set<PersonId>;
	readonly #removed: Map<PersonId, Author>;
	readonly #labels: Map<PersonId, string>;
	/** The name that hosts gave the room. */
	name: string | null;
	/** Null while the room is not end-to-end encrypted. */
	encryption: KeptEncryption | null;

	constructor(
		maxPeers: number,
		{ kind, name, encryption, policy, hosts, members, removed, labels }: KeptRules,
	) {
		this.#maxPeers = maxPeers;
		this.kind = kind;
		this.name = name;
		this.encryption = encryption;
		this.#labels = new Map(labels);
		this.#policy = policy;
		this.#hosts = new Set(hosts);
		this.#members = new Set(members);
		this.#removed = new Map(removed.map((person) => [person.personId, person]));
	}

	/** The policy without the password. */
	get policy(): RoomPolicy {
		const { passwordHash, ...policy } = this.#policy;
		return { maxPeers: this.#maxPeers, ...policy, password: passwordHash !== null };
	}

	get passwordHash(): string | null {
		return this.#policy.passwordHash;
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

	/** Whether this person was in the room's call and may come in again; for a room of a call. */
	mayReturn(person: PersonId): boolean {
		return this.#members.has(person);
	}

	/** What hosts call this person's part in the room (ROOM-16). */
	labelOf(person: PersonId): string | undefined {
		return this.#labels.get(person);
	}

	/** @returns whether the label changed. */
	setLabel(person: PersonId, label: string | undefined): boolean {
		if (this.#labels.get(person) === label) return false;
		if (label === undefined) this.#labels.delete(person);
		else this.#labels.set(person, label);
		return true;
	}

	change(change: Partial<KeptPolicy>): void {
		this.#policy = { ...this.#policy, ...change };
	}

	/** Forgets a person who no longer exists. */
	forget(person: PersonId): void {
		for (const known of [this.#hosts, this.#members, this.#removed, this.#labels])
			known.delete(person);
	}

	/** @returns whether the role changed. */
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
