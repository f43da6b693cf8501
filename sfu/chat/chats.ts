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
import type { Log } from '../platform/log.ts';
import type { ChatKey, KeptPolicy, Store } from '../store/api/store.ts';
import { Access, pairOf } from './access.ts';
import { InOrder } from './inOrder.ts';
import { checkSealed } from './sealing.ts';
import { revisedIn, LastRevisions, type RevisedChat } from './revisions.ts';
import { Typing } from './typing.ts';
import { Writes } from './writes.ts';

export type ChatEvents = {
	/** New messages of one chat, in its order. */
	posted: [ChatKey, Message[]];
	/** With the change, if it can be told without the rest of the message. */
	changed: [ChatKey, Message, MessageChange | null];
	/** This node stored messages. Other nodes have to be told. */
	storedHere: [ChatKey, Message[]];
	/** This node stored a change. */
	changedHere: [ChatKey, Message, MessageChange | null];
	typing: [ChatKey, Author, boolean];
	/** This person read further. */
	read: [PersonId, RoomId, ChatSummary];
	/** A person became a member, or a member's name, role or label changed. */
	member: [RoomId, ChatMember];
	/** A person is no member any more, and may not read on. */
	removed: [RoomId, PersonId];
	cleared: [ChatKey, ChatBounds];
	retained: [RoomId, Retention];
	/** Hosts changed the room's slow mode, in seconds. */
	slowed: [RoomId, number];
	/** A host named the room, or removed its name. */
	named: [RoomId, string | null];
	/** An administrator opened the room: the store has another policy than hosts decided. */
	opened: [RoomId];
};

/** An event with its arguments. */
type ChatEvent = { [K in keyof ChatEvents]: { event: K; args: ChatEvents[K] } }[keyof ChatEvents];

/** The asker of the service's own changes, which have a turn of their own. */
const serviceAsker = { room: '', person: '' };

type Input<N extends keyof typeof chatRequests> = Parsed<N>;

/**
 * Messages in rooms, independent of the way they come in. Every method names the person who asks; a chat that this
 * person may not read does not exist for them. Failures, including the database's, are CodedErrors.
 */
export class Chats extends EventEmitter<ChatEvents> {
	readonly #store: Store;
	readonly access: Access;
	readonly #writes: Writes;
	readonly #typing = new Typing();
	readonly #lastRevisions = new LastRevisions();
	readonly #inOrder: InOrder | null;

