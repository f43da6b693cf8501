import type { Admission, Knock, Standing } from '#shared/admission.ts';
import { CodedError } from '#shared/errors.ts';
import { newKnockId, type KnockId, type PeerId, type PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Peer } from './peer.ts';
import type { Rules } from './rules.ts';

/** Who gets into a live room, who was let in, and who waits. */
export class Door {
	readonly #rules: Rules;
	readonly #invites: (person: PersonId) => boolean;
	readonly #admitted = new Set<PersonId>();
	readonly #knocks = new Map<PeerId, Knock>();
	readonly #declined = new Set<PeerId>();

	/** @param invites whether a call leads this person here. */
	constructor(rules: Rules, invites: (person: PersonId) => boolean) {
		this.#rules = rules;
		this.#invites = invites;
	}

	/** All who wait, longest first. */
	get knocks(): Knock[] {
		return [...this.#knocks.values()];
	}

	admissionOf(person: PersonId): Admission {
		const role = this.#rules.roleOf(person);
		if (role === 'removed') return 'removed';
		if (role === 'host' || this.#admitted.has(person)) return 'open';
		if (this.#rules.mayReturn(person) || this.#invites(person)) return 'open';
		const { locked, knocking, password } = this.#rules.policy;
		if (locked) return 'locked';
		if (knocking) return 'knock';
		return password ? 'password' : 'open';
	}

	standingOf({ id, personId }: Peer): Standing {
		const admission = this.admissionOf(personId);
		if (admission !== 'knock') return { admission, knock: 'none' };
		const declined = this.#declined.has(id) ? 'declined' : 'none';
		return { admission, knock: this.#knocks.has(id) ? 'waiting' : declined };
	}

	/** Whether a call leads this person here. */
	isCalled(person: PersonId): boolean {
		return this.#invites(person);
	}

	/** @throws {CodedError} REMOVED, NOT_ADMITTED. */
	check(person: PersonId): void {
		const admission = this.admissionOf(person);
		if (admission === 'removed') throw new CodedError('REMOVED');
		if (admission === 'locked') throw new CodedError('NOT_ADMITTED', 'The room is locked.');
		if (admission !== 'open') throw new CodedError('NOT_ADMITTED');
	}

	/** This person may come in until the call is over, unless removed. */
	admit(person: PersonId): void {
		this.#admitted.add(person);
		this.settle();
	}

	/** @throws {CodedError} LIMIT_REACHED when too many wait. */
	knock({ id, personId }: Peer, name: string): void {
		const waiting = this.#knocks.get(id);
		if (!waiting && this.#knocks.size >= limits.knocks) throw new CodedError('LIMIT_REACHED');
		const knock = waiting ?? { knockId: newKnockId(), personId, since: Date.now() };
		this.#declined.delete(id);
		this.#knocks.set(id, { ...knock, name });
	}

	/**
	 * A host lets this one in.
	 *
	 * @throws {CodedError} NOT_FOUND when nobody waits under this id any more.
	 */
	answer(knockId: KnockId, admitted: boolean): void {
		const [peerId, knock] = this.#find(knockId);
		this.#knocks.delete(peerId);
		if (admitted) this.admit(knock.personId);
		else this.#declined.add(peerId);
	}

	/** This peer waits no longer: it came in, or went away. */
	forget(peerId: PeerId): void {
		this.#knocks.delete(peerId);
		this.#declined.delete(peerId);
	}

	/** Those who need not wait, or would wait for nothing, wait no longer. */
	settle(): void {
		for (const [peerId, { personId }] of this.#knocks) {
			if (this.admissionOf(personId) !== 'knock') this.#knocks.delete(peerId);
		}
	}

	/** The call is over, and whoever was let in was let into that one. */
	emptied(): void {
		this.#admitted.clear();
	}

	#find(knockId: KnockId): [PeerId, Knock] {
		const found = [...this.#knocks].find(([, knock]) => knock.knockId === knockId);
		if (!found) throw new CodedError('NOT_FOUND', 'Nobody waits there any more.');
		return found;
	}
}
