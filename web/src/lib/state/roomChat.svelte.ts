import type { RoomId } from '#shared/ids.ts';
import type { Link } from '../chat/model.ts';
import type { ChatView } from './chatView.ts';
import type { CallView } from './view.ts';

/** The first pictures after a join have the line and the processor to themselves for so long, in ms. */
const afterJoin = 1500;

/**
 * The chat beside a call, over the call's own connection. Its code comes when it is first wanted: by whoever
 * opens it, or a moment after the join. To be made while a component is set up.
 */
export class RoomChat {
	readonly #roomId: RoomId;
	readonly #link: Link;
	#view = $state.raw<ChatView | null>(null);
	#failed = $state(false);
	#loading: Promise<void> | null = null;
	#closed = false;

	constructor(roomId: RoomId, call: Pick<CallView, 'phase'> & { readonly link: Link }) {
		this.#roomId = roomId;
		this.#link = call.link;
		const joined = $derived(call.phase.kind === 'joined');
		$effect(() => {
			if (!joined) return;
			const timer = setTimeout(() => this.#onJoined(), afterJoin);
			return () => clearTimeout(timer);
		});
	}

	/** Null as long as it is not loaded. */
	get view(): ChatView | null {
		return this.#view;
	}

	/** Whether its code could not be loaded; `load` tries again. */
	get failed(): boolean {
		return this.#failed;
	}

	/** Loads it and opens the chat, if that has not been done. Never rejects. */
	load(): Promise<void> {
		this.#loading ??= this.#load();
		return this.#loading;
	}

	close(): void {
		this.#closed = true;
		this.#view?.close();
	}

	async #load(): Promise<void> {
		this.#failed = false;
		try {
			const { ChatState } = await import('./chatState.svelte.ts');
			if (!this.#closed) this.#view = new ChatState(this.#roomId, this.#link);
		} catch {
			this.#failed = true;
			this.#loading = null;
		}
	}

	/** Whoever has joined is a member from then on, whatever they were before. */
	#onJoined(): void {
		if (this.#view && this.#view.phase.kind !== 'open') this.#view.reopen();
		else void this.load();
	}
}
