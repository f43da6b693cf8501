import { LRUCache } from 'lru-cache';
import type { Author, ChatAddress, ChatMember } from '#shared/chat.ts';
import type { EncryptionCheck } from '#shared/encryption.ts';
import { CodedError, type ErrorCode } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { Log } from '../platform/log.ts';
import type {
	ChatKey,
	KeptEncryption,
	KeptPolicy,
	KeptRules,
	NextEncryption,
	RoomStore,
} from '../store/api/store.ts';
import { Members } from './members.ts';
import { checkSealed } from './sealing.ts';

/** Of how many rooms it is remembered that they are not encrypted. */
const rememberedRooms = 20_000;

/**
 * Who may read and write in which chat. Also the one place where a failure of the database becomes a CodedError:
 * NOT_SAVED for a write, UNAVAILABLE for a read.
 */
export class Access {
	readonly #log: Log;
	readonly #rooms: RoomStore;
	readonly #members: Members;
	/** Rooms that have members and are not encrypted: so they stay. */
	readonly #plain = new LRUCache<RoomId, true>({ max: rememberedRooms });

	constructor(rooms: RoomStore, log: Log) {
		this.#log = log;
		this.#rooms = rooms;
		this.#members = new Members(rooms);
	}

	/**
	 * Makes the person a member under this name.
	 *
	 * @param admitted whether they were admitted to the call; other people become members of open rooms only.
	 * @throws {CodedError} REMOVED, NOT_ADMITTED, ENCRYPTED, NOT_ENCRYPTED.
	 */
	async enter(
		roomId: RoomId,
		person: PersonId,
		name: string,
		admitted: boolean,
	): Promise<{ member: ChatMember; isNews: boolean }> {
		// Who is inside keeps a name that was sealed before the secret changed.
		const { encryption } = await this.rules(roomId);
		checkSealed(encryption && { epoch: 0 }, [name]);
		if (!admitted && !(await this.reading(() => this.#members.find(roomId, person))))
			await this.#checkOpen(roomId, person);
		return this.saving(() => this.#members.enter(roomId, person, name));
	}

	/**
	 * A token of the operator's own site names this room.
	 *
	 * @returns the people who were hosts until then.
	 * @throws {CodedError} BAD_TOKEN if no link can lead to the room.
	 */
	async invite(roomId: RoomId): Promise<ChatMember[]> {
		const before = await this.saving(() => this.#rooms.invite(roomId));
		this.forget(...before.map(({ personId }) => personId));
		return before;
	}

	/** The decisions of hosts about the room. */
	rules(roomId: RoomId): Promise<KeptRules> {
		return this.reading(() => this.#rooms.rules(roomId));
	}

	/** Whether a room that has members is end-to-end encrypted. */
	async isEncrypted(roomId: RoomId): Promise<boolean> {
		return (await this.#encryptionOf(roomId)) !== null;
	}

	/**
	 * A name by which a person wants to be a member (ENCRYPTION-20, ENCRYPTION-24).
	 *
	 * @throws {CodedError} ENCRYPTED, LINK_CHANGED, NOT_ENCRYPTED.
	 */
	async checkName(roomId: RoomId, name: string): Promise<void> {
		checkSealed((await this.rules(roomId)).encryption, [name]);
	}

	/**
	 * Words that a member says in a room (ENCRYPTION-20, ENCRYPTION-24).
	 *
	 * @throws {CodedError} ENCRYPTED, LINK_CHANGED, NOT_ENCRYPTED.
	 */
	async checkWords(roomId: RoomId, ...words: readonly string[]): Promise<void> {
		checkSealed(await this.#encryptionOf(roomId), words);
	}

	/** @throws {CodedError} ENCRYPTED for what can only be done with plain text (ENCRYPTION-22). */
	async checkReadable(roomId: RoomId, message: string): Promise<void> {
		if (await this.isEncrypted(roomId)) throw new CodedError('ENCRYPTED', message);
	}

	/** Makes a new room an end-to-end encrypted one. @returns null if there is a room without encryption. */
	encrypt(roomId: RoomId, check: EncryptionCheck): Promise<KeptEncryption | null> {
		return this.saving(() => this.#rooms.encrypt(roomId, check));
	}

	/** @returns false if the secret of the room changed meanwhile. */
	rekey(roomId: RoomId, next: NextEncryption): Promise<boolean> {
		return this.saving(() => this.#rooms.rekey(roomId, next));
	}

	/** The older secrets of an encrypted room, sealed; the first one comes first. */
	olderSecrets(roomId: RoomId): Promise<string[]> {
		return this.reading(() => this.#rooms.olderSecrets(roomId));
	}

	setPolicy(roomId: RoomId, change: Partial<KeptPolicy>): Promise<void> {
		return this.saving(() => this.#rooms.setPolicy(roomId, change));
	}

	/**
	 * @returns the member; null if the person is no member any more.
	 * @throws {CodedError} CONFLICT if the room would have no host.
	 */
	setRole(roomId: RoomId, person: Author, role: Role | 'removed'): Promise<ChatMember | null> {
		return this.saving(() => this.#members.setRole(roomId, person, role));
	}

	/** @returns the member; null if the person is no member. */
	setLabel(roomId: RoomId, person: PersonId, label: string | null): Promise<ChatMember | null> {
		return this.saving(() => this.#members.setLabel(roomId, person, label));
	}

	/** Forgets these people's memberships, which changed. */
	forget(...people: PersonId[]): void {
		for (const person of people) this.#members.forget(person);
	}

	/** Forgets all memberships. */
	forgetAll(): void {
		this.#members.forgetAll();
	}

	/** @throws {CodedError} NOT_MEMBER, also if there is no such room. */
	async member(person: PersonId, roomId: RoomId): Promise<ChatMember> {
		const member = await this.reading(() => this.#members.find(roomId, person));
		if (!member) throw new CodedError('NOT_MEMBER');
		return member;
	}

	/** @throws {CodedError} NOT_MEMBER, NOT_ALLOWED. */
	async host(person: PersonId, roomId: RoomId): Promise<ChatMember> {
		const member = await this.member(person, roomId);
		if (member.role !== 'host') throw new CodedError('NOT_ALLOWED', 'Only hosts can do that.');
		return member;
	}

	/**
	 * The chat that an address means for this person.
	 *
	 * @throws {CodedError} NOT_MEMBER; NOT_FOUND if the other person is no member or is the same person.
	 */
	async locate(
		person: PersonId,
		{ roomId, with: other }: ChatAddress,
	): Promise<{ key: ChatKey; you: ChatMember }> {
		const you = await this.member(person, roomId);
		if (other === undefined) return { key: { roomId, pair: null }, you };
		const reachable =
			other !== person && (await this.reading(() => this.#members.find(roomId, other)));
		if (!reachable) throw new CodedError('NOT_FOUND', "This person isn't in this room.");
		return { key: { roomId, pair: pairOf(person, other) }, you };
	}

	/** The people among these who can read the chat: only they can be mentioned in it. */
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

	/** Of a room that has members. It is not remembered: the secret may have changed by way of another node. */
	async #encryptionOf(roomId: RoomId): Promise<KeptEncryption | null> {
		if (this.#plain.has(roomId)) return null;
		const { encryption } = await this.rules(roomId);
		if (!encryption) this.#plain.set(roomId, true);
		return encryption;
	}

	async #asking<T>(code: ErrorCode, ask: () => Promise<T>): Promise<T> {
		try {
			return await ask();
		} catch (error) {
			if (error instanceof CodedError) throw error;
			this.#log.error({ err: error }, 'a request to the database failed');
			throw new CodedError(code);
		}
	}
}

/** The two people of a chat, in the order of their ids. */
export const pairOf = (one: PersonId, other: PersonId): [PersonId, PersonId] =>
	one < other ? [one, other] : [other, one];
