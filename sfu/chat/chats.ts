import { EventEmitter } from 'node:events';
import type {
	Author,
	ChatBounds,
	ChatMember,
	ChatSummary,
	Message,
	MessageChange,
	Retention,
	SystemEvent,
	chatRequests,
} from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import { newMessageId, type PersonId, type RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { Log } from '../log.ts';
import type { ChatKey, Store } from '../store/store.ts';
import { Access } from './access.ts';
import { revisedIn, Told, type Revised } from './revisions.ts';
import { Typing } from './typing.ts';
import { Writes } from './writes.ts';

export type ChatEvents = {
	/** New messages of one chat, in its order. */
	posted: [ChatKey, Message[]];
	/** With what was changed, where that can be told without the rest. */
	changed: [ChatKey, Message, MessageChange | null];
	typing: [ChatKey, Author, boolean];
	/** This person has read further. */
	read: [PersonId, RoomId, ChatSummary];
	/** Somebody became a member, or is one under another name or in another role. */
	member: [RoomId, ChatMember];
	/** Somebody is none any more, and may not read on. */
	removed: [RoomId, PersonId];
	cleared: [ChatKey, ChatBounds];
	retained: [RoomId, Retention];
};

/** What the service itself does to chats has a turn of its own. */
const nobody = { room: '', person: '' };

type Input<N extends keyof typeof chatRequests> = Parsed<N>;

/**
 * What people write to each other in rooms, by whatever way it comes in. Every method names the person who
 * asks; what they may not read does not exist for them. Failures, the database's too, are CodedErrors.
 */
export class Chats extends EventEmitter<ChatEvents> {
	readonly #store: Store;
	/** Who may read and write where. */
	readonly access: Access;
	readonly #writes: Writes;
	readonly #typing = new Typing();
	readonly #told = new Told();

	constructor(store: Store, log: Log) {
		super();
		// One listener for the sockets, and one for each request that waits for what comes.
		this.setMaxListeners(0);
		this.#store = store;
		this.access = new Access(store.rooms, log);
		this.#writes = new Writes(store.chats, (key, messages) => {
			for (const { author } of messages) this.#setTyping(key, author, false);
			for (const { revision } of messages) this.#told.note(key, revision);
			this.emit('posted', key, messages);
		});
	}

	/** All chats that a member has in a room (R36). */
	async open(person: PersonId, roomId: RoomId): Promise<Data<'chat:open'>> {
		const you = await this.access.member(person, roomId);
		const { rooms, chats } = this.#store;
		const [members, summaries, retention] = await this.access.reading(() =>
			Promise.all([
				rooms.members(roomId),
				chats.summaries(roomId, person),
				rooms.retention(roomId),
			]),
		);
		return { you, members, chats: summaries, retention };
	}

	/**
	 * Becomes a member, under this name (R35).
	 *
	 * @param admitted whether they were let into the call; others become members of open rooms only (R56).
	 */
	async enter(
		person: PersonId,
		{ roomId, name }: Input<'chat:enter'>,
		admitted = false,
	): Promise<Data<'chat:enter'>> {
		const { member, isNews } = await this.access.enter(roomId, person, name, admitted);
		if (isNews) this.emit('member', roomId, member);
		return { you: member };
	}

	/** A token of the operator's own site names this room: its hosts are those of tokens from then on (R222). */
	async invite(roomId: RoomId): Promise<void> {
		for (const member of await this.access.invite(roomId)) this.emit('member', roomId, member);
	}

	/** A host makes somebody a host or a member, or takes them out (R48, R51). */
	async setRole(roomId: RoomId, person: Author, role: Role | 'removed'): Promise<void> {
		const member = await this.access.setRole(roomId, person, role);
		if (member) this.emit('member', roomId, member);
		else this.emit('removed', roomId, person.personId);
	}

	async page(
		person: PersonId,
		{ chat, from, limit }: Input<'chat:page'>,
	): Promise<Data<'chat:page'>> {
		const { key } = await this.access.locate(person, chat);
		return this.access.reading(() => this.#store.chats.page(key, from, limit));
	}

	async changes(
		person: PersonId,
		{ chat, revision, limit }: Input<'chat:changes'>,
	): Promise<Data<'chat:changes'>> {
		const { key } = await this.access.locate(person, chat);
		return this.access.reading(() => this.#store.chats.changes(key, revision, limit));
	}

	async search(
		person: PersonId,
		{ chat, query, before, limit }: Input<'chat:search'>,
	): Promise<Data<'chat:search'>> {
		const { key } = await this.access.locate(person, chat);
		return this.access.reading(() => this.#store.chats.search(key, query, before, limit));
	}

	/** Fulfilled when the message is durable and everybody in the chat is told (R38). */
	async post(
		person: PersonId,
		{ chat, messageId, draft }: Input<'chat:post'>,
	): Promise<Data<'chat:post'>> {
		const { key, you } = await this.access.locate(person, chat);
		const { body, replyTo, files } = draft;
		const mentions = await this.access.readersAmong(key, draft.mentions);
		const content = { kind: 'text' as const, body, replyTo, files, mentions };
		const author = { personId: person, name: you.name };
		const message = await this.access.saving(() =>
			this.#writes.post({ key, messageId, author, at: Date.now(), content }),
		);
		return { message };
	}

	/** A line in a room's chat about what happened there. */
	async note(roomId: RoomId, author: Author, system: SystemEvent, at = Date.now()): Promise<void> {
		const content = { kind: 'system' as const, system };
		const key = { roomId, pair: null };
		await this.access.saving(() =>
			this.#writes.post({ key, messageId: newMessageId(), author, at, content }),
		);
	}

	async edit(
		person: PersonId,
		{ chat, messageId, draft }: Input<'chat:edit'>,
	): Promise<Data<'chat:edit'>> {
		const { key } = await this.access.locate(person, chat);
		const to = { ...draft, mentions: await this.access.readersAmong(key, draft.mentions) };
		return this.#change(
			key,
			person,
			() => this.#store.chats.edit(key, messageId, person, to, Date.now()),
			({ content }) =>
				content.kind === 'text' && content.editedAt !== null
					? {
							kind: 'text',
							body: content.body,
							mentions: content.mentions,
							editedAt: content.editedAt,
						}
					: null,
		);
	}

	async delete(
		person: PersonId,
		{ chat, messageId }: Input<'chat:delete'>,
	): Promise<Data<'chat:delete'>> {
		const { key } = await this.access.locate(person, chat);
		return this.#change(key, person, () =>
			this.#store.chats.delete(key, messageId, person, Date.now()),
		);
	}

	async react(
		person: PersonId,
		{ chat, messageId, emoji, on }: Input<'chat:react'>,
	): Promise<Data<'chat:react'>> {
		const { key } = await this.access.locate(person, chat);
		return this.#change(
			key,
			person,
			() => this.#store.chats.react(key, messageId, person, emoji, on, Date.now()),
			() => ({ kind: 'reaction', emoji, personId: person, on }),
		);
	}

	async correct(
		person: PersonId,
		{ chat, messageId, body }: Input<'chat:correct'>,
	): Promise<Data<'chat:correct'>> {
		const { key, you } = await this.access.locate(person, chat);
		const by = { personId: person, name: you.name };
		const at = Date.now();
		return this.#change(
			key,
			person,
			() => this.#store.chats.correct(key, messageId, by, body, at),
			() => ({ kind: 'correction', author: by, body, proposedAt: at }),
		);
	}

	/** Tells the others that this person is writing, for as long as they go on (R42). */
	async typing(person: PersonId, { chat, typing }: Input<'chat:typing'>): Promise<void> {
		const { key, you } = await this.access.locate(person, chat);
		this.#setTyping(key, { personId: person, name: you.name }, typing);
	}

	async read(person: PersonId, { chat, seq }: Input<'chat:read'>): Promise<Data<'chat:read'>> {
		const { key } = await this.access.locate(person, chat);
		const summary = await this.access.saving(() => this.#store.chats.read(key, person, seq));
		this.emit('read', person, key.roomId, summary);
		return { chat: summary };
	}

	/** Hosts decide how long a room keeps its own chat (R44); in a chat of two nobody does (R192). */
	async retain(
		person: PersonId,
		{ roomId, retention }: Input<'chat:retain'>,
	): Promise<Data<'chat:retain'>> {
		const you = await this.access.host(person, roomId);
		if ((await this.access.rules(roomId)).kind === 'direct')
			throw new CodedError(
				'NOT_ALLOWED',
				'What two write to each other is kept. You can delete your own messages.',
			);
		await this.access.saving(() => this.#store.rooms.setRetention(roomId, retention));
		this.emit('retained', roomId, retention);
		const author = { personId: person, name: you.name };
		await this.note(roomId, author, { event: 'retention', retention });
		return { retention };
	}

	/** Removes what a sweep of the store finds too old, and tells those who see it. */
	async clear(
		sweep: () => Promise<(ChatBounds & { key: ChatKey })[]>,
	): Promise<(ChatBounds & { key: ChatKey })[]> {
		const cleared = await this.#writes.change(nobody, sweep);
		for (const { key, ...bounds } of cleared) this.emit('cleared', key, bounds);
		return cleared;
	}

	/** Changes many messages in their turn, and tells each of them. */
	rewrite<T extends { changed: Revised[] }>(change: () => Promise<T>): Promise<T> {
		return this.#writes.change(nobody, async () => {
			const outcome = await this.access.saving(change);
			const revised = revisedIn(this.#store.chats, outcome.changed);
			for await (const [key, message] of revised) {
				this.#told.note(key, message.revision);
				this.emit('changed', key, message, null);
			}
			return outcome;
		});
	}

	close(): void {
		this.#typing.close();
		this.removeAllListeners();
	}

	async #change(
		key: ChatKey,
		person: PersonId,
		change: () => Promise<Message>,
		partOf: (message: Message) => MessageChange | null = () => null,
	): Promise<{ message: Message }> {
		const message = await this.access.saving(() =>
			this.#writes.change({ room: key.roomId, person }, async () => {
				const changed = await change();
				// Told before the next change begins, so that revisions are told in their order.
				const news = this.#told.note(key, changed.revision);
				// What changed nothing is told to nobody; a change is told alone where it certainly is one.
				if (news !== 'told')
					this.emit('changed', key, changed, news === 'new' ? partOf(changed) : null);
				return changed;
			}),
		);
		return { message };
	}

	#setTyping(key: ChatKey, author: Author, typing: boolean): void {
		const who = [key.roomId, key.pair?.join(' '), author.personId].join(' ');
		const over = () => this.emit('typing', key, author, false);
		if (this.#typing.set(who, typing, over)) this.emit('typing', key, author, typing);
	}
}
