import type { ChatAddress } from '#shared/chat.ts';
import { errorMessages } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { FactName, FactOf } from '#shared/protocol.ts';
import type { Chats } from '../../chat/chats.ts';
import type { ChatKey } from '../../store/api/store.ts';
import type { Channels } from '../client/channels.ts';
import type { Client } from '../client/client.ts';

/** Sockets that opened a room's chats. */
const everybody = (roomId: RoomId) => `chat ${roomId}`;
/** The sockets of one person among them. */
const one = (roomId: RoomId, person: PersonId) => `chat ${roomId} ${person}`;

/** Suffixes of these channels: for sockets that get changes as parts, and as whole messages. */
const kinds = [' parts', ' whole'] as const;

/** The sockets that opened chats. Each gets only what its person may read (CHAT-3). */
export class ChatAudience {
	readonly #channels: Channels;

	constructor(chats: Chats, channels: Channels) {
		this.#channels = channels;
		chats.on('posted', (key, messages) =>
			this.#tell(key, (chat) => ['chat:posted', { chat, messages }]),
		);
		chats.on('changed', (key, message, change) => {
			this.#tell(key, (chat) => ['chat:changed', { chat, message }], change ? ' whole' : '');
			if (!change) return;
			const { messageId, seq, revision } = message;
			const revised = { messageId, seq, revision, change };
			this.#tell(key, (chat) => ['chat:revised', { chat, ...revised }], ' parts');
		});
		chats.on('typing', (key, author, typing) =>
			this.#tell(key, (chat) => ['chat:typing', { chat, author, typing }]),
		);
		chats.on('cleared', (key, bounds) =>
			this.#tell(key, (chat) => ['chat:cleared', { chat, ...bounds }]),
		);
		chats.on('read', (person, roomId, chat) =>
			channels.broadcast(one(roomId, person), 'chat:read', { roomId, chat }),
		);
		chats.on('member', (roomId, member) =>
			channels.broadcast(everybody(roomId), 'chat:member', { roomId, member }),
		);
		chats.on('removed', (roomId, personId) => {
			const theirs = one(roomId, personId);
			const message = errorMessages().REMOVED;
			channels.broadcast(theirs, 'chat:ended', { roomId, code: 'REMOVED', message });
			const listened = [everybody(roomId), theirs];
			channels.dismiss(theirs, [
				...listened,
				...listened.flatMap((name) => kinds.map((kind) => name + kind)),
			]);
			channels.broadcast(everybody(roomId), 'chat:member-removed', { roomId, personId });
		});
		chats.on('named', (roomId, name) =>
			channels.broadcast(everybody(roomId), 'room:named', { roomId, name }),
		);
		chats.on('retained', (roomId, retention) =>
			channels.broadcast(everybody(roomId), 'chat:retained', { roomId, retention }),
		);
		chats.on('slowed', (roomId, slowMode) =>
			channels.broadcast(everybody(roomId), 'chat:slowed', { roomId, slowMode }),
		);
	}

	/**
	 * From now on this client gets the facts of the room's chats. The person is a member.
	 *
	 * @param parts whether the client gets only the changed parts of a message, and not the whole message.
	 */
	add(client: Client, roomId: RoomId, parts: boolean): void {
		for (const channel of [everybody(roomId), one(roomId, client.personId)]) {
			client.listen(channel);
			client.listen(channel + (parts ? ' parts' : ' whole'));
			client.ignore(channel + (parts ? ' whole' : ' parts'));
		}
	}

	remove(client: Client, roomId: RoomId): void {
		for (const channel of [everybody(roomId), one(roomId, client.personId)])
			for (const kind of ['', ...kinds]) client.ignore(channel + kind);
	}

	/** Tells the people who may read this chat, each with the address by which they know it. */
	#tell<N extends FactName>(
		{ roomId, pair }: ChatKey,
		fact: (chat: ChatAddress) => [N, FactOf<N>],
		kind: '' | (typeof kinds)[number] = '',
	): void {
		if (!pair) {
			this.#channels.broadcast(everybody(roomId) + kind, ...fact({ roomId }));
			return;
		}
		const [a, b] = pair;
		this.#channels.broadcast(one(roomId, a) + kind, ...fact({ roomId, with: b }));
		this.#channels.broadcast(one(roomId, b) + kind, ...fact({ roomId, with: a }));
	}
}
