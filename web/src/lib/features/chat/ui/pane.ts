import { createContext } from 'svelte';
import type { FileInfo } from '#shared/chat.ts';
import type { ChatView, ConversationView, MessageView } from '#lib/features/chat/state/chatView.ts';

/** What the parts of one shown conversation have in common. */
export interface Pane {
	readonly chat: ChatView;
	readonly conversation: ConversationView;
	/** Whom all that is written here goes to; null where that is everybody in the room. */
	readonly addressee: string | null;
	/** What everybody is called now, by their id. Reactive. */
	readonly names: ReadonlyMap<string, string>;
	/** What hosts call their parts in the room, by their id. Reactive. */
	readonly labels: ReadonlyMap<string, string | undefined>;
	/** Whether the person may delete messages of others here. Reactive. */
	readonly moderates: boolean;
	/** Opens what can be done with a message beside what was pressed for it. */
	openMenu(message: MessageView, anchor: HTMLElement): void;
	openReactions(message: MessageView, anchor: HTMLElement): void;
	openPicture(file: FileInfo): void;
	reply(message: MessageView): void;
	revise(kind: 'edit' | 'correct', message: MessageView): void;
	/** Brings a message into view that may not be loaded. */
	jump(seq: number): void;
	/** Waits for what somebody asked for, and says in words why it was refused. */
	attempt(action: Promise<unknown>): void;
}

export const [getPane, setPane] = createContext<Pane>();
