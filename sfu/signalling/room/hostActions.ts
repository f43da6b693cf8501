import type { Author, SystemEvent } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PolicyChange } from '#shared/host.ts';
import type { KnockId, PeerId, PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { Chats } from '../../chat/chats.ts';
import type { CallRecords } from '../../rooms/callRecords.ts';
import type { RoomAdmission } from '../../rooms/roomAdmission.ts';
import type { Passwords } from '../../rooms/passwords.ts';
import type { RoomRules } from '../../rooms/roomRules.ts';
import type { KeptPolicy } from '../../store/api/store.ts';
import type { MediaPermissions } from './mediaPermissions.ts';
import type { WaitingRoom } from './waitingRoom.ts';
import type { HeldSession, PeerSessions } from './peerSessions.ts';

/** How long an answer waits for the store to name the host, in ms. */
const patience = 1000;

/** Why a peer is taken out of the call. */
type EjectCode = 'REMOVED' | 'MOVED_TO_WAITING' | 'CALL_ENDED' | 'CALL_OVER';

type Parts = {
	roomId: RoomId;
	rules: RoomRules;
	roomAdmission: RoomAdmission;
	peerSessions: PeerSessions;
	mediaPermissions: MediaPermissions;
	waitingRoom: WaitingRoom;
	chats: Pick<Chats, 'enter' | 'setPolicy' | 'setRole' | 'setLabel' | 'access'>;
	records: Pick<CallRecords, 'note'>;
	passwords: Passwords;
	/** Takes a peer out of the call and tells it why. */
	eject: (peerSession: HeldSession, code: EjectCode) => void;
	/** A person was removed. */
	removed: () => void;
	/** A person became a host, or is not a host any more. */
	roleChanged: (person: PersonId) => void;
};

/**
 * What hosts do in a room. A lasting decision is stored before it is in force, one after the other, so that
 * clients learn only of stored decisions. A removal alone is in force at once.
 */
export class HostActions {
	readonly #parts: Parts;
	/** The person who joined first, until the store has decided whether they are the host. */
	#firstPerson: Author | null = null;
	#storing: Promise<void> | null = null;
	#turn: Promise<unknown> = Promise.resolve();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** A person joined a room without a host. The store decides whether they become its host (ACCOUNT-18). */
	firstJoined(by: Author): void {
		if (this.#firstPerson) return;
		this.#firstPerson = by;
		// A failure is made up for before another person is stored.
		this.ensureHost().catch(() => undefined);
	}

	/**
	 * Stores the person who joined first. To be awaited before another person is stored, who would become the host otherwise.
	 *
	 * @throws {CodedError} NOT_SAVED.
	 */
	async ensureHost(): Promise<void> {
		const firstPerson = this.#firstPerson;
		if (!firstPerson) return;
		this.#storing ??= this.#enter(firstPerson).finally(() => (this.#storing = null));
		await this.#storing;
	}

	/** Waits until the store has decided whether this person is the host; not for long: calls go on without the database. */
	async untilHostKnown(person: PersonId): Promise<void> {
		if (this.#firstPerson?.personId !== person) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, patience);
		this.ensureHost().then(resolve, () => resolve());
		await promise;
		clearTimeout(timer);
	}

	async #enter(firstPerson: Author): Promise<void> {
		const { roomId, rules, chats, roleChanged } = this.#parts;
		try {
			const { personId, name } = firstPerson;
			const { you } = await chats.enter(personId, { roomId, name }, true);
			if (rules.setRole(you, you.role)) roleChanged(personId);
		} catch (error) {
			// They left meanwhile: the next person who joins is stored.
			if (!(error instanceof CodedError && error.code !== 'NOT_SAVED')) throw error;
		}
		this.#firstPerson = null;
	}

	/**
	 * Changes parts of the policy (HOST-2).
	 *
	 * @param network of the host, for the budget.
	 */
	change(by: Author, { password, ...change }: PolicyChange, network: string): Promise<void> {
		const { roomId, rules, mediaPermissions, chats, passwords } = this.#parts;
		return this.#inTurn(by, async () => {
			const kept: Partial<KeptPolicy> = { ...change };
			if (password !== undefined)
				kept.passwordHash = password === null ? null : await passwords.hash(password, network);
			const before = rules.policy;
			await chats.setPolicy(roomId, kept);
			this.#setPolicy(kept);
			const { policy } = rules;
			mediaPermissions.stopForbiddenShares(by);
			if (before.locked !== policy.locked)
				this.#note(by, { event: 'locked', locked: policy.locked });
			if (password !== undefined && (before.password || policy.password))
				this.#note(by, { event: 'password', set: policy.password });
		});
	}

	/** Takes over the policy that the store has: an administrator opened the room (ADMISSION-7). */
	takeStoredPolicy(): Promise<void> {
		const { roomId, chats } = this.#parts;
		// Read in its turn: whichever came later, the store has this and the decisions of hosts in their order.
		return this.#afterOthers(async () => {
			this.#setPolicy((await chats.access.rules(roomId)).policy);
		});
	}

	/** Makes a person a host, or a member again (HOST-1). */
	setHost(by: Author, personId: PersonId, host: boolean): Promise<void> {
		return this.#inTurn(by, async () => {
			const person = await this.#find(personId);
			const role = host ? 'host' : 'member';
			const before = this.#parts.rules.roleOf(personId);
			if (before === 'removed') throw new CodedError('NOT_FOUND', 'This person has been removed.');
			if (before === role) return;
			await this.#setRole(person, role);
			this.#parts.mediaPermissions.stopForbiddenShares(by);
			this.#note(by, { event: host ? 'named-host' : 'unnamed-host', person });
		});
	}

	/** Makes a person in the call a host and the asking host a member (HOST-9). If it fails between, both are hosts. */
	handOver(by: Author, personId: PersonId): Promise<void> {
		return this.#inTurn(by, async () => {
			if (personId === by.personId)
				throw new CodedError('NOT_ALLOWED', "You're already a host of this room.");
			const person = this.#present(personId);
			if (!this.#parts.rules.isHost(personId)) {
				await this.#setRole(person, 'host');
				this.#note(by, { event: 'named-host', person });
			}
			await this.#setRole(by, 'member');
			this.#parts.mediaPermissions.stopForbiddenShares(by);
			this.#note(by, { event: 'unnamed-host', person: by });
		});
	}

	/** Gives a member a label, or takes it away (ROOM-16). */
	label(by: Author, personId: PersonId, label: string | null): Promise<void> {
		const { roomId, peerSessions, chats } = this.#parts;
		return this.#inTurn(by, async () => {
			const here = peerSessions.of(personId).find(({ peer }) => peer.isInRoom);
			// A peer is a member, though that may not be stored yet.
			if (here) await chats.enter(personId, { roomId, name: here.peer.name }, true);
			await chats.setLabel(roomId, personId, label);
		});
	}

	/** Removes a person from the call and the chat (HOST-6). */
	async remove(by: Author, personId: PersonId): Promise<void> {
		const { rules, waitingRoom } = this.#parts;
		if (rules.isHost(personId))
			throw new CodedError('NOT_ALLOWED', "Hosts can't be removed. Remove them as host first.");
		const person = await this.#find(personId);
		this.#check(by);
		rules.setRole(person, 'removed');
		this.#eject(personId, 'REMOVED');
		waitingRoom.refresh();
		await this.#inTurn(by, async () => {
			await this.#setRole(person, 'removed');
			this.#eject(personId, 'REMOVED');
		});
		this.#parts.removed();
		this.#note(by, { event: 'removed', person });
	}

	/** Moves a person from the call to the waiting room (ADMISSION-5). */
	makeWait(by: Author, personId: PersonId): void {
		const { rules, roomAdmission, waitingRoom } = this.#parts;
		if (rules.isHost(personId))
			throw new CodedError('NOT_ALLOWED', "Hosts don't wait. Remove them as host first.");
		this.#present(personId);
		this.#check(by);
		roomAdmission.move(personId);
		this.#eject(personId, 'MOVED_TO_WAITING');
		waitingRoom.refresh();
	}

	/** A removed guest has become this account, which is removed too (ACCOUNT-21). The store has it already. */
	removeBanned(account: Author, guest: PersonId): void {
		const { rules, waitingRoom } = this.#parts;
		rules.forget(guest);
		rules.setRole(account, 'removed');
		this.#eject(account.personId, 'REMOVED');
		this.#parts.removed();
		waitingRoom.refresh();
	}

	/** Lets a removed person come again (HOST-6). */
	allow(by: Author, personId: PersonId): Promise<void> {
		const { rules, waitingRoom } = this.#parts;
		return this.#inTurn(by, async () => {
			const person = rules.removed.find((one) => one.personId === personId);
			if (!person) throw new CodedError('NOT_FOUND', "This person hasn't been removed.");
			await this.#setRole(person, 'member');
			waitingRoom.refresh();
			this.#note(by, { event: 'allowed', person });
		});
	}

	async mute(by: Author, peerId: PeerId, muted: boolean): Promise<void> {
		await this.#parts.mediaPermissions.silence(by, this.peerSession(peerId).peer.personId, muted);
	}

	async muteAll(by: Author): Promise<void> {
		const { rules, peerSessions, mediaPermissions } = this.#parts;
		const people = new Set(peerSessions.joined.map(({ peer }) => peer.personId));
		const guests = [...people].filter((person) => !rules.isHost(person));
		await Promise.all(guests.map((person) => mediaPermissions.silence(by, person, true)));
		this.#note(by, { event: 'muted-everybody' });
	}

	/** Admits or declines a waiting person (ADMISSION-4). */
	answerKnock(knockId: KnockId, admitted: boolean): void {
		this.#parts.roomAdmission.answer(knockId, admitted);
		this.#parts.waitingRoom.refresh();
	}

	admitAll(): void {
		const { roomAdmission, waitingRoom } = this.#parts;
		for (const { personId } of roomAdmission.knocks) roomAdmission.admit(personId);
		waitingRoom.refresh();
	}

	/** Ends the call for all peers (HOST-7). */
	endCall(by: Author): void {
		const { peerSessions, eject } = this.#parts;
		this.#note(by, { event: 'ended-call' });
		for (const peerSession of peerSessions.joined) eject(peerSession, 'CALL_ENDED');
	}

	/** Ends a call with one person left. */
	endLonelyCall(): void {
		for (const peerSession of this.#parts.peerSessions.joined)
			this.#parts.eject(peerSession, 'CALL_OVER');
	}

	/**
	 * The session of a joined peer.
	 *
	 * @throws {CodedError} NOT_FOUND if the peer has left.
	 */
	peerSession(peerId: PeerId): HeldSession {
		const peerSession = this.#parts.peerSessions.get(peerId);
		if (!peerSession?.peer.isInRoom)
			throw new CodedError('NOT_FOUND', "This person isn't in the call.");
		return peerSession;
	}

	/** @throws {CodedError} NOT_FOUND if the person is not in the call. */
	#present(personId: PersonId): Author {
		const there = this.#parts.peerSessions.of(personId).find(({ peer }) => peer.isInRoom);
		if (!there) throw new CodedError('NOT_FOUND', "This person isn't in the call.");
		return { personId, name: there.peer.name };
	}

	/** A person who is in the call, waits, or is a member. */
	async #find(personId: PersonId): Promise<Author> {
		const { roomId, peerSessions, roomAdmission, chats } = this.#parts;
		const present = peerSessions.of(personId).find(({ peer }) => peer.isInRoom)?.peer;
		const here = present ?? roomAdmission.knocks.find((knock) => knock.personId === personId);
		if (here) return { personId, name: here.name };
		try {
			const { name } = await chats.access.member(personId, roomId);
			return { personId, name };
		} catch (error) {
			if (!(error instanceof CodedError && error.code === 'NOT_MEMBER')) throw error;
			throw new CodedError('NOT_FOUND', "This person isn't in this room.");
		}
	}

	async #setRole(person: Author, role: Role | 'removed'): Promise<void> {
		const { roomId, rules, chats, roleChanged } = this.#parts;
		await chats.setRole(roomId, person, role);
		if (rules.setRole(person, role)) roleChanged(person.personId);
	}

	/** Puts in force what is stored, and tells the room, its lobby, and the people who wait. */
	#setPolicy(change: Partial<KeptPolicy>): void {
		const { rules, peerSessions, waitingRoom } = this.#parts;
		rules.change(change);
		const { policy } = rules;
		peerSessions.tellRoom('room:policy', { policy });
		peerSessions.tellLobby('room:policy', { policy });
		waitingRoom.refresh();
	}

	#eject(personId: PersonId, code: EjectCode): void {
		const { peerSessions, eject } = this.#parts;
		for (const peerSession of peerSessions.of(personId))
			if (peerSession.peer.isInRoom) eject(peerSession, code);
	}

	#note(by: Author, event: SystemEvent): void {
		this.#parts.records.note(this.#parts.roomId, by, event);
	}

	/** Runs one task after the other. Of two hosts who demote each other at once, the first one succeeds. */
	#inTurn<T>(by: Author, task: () => Promise<T>): Promise<T> {
		return this.#afterOthers(() => {
			this.#check(by);
			return task();
		});
	}

	#afterOthers<T>(task: () => Promise<T>): Promise<T> {
		const turn = this.#turn.then(task);
		this.#turn = turn.catch(() => undefined);
		return turn;
	}

	/** @throws {CodedError} NOT_ALLOWED for a person who is not a host any more. */
	#check({ personId }: Author): void {
		if (!this.#parts.rules.isHost(personId))
			throw new CodedError('NOT_ALLOWED', 'Only hosts can do that.');
	}
}
