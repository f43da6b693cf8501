import { LRUCache } from 'lru-cache';
import type { Author, ChatMember } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { RoomStore } from '../store/api/store.ts';

/** How many memberships are cached, of all rooms together. */
const maxMemberships = 20_000;

/**
 * The members of rooms. A found membership is cached, because every message needs it. That a person is no member is
 * read anew each time.
 */
export class Members {
	readonly #store: RoomStore;
	readonly #known = new LRUCache<string, ChatMember>({ max: maxMemberships });
	/** Grows with each change of a role: an answer to an earlier query may be outdated. */
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
		if (found && changes === this.#changes) this.#known.set(key, found);
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
		if (changes === this.#changes) this.#known.set(key, member);
		return { member, isNews: isNew || before?.name !== name };
	}

	/** @returns the member; null if the person is no member any more. */
	async setRole(
		roomId: RoomId,
		person: Author,
		role: Role | 'removed',
	): Promise<ChatMember | null> {
		try {
			return await this.#store.setRole(roomId, person, role, Date.now());
		} finally {
			// Runs after a failure too: the change may have been stored.
			this.#changes++;
			this.#known.delete(`${roomId} ${person.personId}`);
		}
	}

	/** @returns the member; null if the person is no member. */
	async setLabel(
		roomId: RoomId,
		personId: PersonId,
		label: string | null,
	): Promise<ChatMember | null> {
		try {
			return await this.#store.setLabel(roomId, personId, label);
		} finally {
			this.#changes++;
			this.#known.delete(`${roomId} ${personId}`);
		}
	}

	forgetAll(): void {
		this.#changes++;
		this.#known.clear();
	}

	/** Forgets this person's memberships, which changed. */
	forget(personId: PersonId): void {
		this.#changes++;
		for (const key of this.#known.keys()) if (key.endsWith(` ${personId}`)) this.#known.delete(key);
	}
}
