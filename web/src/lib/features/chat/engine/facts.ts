import type { RoomId } from '#shared/ids.ts';
import type { FactName, FactOf } from '#shared/protocol.ts';
import type { Unlisten } from '#lib/connection/signalClient.ts';
import type { ServerConnection } from '#lib/connection/serverConnection.ts';

type ChatFactName = Extract<FactName, `chat:${string}` | 'room:named'>;
export type FactListeners = { [N in ChatFactName]?: (told: FactOf<N>) => void };

/**
 * The facts about the chats of one room, among all facts of a connection. They are held back until `release`, when
 * they can be understood.
 */
export class Facts {
	readonly #unlisten: Unlisten[];
	#early: (() => void)[] | null = [];

	constructor(server: ServerConnection, roomId: RoomId, listeners: FactListeners) {
		const listen = <N extends ChatFactName>(name: N): Unlisten => {
			const listener: ((told: FactOf<N>) => void) | undefined = listeners[name];
			return server.on(name, (told) => {
				if (roomOf(told) !== roomId) return;
				if (this.#early) this.#early.push(() => listener?.(told));
				else listener?.(told);
			});
		};
		const names = Object.keys(listeners) as ChatFactName[];
		this.#unlisten = names.map((name) => listen(name));
	}

	/** Passes facts on from now on, and first those that were held back. */
	release(): void {
		const early = this.#early ?? [];
		this.#early = null;
		for (const tell of early) tell();
	}

	close(): void {
		for (const unlisten of this.#unlisten) unlisten();
	}
}

function roomOf(told: FactOf<ChatFactName>): RoomId {
	return 'roomId' in told ? told.roomId : told.chat.roomId;
}
