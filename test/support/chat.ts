import type { ChatAddress, Message } from '../../shared/chat.ts';
import { newMessageId, type MessageId, type PersonId, type RoomId } from '../../shared/ids.ts';
import type { Sent } from '../../shared/protocol.ts';
import type { Cast, TestClient } from './client.ts';

type Words = Partial<Sent<'chat:post'>['draft']>;

/** Somebody in a room's chat: what tests of it do all the time, in few words. */
export class Writer {
	readonly client: TestClient;
	readonly roomId: RoomId;
	readonly personId: PersonId;

	private constructor(client: TestClient, roomId: RoomId, personId: PersonId) {
		this.client = client;
		this.roomId = roomId;
		this.personId = personId;
	}

	/** Becomes a member of the cast's room and opens its chats. */
	static async enter(cast: Cast, name: string, client?: TestClient): Promise<Writer> {
		const socket = client ?? (await cast.connect());
		const { you } = await socket.ask('chat:enter', { roomId: cast.roomId, name });
		await socket.ask('chat:open', { roomId: cast.roomId });
		return new Writer(socket, cast.roomId, you.personId);
	}

	/** The room's chat, or that with another one. */
	chat(other?: Writer): ChatAddress {
		return other ? { roomId: this.roomId, with: other.personId } : { roomId: this.roomId };
	}

	async post(
		body: string,
		more: Words = {},
		to?: Writer,
		messageId: MessageId = newMessageId(),
	): Promise<Message> {
		const input = { chat: this.chat(to), messageId, draft: { body, ...more } };
		return (await this.client.ask('chat:post', input)).message;
	}

	/** The newest page, as text. */
	async texts(other?: Writer): Promise<string[]> {
		return (await this.latest(other)).map(textOf);
	}

	async latest(other?: Writer): Promise<Message[]> {
		const from = { kind: 'latest' as const };
		return (await this.client.ask('chat:page', { chat: this.chat(other), from, limit: 200 }))
			.messages;
	}

	/** Every message this socket was told of, in the order in which it came. */
	get heard(): Message[] {
		return this.client.told('chat:posted').flatMap(({ messages }) => messages);
	}
}

/** What a message says, or what it is. */
export function textOf({ content }: Message): string {
	if (content.kind === 'text') return content.body;
	return content.kind === 'system' ? `(${content.system.event})` : '(deleted)';
}
