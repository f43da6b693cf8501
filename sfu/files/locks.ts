import { ERRORS, type Lock, type Locker } from '@tus/server';

type Holder = { askToLetGo: () => unknown; released: Promise<void>; release: () => void };

/** How long a request waits for another request of the same upload, in ms. */
const lockTimeout = 10_000;

/**
 * Allows one request at a time for each upload. A request after a lost connection asks the earlier request, which may
 * not have noticed the loss, to let go.
 */
export class Locks implements Locker {
	readonly #holders = new Map<string, Holder>();

	newLock(id: string): Lock {
		return {
			lock: (signal, askToLetGo) => this.#lock(id, signal, askToLetGo),
			unlock: async () => this.#holders.get(id)?.release(),
		};
	}

	async #lock(id: string, signal: AbortSignal, askToLetGo: () => unknown): Promise<void> {
		const end = Date.now() + lockTimeout;
		for (let holder = this.#holders.get(id); holder; holder = this.#holders.get(id)) {
			await holder.askToLetGo();
			await waitFor(holder.released, end - Date.now(), signal);
		}
		const { promise: released, resolve } = Promise.withResolvers<void>();
		const release = () => {
			this.#holders.delete(id);
			resolve();
		};
		this.#holders.set(id, { askToLetGo, released, release });
	}
}

async function waitFor(event: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
	const { promise: givenUp, reject } = Promise.withResolvers<never>();
	const giveUp = () => reject(ERRORS.ERR_LOCK_TIMEOUT);
	const timer = setTimeout(giveUp, ms);
	signal.addEventListener('abort', giveUp);
	try {
		await Promise.race([event, givenUp]);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', giveUp);
	}
}
