import { EventEmitter } from 'node:events';
import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Chats } from '../chat/chats.ts';
import type { Log } from '../log.ts';
import type { Removal } from '../store/accountStore.ts';
import type { Store } from '../store/store.ts';
import type { Visitor, Visitors } from './visitors.ts';

/** What stands in the place of a name that is gone. */
const nobody = 'Deleted person';

type DepartureEvents = {
	/** Others in whose list of people somebody was who has gone. */
	departed: [PersonId[]];
	/** Somebody is not there any more; as a guest who was merged, they are an account now. */
	gone: [PersonId, PersonId | null];
	/** An account is removed from a room, as the guest was who was merged into it. */
	banned: [RoomId, { guest: PersonId; account: Author }];
};

/** People who go: a guest into an account, or somebody for good. */
export class Departures extends EventEmitter<DepartureEvents> {
	readonly #store: Pick<Store, 'accounts' | 'sessions'>;
	readonly #chats: Pick<Chats, 'rewrite' | 'access' | 'emit'>;
	readonly #visitors: Visitors;
	readonly #log: Log;

	constructor(
		store: Pick<Store, 'accounts' | 'sessions'>,
		chats: Pick<Chats, 'rewrite' | 'access' | 'emit'>,
		visitors: Visitors,
		log: Log,
	) {
		super();
		this.#store = store;
		this.#chats = chats;
		this.#visitors = visitors;
		this.#log = log;
	}

	/** What the guest has and said is the account's from now on. */
	async merge({ personId, sessionId }: Visitor, into: PersonId): Promise<void> {
		await this.#depart(personId, sessionId, into, () =>
			this.#store.accounts.merge(personId, into, Date.now()),
		);
		this.#visitors.forget(into);
	}

	/** Leaves nothing but ids, on every device (R74). */
	async remove({ personId, sessionId }: Visitor, messages: 'keep' | 'remove'): Promise<void> {
		await this.#depart(personId, sessionId, null, () =>
			this.#store.accounts.remove(personId, messages, nobody, Date.now()),
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
		// Connections go first, so that nothing new is said meanwhile.
		const sessions = await access.reading(() => this.#store.sessions.list(personId, Date.now()));
		const ids = new Set([current, ...sessions.map(({ sessionId }) => sessionId)]);
		this.#visitors.end(personId, [...ids], new CodedError('SIGNED_OUT'));
		const { rooms, successors, acquainted } = await this.#chats.rewrite(depart);
		this.#visitors.forget(personId);
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

	/** Tells what the account is in a room from now on: somebody who was removed as a guest goes at once (R122). */
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
			// Nobody there is told now: who looks finds out.
			this.#log.warn({ err: error, roomId }, 'a room was not told of a guest who has an account');
		}
	}
}
