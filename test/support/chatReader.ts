import type { ChatMember, Message, Retention } from '../../shared/chat.ts';
import type { PersonId, RoomId } from '../../shared/ids.ts';
import type { Attention } from '../../web/src/lib/features/chat/engine/attention.ts';
import { ChatClient } from '../../web/src/lib/features/chat/engine/chatClient.ts';
import type { Conversation } from '../../web/src/lib/features/chat/engine/conversation/conversation.ts';
import { ChatMemory } from '../../web/src/lib/features/chat/engine/memory.ts';
import type {
	Arrival,
	ChatPhase,
	ConversationObserver,
	Loading,
	Shown,
} from '../../web/src/lib/features/chat/engine/model.ts';
import type { ChatLink } from './chatLink.ts';

/** What the page of one conversation would show now. */
export type Seen = Shown & {
	loading: Loading;
	unread: number;
	mentioned: boolean;
	newFrom: number | null;
	typing: string[];
	target: number | null;
	draft: string;
};

const unseen: Seen = {
	bounds: { first: 1, last: 0, revision: 0 },
	messages: [],
	outgoing: [],
	prepended: 0,
	hasBefore: false,
	hasAfter: false,
	loading: { kind: 'idle' },
	unread: 0,
	mentioned: false,
	newFrom: null,
	typing: [],
	target: null,
	draft: '',
};

/** What a tab keeps over a reload. */
export class TabStorage {
	readonly #kept = new Map<string, string>();
	getItem = (key: string) => this.#kept.get(key) ?? null;
	setItem = (key: string, value: string) => void this.#kept.set(key, value);
	removeItem = (key: string) => void this.#kept.delete(key);
}

/** Whether the person looks at the tab. */
export class TabAttention implements Attention {
	#here = true;
	readonly #watchers = new Set<() => void>();

	get here(): boolean {
		return this.#here;
	}
	set here(here: boolean) {
		this.#here = here;
		for (const changed of this.#watchers) changed();
	}

	watch(changed: () => void): () => void {
		this.#watchers.add(changed);
		return () => void this.#watchers.delete(changed);
	}
}

/** Somebody with a page open that shows a room's chats, and what that shows. */
export class ChatReader {
	readonly client: ChatClient;
	readonly server: ChatLink;
	phase: ChatPhase = { kind: 'opening' };
	connected = false;
	you: ChatMember | null = null;
	members: readonly ChatMember[] = [];
	retention: Retention = { kind: 'forever' };
	roomName: string | null = null;
	conversations: readonly Conversation[] = [];
	readonly arrived: Arrival<Conversation>[] = [];
	readonly #seen = new Map<Conversation, Seen>();
	readonly attention = new TabAttention();

	constructor(server: ChatLink, roomId: RoomId, storage = new TabStorage()) {
		this.server = server;
		this.client = new ChatClient({
			roomId,
			server,
			memory: new ChatMemory(roomId, () => storage),
			attention: this.attention,
			observer: {
				phase: (phase) => (this.phase = phase),
				connected: (connected) => (this.connected = connected),
				you: (you) => (this.you = you),
				members: (members) => (this.members = members),
				retention: (retention) => (this.retention = retention),
				roomName: (name) => (this.roomName = name),
				conversations: (conversations) => (this.conversations = conversations),
				arrived: (arrival) => this.arrived.push(arrival),
			},
			observe: (conversation) => this.#observe(conversation),
		});
	}

	conversation(person: PersonId | null = null): Conversation {
		const conversation = this.client.conversation(person);
		this.client.list(conversation);
		conversation.want();
		return conversation;
	}

	seen(person: PersonId | null = null): Seen {
		return this.#seen.get(this.client.conversation(person)) ?? unseen;
	}

	/** The texts that are shown, those on their way with their delivery. */
	texts(person: PersonId | null = null): string[] {
		const { messages, outgoing } = this.seen(person);
		return [
			...messages.map(textOf),
			...outgoing.map(({ content, delivery }) => `${content.body} (${delivery.kind})`),
		];
	}

	say(body: string, person: PersonId | null = null, mentions: PersonId[] = []): void {
		this.conversation(person).post({ body, mentions, files: [], replyTo: null });
	}

	close(): void {
		this.client.close();
		this.server.close();
	}

	#observe(conversation: Conversation): ConversationObserver {
		const note = (change: Partial<Seen>) =>
			void this.#seen.set(conversation, {
				...(this.#seen.get(conversation) ?? unseen),
				...change,
			});
		return {
			shown: note,
			loading: (loading) => note({ loading }),
			unread: note,
			typing: (authors) => note({ typing: authors.map(({ name }) => name) }),
			target: (target) => note({ target }),
			draft: (draft) => note({ draft }),
		};
	}
}

function textOf({ content }: Message): string {
	return content.kind === 'text' ? content.body : `(${content.kind})`;
}
