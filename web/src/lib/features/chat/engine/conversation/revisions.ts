import type { ChatAddress, Message } from '#shared/chat.ts';
import type { MessageId, PersonId } from '#shared/ids.ts';
import type { Ask } from '#lib/connection/signalClient.ts';

/** Changes to messages that exist. Each rejects with the CodedError of the server. */
export class Revisions {
	readonly #chat: ChatAddress;
	readonly #ask: Ask;
	readonly #learn: (message: Message) => void;

	constructor(chat: ChatAddress, ask: Ask, learn: (message: Message) => void) {
		this.#chat = chat;
		this.#ask = ask;
		this.#learn = learn;
	}

	async edit(messageId: MessageId, body: string, mentions: PersonId[]): Promise<void> {
		const draft = { body, mentions };
		this.#learn((await this.#ask('chat:edit', { chat: this.#chat, messageId, draft })).message);
	}

	async delete(messageId: MessageId): Promise<void> {
		this.#learn((await this.#ask('chat:delete', { chat: this.#chat, messageId })).message);
	}

	async react(messageId: MessageId, emoji: string, on: boolean): Promise<void> {
		const input = { chat: this.#chat, messageId, emoji, on };
		this.#learn((await this.#ask('chat:react', input)).message);
	}

	/** Proposes a correction; null withdraws it. */
	async correct(messageId: MessageId, body: string | null): Promise<void> {
		this.#learn((await this.#ask('chat:correct', { chat: this.#chat, messageId, body })).message);
	}

	search(
		query: string,
		before?: number,
	): Promise<{ messages: Message[]; more: boolean; until?: number }> {
		return this.#ask('chat:search', { chat: this.#chat, query, before, limit: 30 });
	}
}
