import { tick } from 'svelte';
import type { VirtualizerHandle } from 'virtua/svelte';
import { rowsOf, stepsBetween, type Row } from '#lib/features/chat/ui/list/messageRows.ts';
import type { ConversationView, MessageView } from '#lib/features/chat/state/chatView.ts';

export type MessageRow = Row<MessageView>;

/** How near an edge the next page is asked for, and what still counts as the end, in pixels. */
const near = 600;
const atEndWithin = 40;
/** How long a message that somebody jumped to is marked, in ms. */
const marked = 2000;

const nextFrame = (): Promise<number> => new Promise(requestAnimationFrame);

/**
 * Where somebody is in the list of messages. The list opens at what is new or at its end, stays at the end for
 * whoever is there, and otherwise keeps its place, whatever comes in front, at the end, or both.
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
	/** The list itself, which the component hands over. */
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
	/** Whether the rows changed in front. */
	get shift(): boolean {
		return this.#shift;
	}
	/** Grows when the list begins anew. */
	get generation(): number {
		return this.#generation;
	}
	/** Whether it is known where the list opens: before that nobody should see it. */
	get placed(): boolean {
		return this.#placed;
	}
	/** Whether the end of the chat is in view, and stays so. */
	get atLatest(): boolean {
		return this.#following && !this.#conversation.hasAfter;
	}
	/** The key of the row that somebody jumped to just now. */
	get marked(): string | null {
		return this.#marked;
	}

	/** The key of the lowest message in the window. */
	get lowest(): string | null {
		return this.#lowest;
	}

	/** Shows the rows as they are now, in steps between which the list keeps its place. */
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

	/** To the end, whatever of the chat is loaded. */
	latest(): void {
		this.#following = true;
		if (this.#conversation.hasAfter) void this.#conversation.jumpToLatest();
		else this.#toEnd();
	}

	/** Brings the message into view that somebody wants to see, once it is loaded. */
	showTarget(): void {
		const { target } = this.#conversation;
		if (target === null) return;
		let index = this.#shown.findIndex((row) =>
			row.kind === 'message'
				? row.message.seq === target
				: row.messages.some(({ seq }) => seq === target),
		);
		// A message that has no row, such as that of a reconnect, is found at the next row.
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
		// What grows below moves nobody: only who scrolls up leaves the end.
		else if (offset < this.#offset - 1) this.#following = false;
		this.#offset = offset;
		this.#look();
		this.loadNearEdges();
	}

	/** The window or something in it has another size now. */
	resized(): void {
		if (this.#placed && this.atLatest) this.#toEnd();
		this.#look();
	}

	/** A list that begins anew opens at what was asked for, at what is new, or at its end. */
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
		// Rows are measured when they are drawn, and the place is corrected by what was found.
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

	/** The first row after this place of the chat, or the last row. */
	#nextRow(seq: number): number {
		const index = this.#shown.findIndex((row) => {
			const first = row.kind === 'message' ? row.message : row.messages[0];
			return (first?.seq ?? Number.POSITIVE_INFINITY) > seq;
		});
		return index < 0 ? this.#shown.length - 1 : index;
	}

	/** Notes what is in the window. */
	#look(): void {
		if (!this.list) return;
		const bottom = this.list.getScrollOffset() + this.list.getViewportSize();
		const index = this.list.findItemIndex(bottom - 1);
		const row = this.#shown.slice(0, index + 1).findLast(({ kind }) => kind === 'message');
		this.#lowest = row?.key ?? null;
	}

	/** What lies below the window, in pixels. */
	#below(list: VirtualizerHandle): number {
		return list.getScrollSize() - list.getScrollOffset() - list.getViewportSize();
	}
}
