import type { RoomId } from '#shared/ids.ts';
import type { Log } from '../platform/log.ts';
import type { ChatStore } from '../store/api/store.ts';
import type { Chats } from './chats.ts';

/** How often expired messages are removed, in ms. */
const interval = 60_000;

/** Removes messages that rooms do not keep any longer. */
export class RetentionKeeper {
	readonly #chats: Pick<Chats, 'clear'>;
	readonly #store: Pick<ChatStore, 'sweep' | 'sweepable' | 'sweepEmpty'>;
	readonly #log: Log;
	readonly #inCall: (roomId: RoomId) => boolean | Promise<boolean>;
	readonly #isOurs: () => Promise<boolean>;
	readonly #timer: NodeJS.Timeout;
	/** The time until which people who were in a call at the last end of the service may come back. */
	readonly #backBy: number;
	/** Rooms whose chat is from before the start; null if they could not be read. */
	readonly #before: Promise<ReadonlySet<RoomId> | null>;
	#sweeping: Promise<void> = Promise.resolve();
	#closed = false;

	/**
	 * @param inCall whether a call runs in a room.
	 * @param isOurs whether this node does that: one of several does.
	 * @param grace how long after the start people may come back into the calls they were in (SERVICE-1), in ms.
	 */
	constructor(
		chats: Pick<Chats, 'clear'>,
		store: Pick<ChatStore, 'sweep' | 'sweepable' | 'sweepEmpty'>,
		log: Log,
		inCall: (roomId: RoomId) => boolean | Promise<boolean>,
		grace: number,
		isOurs: () => Promise<boolean> = () => Promise.resolve(true),
	) {
		this.#chats = chats;
		this.#store = store;
		this.#log = log;
		this.#inCall = inCall;
		this.#isOurs = isOurs;
		this.#backBy = Date.now() + grace;
		this.#before = store.sweepable().then(
			(rooms) => new Set(rooms),
			() => null,
		);
		this.#timer = setInterval(() => void this.sweep(), interval);
		void this.sweep();
	}

	/** Removes all messages that have expired, and the chats of rooms that are empty. Never rejects. */
	sweep(): Promise<void> {
		this.#sweeping = this.#sweeping
			.then(() => this.#sweep())
			.catch((error: unknown) => {
				this.#log.error({ err: error }, 'expired messages could not be removed');
			});
		return this.#sweeping;
	}

	/** The last person has left the call. People who were in it before a restart may still be on their way back. */
	async emptied(roomId: RoomId): Promise<void> {
		const before = await this.#before;
		if (Date.now() < this.#backBy && (before?.has(roomId) ?? true)) return;
		await this.#chats.clear(() => this.#store.sweepEmpty(roomId));
	}

	async close(): Promise<void> {
		this.#closed = true;
		clearInterval(this.#timer);
		await this.#sweeping;
	}

	async #sweep(): Promise<void> {
		if (!(await this.#isOurs())) return;
		// In small transactions, between which other requests write.
		for (let more = true; more && !this.#closed;) {
			more = (await this.#chats.clear(() => this.#store.sweep(Date.now()))).length > 0;
		}
		if (Date.now() < this.#backBy) return;
		for (const roomId of await this.#store.sweepable()) {
			if (!(await this.#inCall(roomId)) && !this.#closed) await this.emptied(roomId);
		}
	}
}
