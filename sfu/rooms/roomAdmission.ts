import type { Admission, Knock, AdmissionState } from '#shared/admission.ts';
import { CodedError } from '#shared/errors.ts';
import { newKnockId, type KnockId, type PeerId, type PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Peer } from './peer.ts';
import type { RoomRules } from './roomRules.ts';

/** Admission to a live room: who may come in, who was admitted, and who waits. */
export class RoomAdmission {
	readonly #rules: RoomRules;
	readonly #invites: (person: PersonId) => boolean;
	readonly #hostInside: () => boolean;
	readonly #admitted = new Set<PersonId>();
	/** People whom a host moved to the waiting room, and whom no host admitted since. */
	readonly #moved = new Set<PersonId>();
	readonly #knocks = new Map<PeerId, Knock>();
	readonly #declined = new Set<PeerId>();

	/**
	 * @param invites whether a call invites this person into the room.
	 * @param hostInside whether a host is in the call.
	 */
	constructor(rules: RoomRules, invites: (person: PersonId) => boolean, hostInside: () => boolean) {
		this.#rules = rules;
		this.#invites = invites;
		this.#hostInside = hostInside;
	}

	/** All waiting people, longest first. */
	get knocks(): Knock[] {
		return [...this.#knocks.values()];
	}

	admissionOf(person: PersonId): Admission {
		const role = this.#rules.roleOf(person);
		if (role === 'removed') return 'removed';
		if (role === 'host') return 'open';
		if (this.#moved.has(person)) return 'knock';
		if (this.#admitted.has(person)) return 'open';
		if (this.#rules.mayReturn(person) || this.#invites(person)) return 'open';
		const { locked, knocking, password } = this.#rules.policy;
		if (locked) return 'locked';
		if (knocking) return 'knock';
		return password ? 'password' : 'open';
	}

	stateOf({ id, personId }: Peer): AdmissionState {
		const admission = this.admissionOf(personId);
		const isStuck = (admission === 'knock' || admission === 'locked') && !this.#hostInside();
		const hostless = isStuck ? ({ hostless: true } as const) : {};
		if (admission !== 'knock') return { admission, knock: 'none', ...hostless };
		const declined = this.#declined.has(id) ? 'declined' : 'none';
		return {
			admission,
			knock: this.#knocks.has(id) ? 'waiting' : declined,
			...(this.#moved.has(personId) && { moved: true }),
			...hostless,
		};
	}

	/** Whether a call invites this person. */
	isCalled(person: PersonId): boolean {
		return this.#invites(person);
	}

	/** @throws {CodedError} REMOVED, NOT_ADMITTED. */
	check(person: PersonId): void {
		const admission = this.admissionOf(person);
		if (admission === 'removed') throw new CodedError('REMOVED');
		if (admission === 'locked') throw new CodedError('NOT_ADMITTED', 'The room is locked.');
		if (this.isMoved(person))
			throw new CodedError('NOT_ADMITTED', 'A host moved you to the waiting room.');
		if (admission !== 'open') throw new CodedError('NOT_ADMITTED');
	}

	/** A host moves this person to the waiting room: only a host admits them again (ADMISSION-5). */
	move(person: PersonId): void {
		this.#admitted.delete(person);
		this.#moved.add(person);
	}

	/** Whether a host moved this person to the waiting room, and no host admitted them since. */
	isMoved(person: PersonId): boolean {
		return this.#moved.has(person);
	}

	/** Whether anybody was moved to the waiting room and was not admitted since. */
	get hasMoved(): boolean {
		return this.#moved.size > 0;
	}

	/** Admits this person until the call is over, unless they are removed. */
	admit(person: PersonId): void {
		this.#moved.delete(person);
		this.#admitted.add(person);
		this.settle();
	}

	/** @throws {CodedError} LIMIT_REACHED if too many people wait. */
	knock({ id, personId }: Peer, name: string): void {
		const waiting = this.#knocks.get(id);
		if (!waiting && this.#knocks.size >= limits.knocks) throw new CodedError('LIMIT_REACHED');
		const knock = waiting ?? { knockId: newKnockId(), personId, since: Date.now() };
		this.#declined.delete(id);
		this.#knocks.set(id, { ...knock, name });
	}

	/**
	 * A host answers a knock.
	 *
	 * @throws {CodedError} NOT_FOUND if nobody waits under this id any more.
	 */
	answer(knockId: KnockId, admitted: boolean): void {
		const [peerId, knock] = this.#find(knockId);
		this.#knocks.delete(peerId);
		if (admitted) this.admit(knock.personId);
		else this.#declined.add(peerId);
	}

	/** This peer came in or left, and waits no longer. */
	forget(peerId: PeerId): void {
		this.#knocks.delete(peerId);
		this.#declined.delete(peerId);
	}

	/** Ends the knocks of people who need not wait any more, or would wait in vain. */
	settle(): void {
		for (const [peerId, { personId }] of this.#knocks) {
			if (this.admissionOf(personId) !== 'knock') this.#knocks.delete(peerId);
		}
	}

	/** The call is over, and with it all admissions. */
	emptied(): void {
		this.#admitted.clear();
		this.#moved.clear();
	}

	#find(knockId: KnockId): [PeerId, Knock] {
		const found = [...this.#knocks].find(([, knock]) => knock.knockId === knockId);
		if (!found) throw new CodedError('NOT_FOUND', "They're no longer waiting.");
		return found;
	}
}
