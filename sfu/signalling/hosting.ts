import type { Author, SystemEvent } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PolicyChange } from '#shared/host.ts';
import type { KnockId, PeerId, PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { Chats } from '../chat/chats.ts';
import type { CallRecords } from '../rooms/callRecords.ts';
import type { Door } from '../rooms/door.ts';
import type { Passwords } from '../rooms/passwords.ts';
import type { Rules } from '../rooms/rules.ts';
import type { KeptPolicy } from '../store/store.ts';
import type { Floor } from './floor.ts';
import type { Reception } from './reception.ts';
import type { Occupied, Seats } from './seats.ts';

/** How long an answer waits for the store to say who is host, in ms. */
const patience = 1000;

type Parts = {
	roomId: RoomId;
	rules: Rules;
	door: Door;
	seats: Seats;
	floor: Floor;
	reception: Reception;
	chats: Pick<Chats, 'enter' | 'setRole' | 'access'>;
	records: Pick<CallRecords, 'note'>;
	passwords: Passwords;
	/** Takes a peer out of the call and tells it why. */
	eject: (seat: Occupied, code: 'REMOVED' | 'CALL_ENDED' | 'CALL_OVER') => void;
	/** Somebody is a host now, or not any more. */
	roleChanged: (person: PersonId) => void;
};

/**
 * What hosts do in a room. What lasts is stored first and then in force, one thing after the other, so that
 * everybody is told what is kept; a removal alone is in force at once.
 */
export class Hosting {
	readonly #parts: Parts;
	/** Who came first, as long as the store did not say whether that makes them the host. */
	#founder: Author | null = null;
	#founding: Promise<void> | null = null;
	#turn: Promise<unknown> = Promise.resolve();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Somebody came into a room without a host: the store says whether they are its host, and it holds then (R227). */
	found(by: Author): void {
		if (this.#founder) return;
		this.#founder = by;
		// What fails now is made up for before anybody else is written down.
		this.founded().catch(() => undefined);
	}

	/**
	 * Nobody else is written down before the first one, who would be the host otherwise.
	 *
	 * @throws {CodedError} NOT_SAVED.
	 */
	async founded(): Promise<void> {
		const founder = this.#founder;
		if (!founder) return;
		this.#founding ??= this.#enter(founder).finally(() => (this.#founding = null));
		await this.#founding;
	}

	/** When it is known whether this person is the host, as far as that is soon: calls go on with the database away. */
	async known(person: PersonId): Promise<void> {
		if (this.#founder?.personId !== person) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, patience);
		this.founded().then(resolve, () => resolve());
		await promise;
		clearTimeout(timer);
	}

	async #enter(founder: Author): Promise<void> {
		const { roomId, rules, chats, roleChanged } = this.#parts;
		try {
			const { personId, name } = founder;
			const { you } = await chats.enter(personId, { roomId, name }, true);
			if (rules.setRole(you, you.role)) roleChanged(personId);
		} catch (error) {
			// They are out by now: the next one who comes is asked about.
			if (!(error instanceof CodedError && error.code !== 'NOT_SAVED')) throw error;
		}
		this.#founder = null;
	}

	/**
	 * Changes parts of the policy (R48).
	 *
	 * @param network that the host asks from.
	 */
	change(by: Author, { password, ...change }: PolicyChange, network: string): Promise<void> {
		const { roomId, rules, seats, floor, reception, chats, passwords } = this.#parts;
		return this.#inTurn(by, async () => {
			const kept: Partial<KeptPolicy> = { ...change };
			if (password !== undefined)
				kept.passwordHash = password === null ? null : await passwords.hash(password, network);
			const before = rules.policy;
			await chats.access.setPolicy(roomId, kept);
			rules.change(kept);
			const { policy } = rules;
			seats.tellRoom('room:policy', { policy });
			seats.tellLobby('room:policy', { policy });
			reception.refresh();
			floor.stopForbiddenShares(by);
			if (before.locked !== policy.locked)
				this.#note(by, { event: 'locked', locked: policy.locked });
			if (password !== undefined && (before.password || policy.password))
				this.#note(by, { event: 'password', set: policy.password });
		});
	}

	/** Makes somebody a host, or takes it back (R47). */
	name(by: Author, personId: PersonId, host: boolean): Promise<void> {
		return this.#inTurn(by, async () => {
			const person = await this.#find(personId);
			const role = host ? 'host' : 'member';
			const before = this.#parts.rules.roleOf(personId);
			if (before === 'removed') throw new CodedError('NOT_FOUND', 'This person was removed.');
			if (before === role) return;
			await this.#setRole(person, role);
			this.#parts.floor.stopForbiddenShares(by);
			this.#note(by, { event: host ? 'named-host' : 'unnamed-host', person });
		});
	}

	/** Out of the call and the chat (R52). */
	async remove(by: Author, personId: PersonId): Promise<void> {
		const { rules, reception } = this.#parts;
		if (rules.isHost(personId))
			throw new CodedError('NOT_ALLOWED', 'Hosts cannot be removed. Make them a guest first.');
		const person = await this.#find(personId);
		this.#check(by);
		rules.setRole(person, 'removed');
		this.#eject(personId);
		reception.refresh();
		await this.#inTurn(by, async () => {
			await this.#setRole(person, 'removed');
			this.#eject(personId);
		});
		this.#note(by, { event: 'removed', person });
	}

	/** Somebody who was removed as a guest is this account now, which goes as well (R122). It is stored already. */
	expel(account: Author, guest: PersonId): void {
		const { rules, reception } = this.#parts;
		rules.forget(guest);
		rules.setRole(account, 'removed');
		this.#eject(account.personId);
		reception.refresh();
	}

	/** Lets somebody who was removed come again (R52). */
	allow(by: Author, personId: PersonId): Promise<void> {
		const { rules, reception } = this.#parts;
		return this.#inTurn(by, async () => {
			const person = rules.removed.find((one) => one.personId === personId);
			if (!person) throw new CodedError('NOT_FOUND', 'This person was not removed.');
			await this.#setRole(person, 'member');
			reception.refresh();
			this.#note(by, { event: 'allowed', person });
		});
	}

	async mute(by: Author, peerId: PeerId, muted: boolean): Promise<void> {
		await this.#parts.floor.silence(by, this.seat(peerId).peer.personId, muted);
	}

	async muteAll(by: Author): Promise<void> {
		const { rules, seats, floor } = this.#parts;
		const people = new Set(seats.joined.map(({ peer }) => peer.personId));
		const guests = [...people].filter((person) => !rules.isHost(person));
		await Promise.all(guests.map((person) => floor.silence(by, person, true)));
		this.#note(by, { event: 'muted-everybody' });
	}

	/** Lets one who waits in, or not (R58). */
	answer(knockId: KnockId, admitted: boolean): void {
		this.#parts.door.answer(knockId, admitted);
		this.#parts.reception.refresh();
	}

	answerAll(): void {
		const { door, reception } = this.#parts;
		for (const { personId } of door.knocks) door.admit(personId);
		reception.refresh();
	}

	/** For everybody (R53). */
	endCall(by: Author): void {
		const { seats, eject } = this.#parts;
		this.#note(by, { event: 'ended-call' });
		for (const seat of seats.joined) eject(seat, 'CALL_ENDED');
	}

	/** Nobody is left to talk to. */
	callIsOver(): void {
		for (const seat of this.#parts.seats.joined) this.#parts.eject(seat, 'CALL_OVER');
	}

	/**
	 * Somebody in the call.
	 *
	 * @throws {CodedError} NOT_FOUND when they have left.
	 */
	seat(peerId: PeerId): Occupied {
		const seat = this.#parts.seats.get(peerId);
		if (!seat?.peer.joined) throw new CodedError('NOT_FOUND', 'This person is not in the call.');
		return seat;
	}

	/** Someone who is here, waits, or is a member. */
	async #find(personId: PersonId): Promise<Author> {
		const { roomId, seats, door, chats } = this.#parts;
		const present = seats.of(personId).find(({ peer }) => peer.joined)?.peer;
		const here = present ?? door.knocks.find((knock) => knock.personId === personId);
		if (here) return { personId, name: here.name };
		try {
			const { name } = await chats.access.member(personId, roomId);
			return { personId, name };
		} catch (error) {
			if (!(error instanceof CodedError && error.code === 'NOT_MEMBER')) throw error;
			throw new CodedError('NOT_FOUND', 'There is no such person in this room.');
		}
	}

	async #setRole(person: Author, role: Role | 'removed'): Promise<void> {
		const { roomId, rules, chats, roleChanged } = this.#parts;
		await chats.setRole(roomId, person, role);
		if (rules.setRole(person, role)) roleChanged(person.personId);
	}

	#eject(personId: PersonId): void {
		const { seats, eject } = this.#parts;
		for (const seat of seats.of(personId)) if (seat.peer.joined) eject(seat, 'REMOVED');
	}

	#note(by: Author, event: SystemEvent): void {
		this.#parts.records.note(this.#parts.roomId, by, event);
	}

	/** One thing after the other. Of two hosts who take it from each other at once the first one does. */
	#inTurn<T>(by: Author, task: () => Promise<T>): Promise<T> {
		const turn = this.#turn.then(() => {
			this.#check(by);
			return task();
		});
		this.#turn = turn.catch(() => undefined);
		return turn;
	}

	/** @throws {CodedError} NOT_ALLOWED for who is no host, or none any more. */
	#check({ personId }: Author): void {
		if (!this.#parts.rules.isHost(personId))
			throw new CodedError('NOT_ALLOWED', 'Only hosts may do that.');
	}
}
