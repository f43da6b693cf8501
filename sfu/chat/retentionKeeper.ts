import type { RoomId } from '#shared/ids.ts';
import type { Log } from '../log.ts';
import type { ChatStore } from '../store/store.ts';
import type { Chats } from './chats.ts';

/** How often it is looked for what is too old, in ms. */
const interval = 60_000;

/** Removes what rooms do not want to keep any longer. */
export class RetentionKeeper {
	readonly #chats: Pick<Chats, 'clear'>;
	readonly #store: Pick<ChatStore, 'sweep' | 'sweepable' | 'sweepEmpty'>;
	readonly #log: Log;
	readonly #inCall: (roomId: RoomId) => boolean;
	readonly #timer: NodeJS.Timeout;
	/** When those who were in a call at the last end of the service could be back. */
	readonly #backBy: number;
	/** Rooms whose chat is from before the start; null where that could not be read. */
	readonly #before: Promise<ReadonlySet<RoomId> | null>;
	#round: Promise<void> = Promise.resolve();
	#closed = false;

	/**
	 * @param inCall whether somebody is in a room's call.
	 * @param grace how long after the start people may come back into the calls they were in (R116), in ms.
	 */
	constructor(
		chats: Pick<Chats, 'clear'>,
		store: Pick<ChatStore, 'sweep' | 'sweepable' | 'sweepEmpty'>,
		log: Log,
		inCall: (roomId: RoomId) => boolean,
		grace: number,
	) {
		this.#chats = chats;
		this.#store = store;
		this.#log = log;
		this.#inCall = inCall;
		this.#backBy = Date.now() + grace;
		this.#before = store.sweepable().then(
			(rooms) => new Set(rooms),
			() => null,
		);
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

	/** The last one has left the call. Others who were in it before a restart may still be on their way back. */
	async emptied(roomId: RoomId): Promise<void> {
		const before = await this.#before;
		if (Date.now() < this.#backBy && (before?.has(roomId) ?? true)) return;
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
		if (Date.now() < this.#backBy) return;
		for (const roomId of await this.#store.sweepable()) {
			if (!this.#inCall(roomId) && !this.#closed) await this.emptied(roomId);
		}
	}
}