	/** @param isNode whether other nodes change chats as well. */
	constructor(store: Store, log: Log, isNode = false) {
		super();
		this.#inOrder = isNode ? new InOrder() : null;
		// One listener for the sockets, and one for each waiting request.
		this.setMaxListeners(0);
		this.#store = store;
		this.access = new Access(store.rooms, log);
		this.#writes = new Writes(store.chats, (key, messages) => {
			for (const { author } of messages) this.#setTyping(key, author, false);
			this.emit('storedHere', key, messages);
			this.#tellPosted(key, messages);
		});
	}

	/** An event of another node. What is cached here may be outdated. */
	receive({ event, args }: ChatEvent): void {
		if (event === 'member') this.access.forget(args[1].personId);
		else if (event === 'removed') this.access.forget(args[1]);
	}

	/** Another node stored messages. */
	receivePosted(key: ChatKey, messages: Message[]): void {
		this.#tellPosted(key, messages);
	}

	/** Another node stored a change. */
	receiveChanged(key: ChatKey, message: Message, change: MessageChange | null): void {
		this.#lastRevisions.note(key, message.revision);
		this.#tellChanged(key, message, change);
	}

	/** How many writes wait for the database. */
	get waiting(): number {
		return this.#writes.waiting;
	}

	/** All chats that a member has in a room (CHAT-2). */
	async open(person: PersonId, roomId: RoomId): Promise<Data<'chat:open'>> {
		const you = await this.access.member(person, roomId);
		const { rooms, chats } = this.#store;
		const [members, summaries, retention, name, pace] = await this.access.reading(() =>
			Promise.all([
				rooms.members(roomId),
				chats.summaries(roomId, person),
				rooms.retention(roomId),
				rooms.name(roomId),
				chats.pace(roomId, person, Date.now()),
			]),
		);
		for (const { with: other, revision } of summaries) {
			const pair = other === null ? null : pairOf(person, other);
			this.#inOrder?.know({ roomId, pair }, revision);
		}
		return { you, members, chats: summaries, retention, name, pace };
	}

	/**
	 * Makes the person a member under this name (CHAT-1).
	 *
	 * @param admitted whether they were admitted to the call; other people become members of open rooms only (ADMISSION-2).
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

	/** A token of the operator's own site names this room: its hosts come from tokens from then on (ACCOUNT-13). */
	async invite(roomId: RoomId): Promise<void> {
		for (const member of await this.access.invite(roomId)) this.emit('member', roomId, member);
	}

	/** Hosts change parts of the room's policy (HOST-2). */
	async setPolicy(roomId: RoomId, change: Partial<KeptPolicy>): Promise<void> {
		await this.access.setPolicy(roomId, change);
		if (change.slowMode !== undefined) this.emit('slowed', roomId, change.slowMode);
	}

	/** An administrator opened the room (ADMISSION-7). The store has it already. */
	opened(roomId: RoomId): void {
		this.emit('opened', roomId);
	}

	/** A host makes a person a host or a member, or removes them (HOST-2, HOST-5). */
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
		await this.access.checkReadable(
			key.roomId,
			"The server can't search in an end-to-end encrypted room.",
		);
		return this.access.reading(() => this.#store.chats.search(key, query, before, limit));
	}

	/** Resolves when the message is durable and the chat's members have been told (CHAT-4). */
	async post(
		person: PersonId,
		{ chat, messageId, draft }: Input<'chat:post'>,
	): Promise<Data<'chat:post'>> {
		const { key, you } = await this.access.locate(person, chat);
		const { body, replyTo, files } = draft;
		await this.access.checkWords(key.roomId, body);
		const mentions = await this.access.readersAmong(key, draft.mentions);
		const content = { kind: 'text' as const, body, replyTo, files, mentions };
		const author = { personId: person, name: you.name };
		const message = await this.access.saving(() =>
			this.#writes.post({ key, messageId, author, at: Date.now(), content }),
		);
		return { message };
	}

	/** Posts a system line in a room's chat. */
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
		await this.access.checkWords(key.roomId, draft.body);
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

	/** Hosts delete any message of the room's own chat (CHAT-7). */
	async delete(
		person: PersonId,
		{ chat, messageId }: Input<'chat:delete'>,
	): Promise<Data<'chat:delete'>> {
		const { key, you } = await this.access.locate(person, chat);
		const isHost = key.pair === null && you.role === 'host';
		// The two people of a private chat may be its hosts, and each deletes their own messages.
		const asHost = isHost && (await this.access.rules(key.roomId)).kind !== 'direct';
		return this.#change(key, person, () =>
			this.#store.chats.delete(key, messageId, person, Date.now(), asHost),
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
		if (body !== null) await this.access.checkWords(key.roomId, body);
		const by = { personId: person, name: you.name };
		const at = Date.now();
		return this.#change(
			key,
			person,
			() => this.#store.chats.correct(key, messageId, by, body, at),
			() => ({ kind: 'correction', author: by, body, proposedAt: at }),
		);
	}

	/** Tells the other members that this person is typing, for as long as they type (CHAT-8). */
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

	/** Hosts decide how long a room keeps its own chat (CHAT-10); for a chat of two no person does (CHAT-15). */
	async retain(
		person: PersonId,
		{ roomId, retention }: Input<'chat:retain'>,
	): Promise<Data<'chat:retain'>> {
		const you = await this.access.host(person, roomId);
		if ((await this.access.rules(roomId)).kind === 'direct')
			throw new CodedError(
				'NOT_ALLOWED',
				'Private chats are always kept. You can delete your own messages.',
			);
		await this.access.saving(() => this.#store.rooms.setRetention(roomId, retention));
		this.emit('retained', roomId, retention);
		const author = { personId: person, name: you.name };
		await this.note(roomId, author, { event: 'retention', retention });
		return { retention };
	}

	/** A host names a room, or removes its name (ROOM-13). */
	async nameRoom(
		person: PersonId,
		{ roomId, name }: Parsed<'room:name'>,
	): Promise<Data<'room:name'>> {
		const you = await this.access.host(person, roomId);
		const before = await this.access.rules(roomId);
		if (before.kind !== 'open')
			throw new CodedError('NOT_ALLOWED', 'Calls and chats of two have no name.');
		checkSealed(before.encryption, name === null ? [] : [name]);
		if (before.name === name) return {};
		await this.access.saving(() => this.#store.rooms.setName(roomId, name));
		this.emit('named', roomId, name);
		await this.note(roomId, { personId: person, name: you.name }, { event: 'named-room', name });
		return {};
	}

	/** A host says what a member's part in the room is called (ROOM-16). */
	async setLabel(roomId: RoomId, person: PersonId, label: string | null): Promise<void> {
		if (label !== null) await this.access.checkWords(roomId, label);
		const member = await this.access.setLabel(roomId, person, label);
		if (!member) throw new CodedError('NOT_FOUND', "This person isn't in this room.");
		this.emit('member', roomId, member);
	}

	/** Removes the expired messages that a sweep of the store finds, and tells the people who see them. */
	async clear(
		sweep: () => Promise<(ChatBounds & { key: ChatKey })[]>,
	): Promise<(ChatBounds & { key: ChatKey })[]> {
		const cleared = await this.#writes.change(serviceAsker, sweep);
		for (const { key, ...bounds } of cleared) this.emit('cleared', key, bounds);
		return cleared;
	}

	/** Changes many messages in one turn, and tells each of them. */
	rewrite<T extends { changed: RevisedChat[] }>(change: () => Promise<T>): Promise<T> {
		return this.#writes.change(serviceAsker, async () => {
			const outcome = await this.access.saving(change);
			const revised = revisedIn(this.#store.chats, outcome.changed);
			for await (const [key, message] of revised) {
				this.#lastRevisions.note(key, message.revision);
				this.#changedHere(key, message, null);
			}
			return outcome;
		});
	}

	close(): void {
		this.#typing.close();
		this.#inOrder?.close();
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
				const news = this.#lastRevisions.note(key, changed.revision);
				// A request that changed nothing is not told. The change is told without the whole message only if it
				// certainly is one.
				if (news !== 'told')
					this.#changedHere(key, changed, news === 'new' ? partOf(changed) : null);
				return changed;
			}),
		);
		return { message };
	}

	#changedHere(key: ChatKey, message: Message, change: MessageChange | null): void {
		this.emit('changedHere', key, message, change);
		this.#tellChanged(key, message, change);
	}

	#tellPosted(key: ChatKey, messages: Message[]): void {
		const revisions = messages.map(({ revision }) => revision);
		for (const revision of revisions) this.#lastRevisions.note(key, revision);
		const tell = () => this.emit('posted', key, messages);
		if (this.#inOrder) this.#inOrder.add(key, Math.min(...revisions), Math.max(...revisions), tell);
		else tell();
	}

	#tellChanged(key: ChatKey, message: Message, change: MessageChange | null): void {
		const tell = () => this.emit('changed', key, message, change);
		if (this.#inOrder) this.#inOrder.add(key, message.revision, message.revision, tell);
		else tell();
	}

	#setTyping(key: ChatKey, author: Author, typing: boolean): void {
		const typist = [key.roomId, key.pair?.join(' '), author.personId].join(' ');
		const over = () => this.emit('typing', key, author, false);
		if (this.#typing.set(typist, typing, over)) this.emit('typing', key, author, typing);
	}
}
