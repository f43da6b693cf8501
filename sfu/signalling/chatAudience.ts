import type { ChatAddress } from '#shared/chat.ts';
import { errorMessages } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { FactName, Told } from '#shared/protocol.ts';
import type { Chats } from '../chat/chats.ts';
import type { ChatKey } from '../store/store.ts';
import type { Client } from './client.ts';

/** Tells a fact to every socket in a channel. It is encoded once, however many they are. */
export type Broadcast = <N extends FactName>(channel: string, name: N, told: Told<N>) => void;

/** Sockets that opened a room's chats. */
const everybody = (roomId: RoomId) => `chat ${roomId}`;
/** Those of one person among them. */
const one = (roomId: RoomId, person: PersonId) => `chat ${roomId} ${person}`;

/** Of those, the ones that are told changes as parts and as whole messages. */
const kinds = [' parts', ' whole'] as const;

/** The sockets that are told what happens in chats: those that opened them, and only what each may read (R37). */
export class ChatAudience {
	readonly #broadcast: Broadcast;

	/** @param dismiss takes the sockets in a channel out of these channels. */
	constructor(
		chats: Chats,
		broadcast: Broadcast,
		dismiss: (channel: string, from: string[]) => void,
	) {
		this.#broadcast = broadcast;
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
			this.#broadcast(one(roomId, person), 'chat:read', { roomId, chat }),
		);
		chats.on('member', (roomId, member) =>
			this.#broadcast(everybody(roomId), 'chat:member', { roomId, member }),
		);
		chats.on('removed', (roomId, personId) => {
			const theirs = one(roomId, personId);
			const message = errorMessages().REMOVED;
			this.#broadcast(theirs, 'chat:ended', { roomId, code: 'REMOVED', message });
			const channels = [everybody(roomId), theirs];
			dismiss(theirs, [
				...channels,
				...channels.flatMap((name) => kinds.map((kind) => name + kind)),
			]);
			this.#broadcast(everybody(roomId), 'chat:member-removed', { roomId, personId });
		});
		chats.on('retained', (roomId, retention) =>
			this.#broadcast(everybody(roomId), 'chat:retained', { roomId, retention }),
		);
	}

	/**
	 * From now on this client is told. The person is a member.
	 *
	 * @param parts whether changes are told as what changed, and not as whole messages.
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

	/** Tells those who may read this chat, each the address by which they know it. */
	#tell<N extends FactName>(
		{ roomId, pair }: ChatKey,
		fact: (chat: ChatAddress) => [N, Told<N>],
		kind: '' | (typeof kinds)[number] = '',
	): void {
		if (!pair) {
			this.#broadcast(everybody(roomId) + kind, ...fact({ roomId }));
			return;
		}
		const [a, b] = pair;
		this.#broadcast(one(roomId, a) + kind, ...fact({ roomId, with: b }));
		this.#broadcast(one(roomId, b) + kind, ...fact({ roomId, with: a }));
	}
}
