import type { ChatAddress, ChatMember, Message, Retention } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Data } from '#shared/protocol.ts';
import { isSealed } from '#shared/sealedForm.ts';
import { Backoff } from '#lib/connection/backoff.ts';
import type { Unlisten } from '#lib/connection/signalClient.ts';
import { serverError } from '#lib/connection/serverError.ts';
import { pageAttention, type Attention } from './attention.ts';
import { Conversation, type ChatContext } from './conversation/conversation.ts';
import { Facts } from './facts.ts';
import { SlowMode } from './composer/slowMode.ts';
import { ChatMemory } from './memory.ts';
import type { ServerConnection } from '#lib/connection/serverConnection.ts';
import type { ChatObserver, ChatPhase, ConversationObserver } from './model.ts';

export type ChatClientOptions = {
	roomId: RoomId;
	server: ServerConnection;
	observer: ChatObserver<Conversation>;
	/** The observer of a conversation, requested when it begins. */
	observe(conversation: Conversation): ConversationObserver;
	attention?: Attention;
	memory?: ChatMemory;
};

/** Attempts to open after which the person is told; it is tried on. */
const quietAttempts = 3;

/**
 * All chats that a person has in one room, over a connection that may be lost and come back. Opens them on each new
 * connection, requests what was missed, and sends what waited.
 */
export class ChatClient {
	readonly memory: ChatMemory;
	readonly #roomId: RoomId;
	readonly #server: ServerConnection;
	readonly #observer: ChatObserver<Conversation>;
	readonly #observe: ChatClientOptions['observe'];
	readonly #context: ChatContext;
	readonly #unlisten: Unlisten[];
	readonly #facts: Facts;
	readonly #pace = new Backoff({ first: 500, factor: 2, most: 10_000 });
	readonly #conversations = new Map<PersonId | null, Conversation>();
	/** The conversations that the person has, the room's own first, then the latest. */
	#order: Conversation[] = [];
	readonly #slowMode = new SlowMode(() => this.#you?.role === 'host');
	#you: ChatMember | null = null;
	#members: readonly ChatMember[] = [];
	#phase: ChatPhase['kind'] = 'opening';
	#ready = false;
	/** Counts what makes an opening that is under way pointless. */
	#turn = 0;
	#failures = 0;
	#closed = false;

