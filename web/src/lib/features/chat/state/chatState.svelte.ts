import type { ChatMember, FileInfo, Retention } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import { SharedConnection } from '#lib/connection/sharedConnection.ts';
import { ChatClient } from '../engine/chatClient.ts';
import type { Conversation } from '../engine/conversation/conversation.ts';
import type { RoomBorder, ServerConnection } from '#lib/connection/serverConnection.ts';
import type { ChatObserver } from '../engine/model.ts';
import { ConversationState } from './chatConversationState.svelte.ts';
import { OpenedFiles } from './openedFiles.svelte.ts';
import type { ChatView } from './chatView.ts';
import { addressOf } from '#lib/browser/ownPaths.ts';

/** All chats of a room as reactive state. Opens them when it is made. */
export class ChatState implements ChatView {
	readonly roomId: RoomId;
	readonly #client: ChatClient;
	/** Its share of the page's connection, if the chat belongs to no call. */
	readonly #server: SharedConnection | null;
	readonly served: boolean;
	/** Of an encrypted room. */
	readonly #files: OpenedFiles | null;
	readonly #states = new Map<Conversation, ConversationState>();
	#phase = $state.raw<ChatView['phase']>({ kind: 'opening' });
	#connected = $state(false);
	#unreachable = $state(false);
	#you = $state.raw<ChatMember | null>(null);
	#members = $state.raw<readonly ChatMember[]>([]);
	#retention = $state.raw<Retention>({ kind: 'forever' });
	#roomName = $state<string | null>(null);
	#conversations = $state.raw<readonly ConversationState[]>([]);
	#arrived = $state.raw<ChatView['arrived']>(null);

	/**
	 * @param server The connection of the call it goes with; without one, it is by itself.
	 * @param border Of an encrypted room, where it is by itself.
	 */
	constructor(roomId: RoomId, server?: ServerConnection, border: RoomBorder | null = null) {
		this.roomId = roomId;
		this.#server = server ? null : new SharedConnection();
		if (this.#server) this.#server.border = border;
		const used = server ?? this.#server ?? new SharedConnection();
		this.served = used.served;
		this.#files = used.border ? new OpenedFiles(used.border.files) : null;
		// Beside a call, the call says so.
		this.#server?.watch({
			up: () => (this.#unreachable = false),
			unanswered: () => (this.#unreachable = true),
		});
		this.#client = new ChatClient({
			roomId,
			server: used,
			observer: this.#observer(),
			observe: (conversation) => this.#stateOf(conversation).observer(),
		});
		this.#client.open();
	}

	get phase() {
		return this.#phase;
	}
	get connected() {
		return this.#connected;
	}
	get unreachable() {
		return this.#unreachable;
	}
	get you() {
		return this.#you;
	}
	get members() {
		return this.#members;
	}
	get retention() {
		return this.#retention;
	}
	get roomName() {
		return this.#roomName;
	}
	get conversations() {
		return this.#conversations;
	}
	get unread(): number {
		return this.#conversations.reduce((sum, { unread }) => sum + unread, 0);
	}
	get mentioned(): boolean {
		return this.#conversations.some(({ mentioned }) => mentioned);
	}
	get arrived() {
		return this.#arrived;
	}

	conversation(person: PersonId | null): ConversationState {
		const conversation = this.#client.conversation(person);
		// A conversation may be requested while a component renders, when no state may change.
		queueMicrotask(() => {
			this.#client.list(conversation);
			conversation.want();
		});
		return this.#stateOf(conversation);
	}

	enter(name: string): Promise<void> {
		return this.#client.enter(name);
	}

	setRetention(retention: Retention): Promise<void> {
		return this.#client.setRetention(retention);
	}

	exportAddress(format: 'json' | 'text'): string {
		return addressOf(`/api/rooms/${encodeURIComponent(this.roomId)}/export?format=${format}`);
	}

	fileAddress(file: FileInfo): string | undefined {
		if (this.#files) return this.#files.addressOf(file);
		return addressOf(`/api/files/${encodeURIComponent(file.fileId)}`);
	}

	get encrypted(): boolean {
		return this.#files !== null;
	}

	async saveFile(file: FileInfo): Promise<void> {
		await this.#files?.save(file);
	}

	reopen(): void {
		this.#client.open();
	}

	close(): void {
		this.#client.close();
		this.#server?.close();
		this.#files?.close();
		for (const state of this.#states.values()) state.close();
	}

	#observer(): ChatObserver<Conversation> {
		return {
			phase: (phase) => (this.#phase = phase),
			connected: (connected) => (this.#connected = connected),
			you: (you) => (this.#you = you),
			members: (members) => {
				this.#members = members;
				for (const state of this.#states.values()) state.setMembers(members);
			},
			retention: (retention) => (this.#retention = retention),
			roomName: (name) => (this.#roomName = name),
			conversations: (conversations) => {
				this.#conversations = conversations.map((conversation) => this.#stateOf(conversation));
			},
			arrived: ({ conversation, message, mentioned }) => {
				const state = this.#stateOf(conversation);
				this.#arrived = { conversation: state, message: state.viewOf(message), mentioned };
			},
		};
	}

	#stateOf(conversation: Conversation): ConversationState {
		const known = this.#states.get(conversation);
		if (known) return known;
		const made = new ConversationState(conversation);
		this.#states.set(conversation, made);
		return made;
	}
}
