import { EventEmitter } from 'node:events';
import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Chats } from '../../chat/chats.ts';
import type { Log } from '../../platform/log.ts';
import type { Removal } from '../../store/api/accountStore.ts';
import type { Store } from '../../store/api/store.ts';
import type { Visitor, SessionRegistry } from './sessionRegistry.ts';

/** Replaces the name of a deleted person. */
const deletedName = 'Deleted person';

export type RemovalEvents = {
	/** Other people in whose list the deleted person was. */
	departed: [PersonId[]];
	/** A person no longer exists; a merged guest is now the given account. */
	gone: [PersonId, PersonId | null];
	/** An account is removed from a room, because the guest who was merged into it was. */
	banned: [RoomId, { guest: PersonId; account: Author }];
};

/** Merges a guest into an account, and deletes people. */
export class AccountRemoval extends EventEmitter<RemovalEvents> {
	readonly #store: Pick<Store, 'accounts' | 'sessions'>;
	readonly #chats: Pick<Chats, 'rewrite' | 'access' | 'emit'>;
	readonly #sessionRegistry: SessionRegistry;
	readonly #log: Log;

	constructor(
		store: Pick<Store, 'accounts' | 'sessions'>,
		chats: Pick<Chats, 'rewrite' | 'access' | 'emit'>,
		sessionRegistry: SessionRegistry,
		log: Log,
	) {
		super();
		this.#store = store;
		this.#chats = chats;
		this.#sessionRegistry = sessionRegistry;
		this.#log = log;
	}

	/** Moves all of the guest's data to the account. */
	async merge({ personId, sessionId }: Visitor, into: PersonId): Promise<void> {
		await this.#depart(personId, sessionId, into, () =>
			this.#store.accounts.merge(personId, into, Date.now()),
		);
		this.#sessionRegistry.forget(into);
	}

	/** Deletes a person on every device; only ids remain (ACCOUNT-5). */
	async remove({ personId, sessionId }: Visitor, messages: 'keep' | 'remove'): Promise<void> {
		await this.#depart(personId, sessionId, null, () =>
			this.#store.accounts.remove(personId, messages, deletedName, Date.now()),
		);
		this.#log.info({ personId }, 'a person deleted themselves');
	}

	async #depart(
		personId: PersonId,
		current: Visitor['sessionId'],
		successor: PersonId | null,
		depart: () => Promise<Removal>,
	): Promise<void> {
		const { access } = this.#chats;
		// Connections are closed first, so that the person writes nothing meanwhile.
		const sessions = await access.reading(() => this.#store.sessions.list(personId, Date.now()));
		const ids = new Set([current, ...sessions.map(({ sessionId }) => sessionId)]);
		this.#sessionRegistry.end(personId, [...ids], new CodedError('SIGNED_OUT'));
		const { rooms, successors, acquainted } = await this.#chats.rewrite(depart);
		this.#sessionRegistry.forget(personId);
		access.forget(personId, ...successors.map(({ member }) => member.personId));
		if (successor) access.forget(successor);
		for (const roomId of rooms) {
			this.#chats.emit('removed', roomId, personId);
			if (successor) await this.#succeed(roomId, personId, successor);
		}
		for (const { roomId, member } of successors) this.#chats.emit('member', roomId, member);
		this.emit('gone', personId, successor);
		this.emit('departed', successor ? [...acquainted, successor] : acquainted);
	}

	/** Tells the room the account's role. A person who was removed as a guest must leave at once (ACCOUNT-21). */
	async #succeed(roomId: RoomId, guest: PersonId, personId: PersonId): Promise<void> {
		const { access } = this.#chats;
		try {
			const { removed } = await access.rules(roomId);
			const account = removed.find((one) => one.personId === personId);
			if (account) {
				this.#chats.emit('removed', roomId, personId);
				this.emit('banned', roomId, { guest, account });
			} else this.#chats.emit('member', roomId, await access.member(personId, roomId));
		} catch (error) {
			// The room is not told now; its clients find out when they look again.
			this.#log.warn(
				{ err: error, roomId },
				'a room could not be told that a guest was merged into an account',
			);
		}
	}
}
