import type { RoomId } from '#shared/ids.ts';
import type { Log } from '../log.ts';
import type { ChatStore } from '../store/store.ts';
import type { Chats } from './chats.ts';

/** How often it is looked for what is too old, in ms. */
const interval = 60_000;

/** Removes what rooms do not want to keep any longer. */
export class RetentionKeeper {
	readonly #chats: Pick<Chats, 'clear'>;
	readonly #store: ChatStore;
	readonly #log: Log;
	readonly #inCall: (roomId: RoomId) => boolean;
	readonly #timer: NodeJS.Timeout;
	#round: Promise<void> = Promise.resolve();
	#closed = false;

	/** @param inCall whether somebody is in a room's call. */
	constructor(
		chats: Pick<Chats, 'clear'>,
		store: ChatStore,
		log: Log,
		inCall: (roomId: RoomId) => boolean,
	) {
		this.#chats = chats;
		this.#store = store;
		this.#log = log;
		this.#inCall = inCall;
		this.#timer = setInterval(() => void this.sweep(), interval);
		void this.sweep();
	}

	/** Removes all that is too old now, and what belongs to rooms that are empty. Never rejects. */
	sweep(): Promise<void> {
		this.#round = this.#round
			.then(() => this.#sweep())
			.catch((error: unknown) => {
				this.#log.error({ err: error }, 'what is too old could not be removed');
			});
		return this.#round;
	}

	/** The last one has left the call. */
	async emptied(roomId: RoomId): Promise<void> {
		await this.#chats.clear(() => this.#store.sweepEmpty(roomId));
	}

	async close(): Promise<void> {
		this.#closed = true;
		clearInterval(this.#timer);
		await this.#round;
	}

	async #sweep(): Promise<void> {
		// In small bites, between which others write.
		for (let more = true; more && !this.#closed;) {
			more = (await this.#chats.clear(() => this.#store.sweep(Date.now()))).length > 0;
		}
		for (const roomId of await this.#store.sweepable()) {
			if (!this.#inCall(roomId) && !this.#closed) await this.emptied(roomId);
		}
	}
}
