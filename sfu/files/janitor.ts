import { CodedError } from '#shared/errors.ts';
import type { Log } from '../platform/log.ts';
import type { FileStore } from '../store/api/store.ts';
import type { Completion } from './completion.ts';
import type { FileStorage, PartialUpload } from './fileStorage.ts';
import type { Quota } from './quota.ts';

/** How often unneeded files are looked for, in ms. */
const interval = 60_000;
/** How soon after a deletion, in ms. */
const hurryDelay = 500;
/** How long an upload may rest, and a file may wait to be sent, in ms. */
const maxRest = 24 * 60 * 60 * 1000;
/** Files removed in one step. */
const batchSize = 100;

type Parts = {
	storage: FileStorage;
	completion: Completion;
	quota: Quota;
	store: FileStore;
	log: Log;
	/** Whether this node does that: one of several does. */
	isOurs?: (() => Promise<boolean>) | undefined;
};

/** Removes files of deleted messages, files that were never sent, and abandoned uploads. */
export class Janitor {
	readonly #parts: Parts;
	readonly #timer: NodeJS.Timeout;
	#hurryTimer: NodeJS.Timeout | null = null;
	#sweeping: Promise<void> = Promise.resolve();
	#closed = false;

	constructor(parts: Parts) {
		this.#parts = parts;
		this.#timer = setInterval(() => void this.sweep(), interval);
		void this.sweep();
	}

	/** Something was deleted, so files may have to be removed. */
	hurry(): void {
		if (this.#closed) return;
		this.#hurryTimer ??= setTimeout(() => {
			this.#hurryTimer = null;
			void this.sweep();
		}, hurryDelay);
	}

	/**
	 * Removes everything that is due at this time. Never rejects.
	 *
	 * @param now in ms since 1970.
	 */
	sweep(now = Date.now()): Promise<void> {
		this.#sweeping = this.#sweeping
			.then(() => this.#sweep(now))
			.catch((error: unknown) => {
				this.#parts.log.error({ err: error }, 'unneeded files could not be removed');
			});
		return this.#sweeping;
	}

	async close(): Promise<void> {
		this.#closed = true;
		clearInterval(this.#timer);
		if (this.#hurryTimer) clearTimeout(this.#hurryTimer);
		await this.#sweeping;
	}

	async #sweep(now: number): Promise<void> {
		const { storage, store, isOurs } = this.#parts;
		if (isOurs && !(await isOurs())) return;
		for (const [id, written] of await storage.partials.ages()) {
			if (written + maxRest < now && !this.#closed) await this.#giveUp(id);
		}
		await store.abandon(now - maxRest);
		for (let more = true; more && !this.#closed;) {
			const pending = await store.pendingDeletion(batchSize);
			for (const fileId of pending) await storage.remove(fileId);
			await store.forget(pending);
			more = pending.length === batchSize;
		}
	}

	async #giveUp(id: string): Promise<void> {
		const { storage, quota } = this.#parts;
		const { partials } = storage;
		const partial = await partials.find(id);
		if (partial) {
			if (await this.#isComplete(partial)) return;
			quota.release(partial.fileId);
			await storage.remove(partial.fileId);
		}
		await partials.discard(id);
	}

	/** All bytes may have arrived, and only the completion been cut off. */
	async #isComplete({ fileId, purpose }: PartialUpload): Promise<boolean> {
		try {
			return (await this.#parts.completion.complete(purpose.owner, fileId)) !== null;
		} catch (error) {
			// The sender may not write in the chat any more, so the upload is not needed.
			if (error instanceof CodedError && ['NOT_MEMBER', 'NOT_FOUND'].includes(error.code))
				return false;
			throw error;
		}
	}
}
