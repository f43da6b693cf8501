import { tick } from 'svelte';
import type { VirtualizerHandle } from 'virtua/svelte';
import { rowsOf, stepsBetween, type Row } from '#lib/features/chat/ui/list/messageRows.ts';
import type { ConversationView, MessageView } from '#lib/features/chat/state/chatView.ts';

export type MessageRow = Row<MessageView>;

/** How near to an edge the next page is loaded, and how near to the end counts as the end, in pixels. */
const near = 600;
const atEndWithin = 40;
/** How long a message is marked after a jump to it, in ms. */
const marked = 2000;

const nextFrame = (): Promise<number> => new Promise(requestAnimationFrame);

/**
 * The scroll position in the list of messages. The list opens at the new messages or at its end. While the end is in
 * view, the list follows it. Otherwise the list keeps its place when messages are added in front, at the end, or both.
 */
export class ListPlace {
	readonly #conversation: ConversationView;
	readonly #rows = $derived.by(() =>
		rowsOf(this.#conversation.messages, this.#conversation.newFrom),
	);
	#shown = $state.raw<readonly MessageRow[]>([]);
	#shift = $state(false);
	#generation = $state(0);
	#placed = $state(false);
	#following = $state(true);
	#marked = $state<string | null>(null);
	#lowest = $state<string | null>(null);
	#offset = 0;
	#advancing = false;
	/** The virtual list, which the component hands over. */
	list = $state.raw<VirtualizerHandle>();

	constructor(conversation: ConversationView) {
		this.#conversation = conversation;
	}

	/** The rows as they should be shown. */
	get rows(): readonly MessageRow[] {
		return this.#rows;
	}
	/** The rows as they are shown. */
	get shown(): readonly MessageRow[] {
		return this.#shown;
	}
	/** Whether the last step changed the front of the list. */
	get shift(): boolean {
		return this.#shift;
	}
	/** Grows when the list begins anew. */
	get generation(): number {
		return this.#generation;
	}
	/** Whether the list has its first position. Before that it must not be seen. */
	get placed(): boolean {
		return this.#placed;
	}
	/** Whether the end of the chat is in view, and the list follows it. */
	get atLatest(): boolean {
		return this.#following && !this.#conversation.hasAfter;
	}
	/** The key of the row that the person has just jumped to. */
	get marked(): string | null {
		return this.#marked;
	}

	/** The key of the lowest message in view. */
	get lowest(): string | null {
		return this.#lowest;
	}

	/** Shows the current rows, in steps between which the list keeps its place. */
	async advance(): Promise<void> {
		if (this.#advancing) return;
		this.#advancing = true;
		while (this.#shown !== this.#rows) {
			const rows = this.#rows;
			const steps = this.#shown.length > 0 ? stepsBetween(this.#shown, rows) : null;
			if (!steps) await this.#begin(rows);
			for (const step of steps ?? []) {
				this.#shift = step.front;
				this.#shown = step.rows;
				await tick();
			}
			if (this.atLatest) this.#toEnd();
		}
		this.#advancing = false;
		this.#look();
		this.loadNearEdges();
	}

	/** Goes to the end of the chat, whichever part of it is loaded. */
	latest(): void {
		this.#following = true;
		if (this.#conversation.hasAfter) void this.#conversation.jumpToLatest();
		else this.#toEnd();
	}

	/** Scrolls to the message that the person wants to see, once it is loaded. */
	showTarget(): void {
		const { target } = this.#conversation;
		if (target === null) return;
		let index = this.#shown.findIndex((row) =>
			row.kind === 'message'
				? row.message.seq === target
				: row.messages.some(({ seq }) => seq === target),
		);
		// A message without a row, such as that of a reconnect, is found at the next row.
		if (index < 0 && this.#shown === this.#rows) index = this.#nextRow(target);
		const row = this.#shown[index];
		if (!row) return;
		this.#following = false;
		this.list?.scrollToIndex(index, { align: 'center' });
		this.#conversation.target = null;
		this.#marked = row.key;
		setTimeout(() => {
			if (this.#marked === row.key) this.#marked = null;
		}, marked);
	}

	loadNearEdges(): void {
		const { list } = this;
		const { hasBefore, hasAfter, loading } = this.#conversation;
		if (!list || !this.#placed || this.#advancing || loading.kind !== 'idle') return;
		if (hasBefore && list.getScrollOffset() < near) void this.#conversation.loadBefore();
		else if (hasAfter && this.#below(list) < near) void this.#conversation.loadAfter();
	}

	scrolled(offset: number): void {
		if (!this.list || !this.#placed) return;
		if (this.#below(this.list) <= atEndWithin) this.#following = true;
		// Messages that arrive below do not end the following: only scrolling up does.
		else if (offset < this.#offset - 1) this.#following = false;
		this.#offset = offset;
		this.#look();
		this.loadNearEdges();
	}

	/** To be called when the size of the view or of a row has changed. */
	resized(): void {
		if (this.#placed && this.atLatest) this.#toEnd();
		this.#look();
	}

	/** Opens the list at the requested message, at the new messages, or at its end. */
	async #begin(rows: readonly MessageRow[]): Promise<void> {
		this.#placed = false;
		this.#shift = false;
		this.#generation += 1;
		this.#shown = rows;
		await tick();
		const firstNew = rows.findIndex(({ isNew }) => isNew);
		if (this.#conversation.target !== null) this.showTarget();
		else if (firstNew > 0) {
			this.#following = false;
			this.list?.scrollToIndex(firstNew, { align: 'start', offset: -16 });
		} else this.#toEnd();
		// The list measures rows once they are rendered, and corrects its position by the sizes found.
		await nextFrame();
		await nextFrame();
		if (this.list && this.#below(this.list) <= atEndWithin) this.#following = true;
		this.#offset = this.list?.getScrollOffset() ?? 0;
		this.#placed = true;
	}

	#toEnd(): void {
		this.#following = true;
		if (this.#shown.length > 0) this.list?.scrollToIndex(this.#shown.length - 1, { align: 'end' });
	}

	/** The index of the first row after this message, or of the last row. */
	#nextRow(seq: number): number {
		const index = this.#shown.findIndex((row) => {
			const first = row.kind === 'message' ? row.message : row.messages[0];
			return (first?.seq ?? Number.POSITIVE_INFINITY) > seq;
		});
		return index < 0 ? this.#shown.length - 1 : index;
	}

	/** Notes which message is the lowest in view. */
	#look(): void {
		if (!this.list) return;
		const bottom = this.list.getScrollOffset() + this.list.getViewportSize();
		const index = this.list.findItemIndex(bottom - 1);
		const row = this.#shown.slice(0, index + 1).findLast(({ kind }) => kind === 'message');
		this.#lowest = row?.key ?? null;
	}

	/** How much of the list lies below the view, in pixels. */
	#below(list: VirtualizerHandle): number {
		return list.getScrollSize() - list.getScrollOffset() - list.getViewportSize();
	}
}
