import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import type { ServerConnection } from '#lib/connection/serverConnection.ts';
import { ChatState } from '#lib/features/chat/state/chatState.svelte.ts';
import type { ChatView } from '#lib/features/chat/state/chatView.ts';
import type { CallView } from './view.ts';

/** As much of a call as its chat needs. */
export type OfCall = Pick<CallView, 'phase' | 'room' | 'peers' | 'you'> & {
	readonly server: ServerConnection;
};

/**
 * Which chat stands beside a call. In a call of two it is the chat of these two people. As soon as a third joins it is
 * the room's chat, so that they read nothing that was written before. In other rooms it is always the room's chat.
 */
export class ChatOfCall {
	readonly #roomId: RoomId;
	readonly #call: OfCall;
	#view = $state.raw<ChatView | null>(null);
	#roomOfView = $state.raw<RoomId | null>(null);
	#direct = $state.raw<Author | null>(null);
	#failed = $state(false);
	#grown = false;
	#other: Author | null;
	/** Counts what makes an opening that is under way pointless. */
	#turn = 0;
	readonly #end: () => void;

	/** @param person who calls or is called, before they are there. */
	constructor(roomId: RoomId, call: OfCall, person: Author | null) {
		this.#roomId = roomId;
		this.#call = call;
		this.#other = person;
		void this.open();
		this.#end = $effect.root(() => {
			$effect(() => {
				const others = new Map<PersonId, Author>();
				for (const { personId, name } of call.peers) others.set(personId, { personId, name });
				this.#onOthers([...others.values()]);
			});
		});
	}

	get view(): ChatView | null {
		return this.#view;
	}

	/** The room whose chat it is. */
	get roomId(): RoomId | null {
		return this.#roomOfView;
	}

	/** The other person, if this is a chat between two people. */
	get direct(): Author | null {
		return this.#direct;
	}

	get failed(): boolean {
		return this.#failed;
	}

	/** Opens the right one. Never rejects. */
	async open(): Promise<void> {
		const turn = ++this.#turn;
		this.#failed = false;
		this.#view?.close();
		this.#view = null;
		try {
			const other = this.#call.room?.kind === 'call' && !this.#grown ? this.#other : null;
			const roomId = other ? await this.#roomWith(other) : this.#roomId;
			if (turn !== this.#turn) return;
			this.#direct = other;
			this.#roomOfView = roomId;
			this.#view = new ChatState(roomId, this.#call.server);
		} catch {
			if (turn === this.#turn) this.#failed = true;
		}
	}

	close(): void {
		this.#turn++;
		this.#end();
		this.#view?.close();
	}

	async #roomWith({ personId }: Author): Promise<RoomId> {
		const { server, you } = this.#call;
		const name = you.name || 'Guest';
		return (await server.ask('people:direct', { personId, name })).roomId;
	}

	#onOthers(others: readonly Author[]): void {
		const [first] = others;
		if (!first || this.#call.room?.kind !== 'call') return;
		const [alone, grown] = [this.#other === null, this.#grown];
		this.#other ??= first;
		this.#grown ||= others.some(({ personId }) => personId !== this.#other?.personId);
		if (alone || grown !== this.#grown) void this.open();
	}
}
