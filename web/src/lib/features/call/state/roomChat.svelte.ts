import type { RoomId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import { loadPart } from '#lib/browser/loadPart.ts';
import type { ChatOfCall, OfCall } from './chatOfCall.svelte.ts';
import type { ChatView } from '#lib/features/chat/state/chatView.ts';

/** The first pictures after a join have the line and the processor to themselves for so long, in ms. */
const afterJoin = 1500;

/**
 * The chat beside a call, over the call's own connection. Its code is loaded when the person opens the chat, or a
 * moment after the join. To be made while a component is set up.
 */
export class RoomChat {
	readonly #roomId: RoomId;
	readonly #call: OfCall;
	readonly #person: Author | null;
	#chat = $state.raw<ChatOfCall | null>(null);
	#failed = $state(false);
	#loading: Promise<void> | null = null;
	#closed = false;

	/** @param person who calls or is called, before they are there. */
	constructor(roomId: RoomId, call: OfCall, person: Author | null = null) {
		this.#roomId = roomId;
		this.#call = call;
		this.#person = person;
		const joined = $derived(call.phase.kind === 'joined');
		$effect(() => {
			if (!joined) return;
			const timer = setTimeout(() => this.#onJoined(), afterJoin);
			return () => clearTimeout(timer);
		});
	}

	/** Null while the chat is not loaded. */
	get view(): ChatView | null {
		return this.#chat?.view ?? null;
	}

	/** The room whose chat it is: another one in a call of two. */
	get roomId(): RoomId {
		return this.#chat?.roomId ?? this.#roomId;
	}

	/** The other person, if this is a chat between two people. */
	get direct(): Author | null {
		return this.#chat?.direct ?? null;
	}

	/** Whether its code could not be loaded; `load` tries again. */
	get failed(): boolean {
		return this.#failed || this.#chat?.failed === true;
	}

	/** Loads it and opens the chat, if that has not been done. Never rejects. */
	load(): Promise<void> {
		if (this.#chat?.failed) void this.#chat.open();
		this.#loading ??= this.#load();
		return this.#loading;
	}

	close(): void {
		this.#closed = true;
		this.#chat?.close();
	}

	async #load(): Promise<void> {
		this.#failed = false;
		try {
			const { ChatOfCall } = await loadPart(() => import('./chatOfCall.svelte.ts'));
			if (!this.#closed) this.#chat = new ChatOfCall(this.#roomId, this.#call, this.#person);
		} catch {
			this.#failed = true;
			this.#loading = null;
		}
	}

	/** A person who has joined is a member from then on, whatever they were before. */
	#onJoined(): void {
		if (this.view && this.view.phase.kind !== 'open') this.view.reopen();
		else void this.load();
	}
}
