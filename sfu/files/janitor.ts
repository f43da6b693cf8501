import { CodedError } from '#shared/errors.ts';
import type { Log } from '../log.ts';
import type { FileStore } from '../store/store.ts';
import type { Completion } from './completion.ts';
import type { Folders } from './folders.ts';
import type { PartialUpload, PartialUploads } from './partialUploads.ts';
import type { Quota } from './quota.ts';

/** How often it is looked for what nobody needs, in ms. */
const interval = 60_000;
/** How soon after something was deleted. */
const soon = 500;
/** How long an upload may rest, and a file wait to be sent, in ms. */
const patience = 24 * 60 * 60 * 1000;
/** Files removed in one go. */
const atOnce = 100;

type Parts = {
	folders: Folders;
	partials: PartialUploads;
	completion: Completion;
	quota: Quota;
	store: FileStore;
	log: Log;
};

/** Removes files of messages that are gone, files that were never sent, and uploads that nobody goes on with. */
export class Janitor {
	readonly #parts: Parts;
	readonly #timer: NodeJS.Timeout;
	#sooner: NodeJS.Timeout | null = null;
	#round: Promise<void> = Promise.resolve();
	#closed = false;

	constructor(parts: Parts) {
		this.#parts = parts;
		this.#timer = setInterval(() => void this.sweep(), interval);
		void this.sweep();
	}

	/** Something was deleted: there may be work. */
	hurry(): void {
		if (this.#closed) return;
		this.#sooner ??= setTimeout(() => {
			this.#sooner = null;
			void this.sweep();
		}, soon);
	}

	/**
	 * Removes all that is to be removed at this time. Never rejects.
	 *
	 * @param now in ms since 1970.
	 */
	sweep(now = Date.now()): Promise<void> {
		this.#round = this.#round
			.then(() => this.#sweep(now))
			.catch((error: unknown) => {
				this.#parts.log.error({ err: error }, 'files that nobody needs could not be removed');
			});
		return this.#round;
	}

	async close(): Promise<void> {
		this.#closed = true;
		clearInterval(this.#timer);
		if (this.#sooner) clearTimeout(this.#sooner);
		await this.#round;
	}

	async #sweep(now: number): Promise<void> {
		const { folders, partials, store } = this.#parts;
		for (const [id, written] of await partials.ages()) {
			if (written + patience < now && !this.#closed) await this.#giveUp(id);
		}
		await store.abandon(now - patience);
		for (let more = true; more && !this.#closed;) {
			const doomed = await store.doomed(atOnce);
			for (const fileId of doomed) await folders.remove(fileId);
			await store.forget(doomed);
			more = doomed.length === atOnce;
		}
	}

	async #giveUp(id: string): Promise<void> {
		const { folders, partials, quota } = this.#parts;
		const partial = await partials.find(id);
		if (partial) {
			if (await this.#isComplete(partial)) return;
			quota.release(partial.fileId);
			await folders.remove(partial.fileId);
		}
		await partials.discard(id);
	}

	/** All of it may be there, and only the end of its way have been cut off. */
	async #isComplete({ fileId, purpose }: PartialUpload): Promise<boolean> {
		try {
			return (await this.#parts.completion.complete(purpose.owner, fileId)) !== null;
		} catch (error) {
			// Whoever sent it has no place in the chat any more: then it has none either.
			if (error instanceof CodedError && ['NOT_MEMBER', 'NOT_FOUND'].includes(error.code))
				return false;
			throw error;
		}
	}
}
