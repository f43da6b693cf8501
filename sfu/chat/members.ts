import type { Author, ChatMember } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { RoomStore } from '../store/store.ts';

/** Memberships kept at hand, of all rooms together. */
const most = 20_000;

/**
 * Who is a member of which room. What is found once is kept at hand, because every message asks for it; that
 * somebody is none is asked anew each time.
 */
export class Members {
	readonly #store: RoomStore;
	readonly #known = new Map<string, ChatMember>();
	/** Grows with each change of a role: what was asked before it may be wrong after it. */
	#changes = 0;

	constructor(store: RoomStore) {
		this.#store = store;
	}

	async find(roomId: RoomId, personId: PersonId): Promise<ChatMember | null> {
		const key = `${roomId} ${personId}`;
		const known = this.#known.get(key);
		if (known) return known;
		const changes = this.#changes;
		const found = await this.#store.member(roomId, personId);
		if (found && changes === this.#changes) this.#keep(key, found);
		return found;
	}

	async enter(
		roomId: RoomId,
		personId: PersonId,
		name: string,
	): Promise<{ member: ChatMember; isNews: boolean }> {
		const key = `${roomId} ${personId}`;
		const before = this.#known.get(key);
		if (before?.name === name) return { member: before, isNews: false };
		const changes = this.#changes;
		const { member, isNew } = await this.#store.enter(roomId, personId, name, Date.now());
		if (changes === this.#changes) this.#keep(key, member);
		return { member, isNews: isNew || before?.name !== name };
	}

	/** @returns them as a member; null when they are none any more. */
	async setRole(
		roomId: RoomId,
		person: Author,
		role: Role | 'removed',
	): Promise<ChatMember | null> {
		try {
			return await this.#store.setRole(roomId, person, role, Date.now());
		} finally {
			// Also when it failed: who knows what was stored.
			this.#changes++;
			this.#known.delete(`${roomId} ${person.personId}`);
		}
	}

	/** This person's memberships are others than before. */
	forget(personId: PersonId): void {
		this.#changes++;
		for (const key of this.#known.keys()) if (key.endsWith(` ${personId}`)) this.#known.delete(key);
	}

	#keep(key: string, member: ChatMember): void {
		this.#known.delete(key);
		this.#known.set(key, member);
		const [oldest] = this.#known.keys();
		if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest);
	}
}
