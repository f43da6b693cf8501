import type { Author, ChatAddress, ChatMember } from '#shared/chat.ts';
import { CodedError, type ErrorCode } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { Log } from '../log.ts';
import type { ChatKey, KeptPolicy, RoomRules, RoomStore } from '../store/store.ts';
import { Members } from './members.ts';

/**
 * Who may read and write where, and the one place where a failure of the database becomes a CodedError:
 * NOT_SAVED for what should have been stored, UNAVAILABLE for what should have been read.
 */
export class Access {
	readonly #log: Log;
	readonly #rooms: RoomStore;
	readonly #members: Members;

	constructor(rooms: RoomStore, log: Log) {
		this.#log = log;
		this.#rooms = rooms;
		this.#members = new Members(rooms);
	}

	/**
	 * Makes the person a member, under this name from now on.
	 *
	 * @param admitted whether they were let into the call; others become members of open rooms only.
	 * @throws {CodedError} REMOVED, NOT_ADMITTED.
	 */
	async enter(
		roomId: RoomId,
		person: PersonId,
		name: string,
		admitted: boolean,
	): Promise<{ member: ChatMember; isNews: boolean }> {
		if (!admitted && !(await this.reading(() => this.#members.find(roomId, person))))
			await this.#checkOpen(roomId, person);
		return this.saving(() => this.#members.enter(roomId, person, name));
	}

	/**
	 * A token of the operator's own site names this room.
	 *
	 * @returns those who were hosts until then.
	 * @throws {CodedError} BAD_TOKEN where it leads to no room that links lead to.
	 */
	async invite(roomId: RoomId): Promise<ChatMember[]> {
		const before = await this.saving(() => this.#rooms.invite(roomId));
		this.forget(...before.map(({ personId }) => personId));
		return before;
	}

	/** What hosts decided about the room. */
	rules(roomId: RoomId): Promise<RoomRules> {
		return this.reading(() => this.#rooms.rules(roomId));
	}

	setPolicy(roomId: RoomId, change: Partial<KeptPolicy>): Promise<void> {
		return this.saving(() => this.#rooms.setPolicy(roomId, change));
	}

	/**
	 * @returns them as a member; null when they are none any more.
	 * @throws {CodedError} CONFLICT when the room would be without a host.
	 */
	setRole(roomId: RoomId, person: Author, role: Role | 'removed'): Promise<ChatMember | null> {
		return this.saving(() => this.#members.setRole(roomId, person, role));
	}

	/** These people's memberships, or their roles in them, are others than before. */
	forget(...people: PersonId[]): void {
		for (const person of people) this.#members.forget(person);
	}

	/** @throws {CodedError} NOT_MEMBER, also where there is no such room. */
	async member(person: PersonId, roomId: RoomId): Promise<ChatMember> {
		const member = await this.reading(() => this.#members.find(roomId, person));
		if (!member) throw new CodedError('NOT_MEMBER');
		return member;
	}

	/** @throws {CodedError} NOT_MEMBER, NOT_ALLOWED. */
	async host(person: PersonId, roomId: RoomId): Promise<ChatMember> {
		const member = await this.member(person, roomId);
		if (member.role !== 'host') throw new CodedError('NOT_ALLOWED', 'Only hosts may do that.');
		return member;
	}

	/**
	 * The chat that a person means by an address.
	 *
	 * @throws {CodedError} NOT_MEMBER, or NOT_FOUND where the other one is no member or oneself.
	 */
	async locate(
		person: PersonId,
		{ roomId, with: other }: ChatAddress,
	): Promise<{ key: ChatKey; you: ChatMember }> {
		const you = await this.member(person, roomId);
		if (other === undefined) return { key: { roomId, pair: null }, you };
		const reachable =
			other !== person && (await this.reading(() => this.#members.find(roomId, other)));
		if (!reachable) throw new CodedError('NOT_FOUND', 'There is no such person in this room.');
		return { key: { roomId, pair: person < other ? [person, other] : [other, person] }, you };
	}

	/** Those of these people who can read the chat: only they can be called by name in it. */
	async readersAmong({ roomId, pair }: ChatKey, people: readonly PersonId[]): Promise<PersonId[]> {
		const known = await this.reading(() =>
			Promise.all(
				[...new Set(people)].map(async (person) => {
					const reads = pair ? pair.includes(person) : await this.#members.find(roomId, person);
					return reads ? [person] : [];
				}),
			),
		);
		return known.flat();
	}

	reading<T>(read: () => Promise<T>): Promise<T> {
		return this.#asking('UNAVAILABLE', read);
	}

	saving<T>(save: () => Promise<T>): Promise<T> {
		return this.#asking('NOT_SAVED', save);
	}

	async #checkOpen(roomId: RoomId, person: PersonId): Promise<void> {
		const { policy, removed } = await this.rules(roomId);
		if (removed.some(({ personId }) => personId === person)) throw new CodedError('REMOVED');
		if (policy.locked || policy.knocking || policy.passwordHash !== null)
			throw new CodedError('NOT_ADMITTED');
	}

	async #asking<T>(code: ErrorCode, ask: () => Promise<T>): Promise<T> {
		try {
			return await ask();
		} catch (error) {
			if (error instanceof CodedError) throw error;
			this.#log.error({ err: error }, 'the database did not do its work');
			throw new CodedError(code);
		}
	}
}