	constructor(options: ChatClientOptions) {
		const { roomId, server, attention = pageAttention } = options;
		this.#roomId = roomId;
		this.#server = server;
		this.#observer = options.observer;
		this.#observe = options.observe;
		this.memory = options.memory ?? new ChatMemory(roomId);
		this.#context = {
			roomId,
			...{ ask: server.ask, served: server.served, files: server.border?.files },
			attention,
			memory: this.memory,
			slowMode: this.#slowMode,
			ready: () => this.#ready,
			you: () => this.#you,
			members: () => this.#members,
			arrived: (conversation, message, mentioned) =>
				this.#observer.arrived({ conversation, message, mentioned }),
		};
		this.#unlisten = [
			server.watch({
				...{ up: () => this.#onUp(), down: () => this.#onDown() },
				refused: ({ message }) => this.#tellPhase({ kind: 'failed', problem: message }),
			}),
			attention.watch(() => this.#onAttention()),
		];
		this.#facts = new Facts(server, roomId, {
			'chat:posted': ({ chat, messages }) => this.#onPosted(this.#of(chat), messages),
			'chat:changed': ({ chat, message }) => this.#of(chat).learn([message]),
			'chat:revised': (revised) => this.#of(revised.chat).revise(revised),
			'chat:typing': ({ chat, author, typing }) => this.#of(chat).onTyping(author, typing),
			'chat:cleared': ({ chat, ...bounds }) => this.#of(chat).onCleared(bounds),
			'chat:read': ({ chat }) => this.conversation(chat.with).onSummary(chat),
			'chat:member': ({ member }) => this.#onMember(member),
			'chat:member-removed': ({ personId }) => this.#onRemoved(personId),
			'chat:ended': (error) => this.#onEnded(serverError(error).message),
			'chat:retained': ({ retention }) => this.#observer.retention(retention),
			'chat:slowed': ({ slowMode }) => {
				this.#slowMode.changed(slowMode);
				this.#conversations.get(null)?.hurry();
			},
			'room:named': ({ name }) => this.#observer.roomName(name),
		});
	}

	/** Opens the chats, now or once there is a connection. A second call opens them again. */
	open(): void {
		if (this.#phase === 'failed' || this.#phase === 'outside') this.#tellPhase({ kind: 'opening' });
		this.#observer.connected(this.#server.connected);
		this.#failures = 0;
		this.#pace.reset();
		if (this.#server.connected) return void this.#open();
		this.#server.open().catch(() => {
			this.#tellPhase({ kind: 'failed', problem: "The page didn't load completely." });
		});
	}

	/** The room's own for null. One with another person begins when it is first asked for. */
	conversation(person: PersonId | null): Conversation {
		const known = this.#conversations.get(person);
		if (known) return known;
		const made = new Conversation(person, this.#context, this.#observe);
		this.#conversations.set(person, made);
		return made;
	}

	/** Adds a conversation to those that the person has, as opening it does. */
	list(conversation: Conversation): void {
		if (this.#order.includes(conversation)) return;
		this.#setOrder([...this.#order, conversation]);
	}

	/** Becomes a member without the call. */
	async enter(name: string): Promise<void> {
		await this.#server.ask('chat:enter', { roomId: this.#roomId, name });
		this.open();
	}

	async setRetention(retention: Retention): Promise<void> {
		const answer = await this.#server.ask('chat:retain', { roomId: this.#roomId, retention });
		this.#observer.retention(answer.retention);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#turn++;
		this.#pace.cancel();
		for (const unlisten of this.#unlisten) unlisten();
		this.#facts.close();
		this.#slowMode.close();
		for (const conversation of this.#conversations.values()) conversation.close();
		this.memory.flush();
		const { ask } = this.#server;
		// A server that does not hear this closes the chats with the connection.
		if (this.#ready) ask('chat:close', { roomId: this.#roomId }).catch(() => undefined);
		this.#ready = false;
	}

	#onUp(): void {
		this.#observer.connected(true);
		this.#pace.reset();
		void this.#open();
	}

	#onDown(): void {
		this.#turn++;
		this.#ready = false;
		this.#pace.cancel();
		this.#observer.connected(false);
		for (const conversation of this.#conversations.values()) conversation.suspend();
	}

	#onAttention(): void {
		for (const conversation of this.#conversations.values()) conversation.onAttention();
		// A page that is hidden may be ended without another word.
		this.memory.flush();
	}

	async #open(): Promise<void> {
		const turn = ++this.#turn;
		try {
			const answer = await this.#server.ask('chat:open', { roomId: this.#roomId, parts: true });
			if (turn === this.#turn) this.#onOpen(answer);
		} catch (error) {
			if (turn === this.#turn) this.#onRefused(error);
		}
	}

	#onOpen({ you, members, chats, retention, name, pace }: Data<'chat:open'>): void {
		// Nothing here opens what an encrypted room says (ENCRYPTION-21).
		if (!this.#server.border && isSealed(you.name))
			return this.#tellPhase({ kind: 'failed', problem: new CodedError('ENCRYPTED').message });
		this.#failures = 0;
		this.#pace.reset();
		this.#ready = true;
		this.#you = you;
		this.#members = members;
		this.#slowMode.opened(pace);
		this.#observer.you(you);
		this.#observer.members(members);
		this.#observer.retention(retention);
		this.#observer.roomName(name);
		const listed = chats.map((summary) => this.conversation(summary.with));
		this.#setOrder([...new Set([...listed, ...this.#order])]);
		this.#facts.release();
		for (const person of this.memory.recall(you.personId)) {
			const conversation = this.conversation(person);
			this.list(conversation);
			conversation.restore(this.memory.of(person));
		}
		for (const [person, conversation] of this.#conversations)
			conversation.resume(chats.find((summary) => summary.with === person) ?? null);
		this.#tellPhase({ kind: 'open' });
	}

	#onRefused(error: unknown): void {
		const { code, message } = error instanceof CodedError ? error : new CodedError('INTERNAL');
		if (code === 'NOT_MEMBER') return this.#tellPhase({ kind: 'outside' });
		const passing = code === 'UNAVAILABLE' || code === 'TOO_MANY_REQUESTS' || code === 'NOT_SAVED';
		// Open chats stay in view while the client tries again. After an error that lasts they do not.
		const tell = passing ? this.#phase !== 'open' && ++this.#failures > quietAttempts : true;
		if (tell) this.#tellPhase({ kind: 'failed', problem: message });
		if (passing && this.#server.connected) this.#pace.schedule(() => void this.#open());
	}

	#of({ with: person }: ChatAddress): Conversation {
		return this.conversation(person ?? null);
	}

	#onPosted(conversation: Conversation, messages: readonly Message[]): void {
		const [first, ...others] = this.#order;
		if (conversation.with !== null && others[0] !== conversation && first)
			this.#setOrder([first, conversation, ...others.filter((other) => other !== conversation)]);
		conversation.learn(messages);
		const own = ({ author, content }: Message) =>
			author.personId === this.#you?.personId && content.kind === 'text';
		if (conversation.with === null && messages.some(own)) this.#slowMode.sent();
	}

	#onMember(member: ChatMember): void {
		const known = this.#members.some(({ personId }) => personId === member.personId);
		this.#members = known
			? this.#members.map((other) => (other.personId === member.personId ? member : other))
			: [...this.#members, member];
		this.#observer.members(this.#members);
		if (member.personId !== this.#you?.personId) return;
		this.#you = member;
		this.#slowMode.tell();
		this.#observer.you(member);
	}

	#onRemoved(personId: PersonId): void {
		this.#members = this.#members.filter((member) => member.personId !== personId);
		this.#observer.members(this.#members);
	}

	/** Reports nothing more until the chats are opened again. */
	#onEnded(problem: string): void {
		this.#turn++;
		this.#ready = false;
		this.#pace.cancel();
		for (const conversation of this.#conversations.values()) conversation.suspend();
		this.#tellPhase({ kind: 'failed', problem });
	}

	#setOrder(order: Conversation[]): void {
		this.#order = order;
		this.#observer.conversations(order);
	}

	#tellPhase(phase: ChatPhase): void {
		this.#phase = phase.kind;
		this.#observer.phase(phase);
	}
}
