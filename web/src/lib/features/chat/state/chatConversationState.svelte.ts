import type { Author, ChatBounds, ChatMember, Correction, Message } from '#shared/chat.ts';
import type { MessageId } from '#shared/ids.ts';
import { mentionsIn } from '../engine/composer/mentions.ts';
import type { Conversation } from '../engine/conversation/conversation.ts';
import type { ConversationObserver, Outgoing, Shown } from '../engine/model.ts';
import { ComposerState } from './chatComposerState.svelte.ts';
import { ChatMessageState } from './chatMessageState.svelte.ts';
import type { ConversationView, MessageView } from './chatView.ts';

const nothing: ChatBounds = { first: 1, last: 0, revision: 0 };

/** One conversation as reactive state. */
export class ConversationState implements ConversationView {
	readonly engine: Conversation;
	readonly composer: ComposerState;
	#states = new Map<MessageId, ChatMessageState>();
	#stored: readonly Message[] = [];
	#outgoing: readonly Outgoing[] = [];
	#with = $state.raw<ChatMember | null>(null);
	#bounds = $state.raw(nothing);
	#messages = $state.raw<readonly ChatMessageState[]>([]);
	#prepended = $state(0);
	#loading = $state.raw<ConversationView['loading']>({ kind: 'page' });
	#hasBefore = $state(false);
	#hasAfter = $state(false);
	#newFrom = $state<number | null>(null);
	#unread = $state(0);
	#mentioned = $state(false);
	#typing = $state.raw<readonly Author[]>([]);
	#target = $state<number | null>(null);

	constructor(engine: Conversation) {
		this.engine = engine;
		this.composer = new ComposerState(engine);
		this.setMembers(engine.context.members());
	}

	get with() {
		return this.#with;
	}
	get bounds() {
		return this.#bounds;
	}
	get messages() {
		return this.#messages;
	}
	get prepended() {
		return this.#prepended;
	}
	get loading() {
		return this.#loading;
	}
	get hasBefore() {
		return this.#hasBefore;
	}
	get hasAfter() {
		return this.#hasAfter;
	}
	get newFrom() {
		return this.#newFrom;
	}
	get unread() {
		return this.#unread;
	}
	get mentioned() {
		return this.#mentioned;
	}
	get typing() {
		return this.#typing;
	}
	get target() {
		return this.#target;
	}
	set target(seq: number | null) {
		this.#target = seq;
	}

	async loadBefore(): Promise<void> {
		await this.engine.paging.before();
	}

	async loadAfter(): Promise<void> {
		await this.engine.paging.after();
	}

	jumpTo(seq: number): Promise<void> {
		return this.engine.paging.to(seq);
	}

	jumpToDay(day: Date): Promise<void> {
		const morning = new Date(day.getFullYear(), day.getMonth(), day.getDate());
		return this.engine.paging.since(morning.getTime());
	}

	jumpToLatest(): Promise<void> {
		return this.engine.paging.latest();
	}

	retry({ messageId }: MessageView): void {
		this.engine.retry(messageId);
	}

	discard({ messageId }: MessageView): void {
		this.engine.discard(messageId);
	}

	async delete({ messageId, seq }: MessageView): Promise<void> {
		if (seq === null) return this.engine.discard(messageId);
		await this.engine.revisions.delete(messageId);
	}

	react({ messageId }: MessageView, emoji: string, on: boolean): Promise<void> {
		return this.engine.revisions.react(messageId, emoji, on);
	}

	withdrawCorrection({ messageId }: MessageView): Promise<void> {
		return this.engine.revisions.correct(messageId, null);
	}

	acceptCorrection({ messageId }: MessageView, { body }: Correction): Promise<void> {
		const mentions = mentionsIn(body, this.engine.context.members());
		return this.engine.revisions.edit(messageId, body, mentions);
	}

	search(query: string, before?: number) {
		return this.engine.revisions.search(query, before);
	}

	seen(): void {
		this.engine.show(true);
	}

	unseen(): void {
		this.engine.show(false);
	}

	/** The view of a message, also of one that is not loaded. */
	viewOf(message: Message): ChatMessageState {
		return this.#states.get(message.messageId) ?? this.#make(message);
	}

	setMembers(members: readonly ChatMember[]): void {
		const { with: personId } = this.engine;
		if (personId === null) return;
		const member = members.find((other) => other.personId === personId);
		this.#with = member ?? this.#with ?? { personId, name: 'Someone', role: 'member' };
	}

	close(): void {
		this.composer.close();
	}

	observer(): ConversationObserver {
		return {
			shown: (shown) => this.#show(shown),
			loading: (loading) => (this.#loading = loading),
			unread: ({ unread, mentioned, newFrom }) => {
				this.#unread = unread;
				this.#mentioned = mentioned;
				this.#newFrom = newFrom;
			},
			typing: (authors) => (this.#typing = authors),
			target: (seq) => (this.#target = seq),
			draft: (draft) => this.composer.restore(draft),
		};
	}

	#show({ bounds, messages, outgoing, prepended, hasBefore, hasAfter }: Shown): void {
		this.#bounds = bounds;
		this.#prepended = prepended;
		this.#hasBefore = hasBefore;
		this.#hasAfter = hasAfter;
		if (messages === this.#stored && outgoing === this.#outgoing) return;
		this.#stored = messages;
		this.#outgoing = outgoing;
		const states = [...messages, ...outgoing].map((message) => {
			const known = this.#states.get(message.messageId);
			known?.update(message);
			return known ?? this.#make(message);
		});
		this.#states = new Map(states.map((state) => [state.messageId, state]));
		// A message that only changed redraws alone: the list stays the same.
		const same = states.every((state, index) => this.#messages[index] === state);
		if (!same || states.length !== this.#messages.length) this.#messages = states;
	}

	#make(message: Message | Outgoing): ChatMessageState {
		const you = this.engine.context.you()?.personId;
		return new ChatMessageState(message, message.author.personId === you);
	}
}
