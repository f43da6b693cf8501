import { createContext } from 'svelte';
import type { FileInfo } from '#shared/chat.ts';
import type { ChatView, ConversationView, MessageView } from '#lib/features/chat/state/chatView.ts';

/** What the components of one conversation share. */
export interface Pane {
	readonly chat: ChatView;
	readonly conversation: ConversationView;
	/** The name of the other person, if the conversation is between two people; null if everybody in the room reads it. */
	readonly addressee: string | null;
	/** The current names of the members, by person id. Reactive. */
	readonly names: ReadonlyMap<string, string>;
	/** The labels of the members, by person id. Reactive. */
	readonly labels: ReadonlyMap<string, string | undefined>;
	/** Whether the person may delete messages of others here. Reactive. */
	readonly moderates: boolean;
	/** Opens the menu of a message beside the element that was pressed. */
	openMenu(message: MessageView, anchor: HTMLElement): void;
	openReactions(message: MessageView, anchor: HTMLElement): void;
	openPicture(file: FileInfo): void;
	reply(message: MessageView): void;
	revise(kind: 'edit' | 'correct', message: MessageView): void;
	/** Scrolls to a message, and loads it first if necessary. */
	jump(seq: number): void;
	/** Waits for an action, and shows why it was refused. */
	attempt(action: Promise<unknown>): void;
}

export const [getPane, setPane] = createContext<Pane>();
