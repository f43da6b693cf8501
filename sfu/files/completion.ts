import type { FileInfo } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { FileId, PersonId } from '#shared/ids.ts';
import type { Access } from '../chat/access.ts';
import type { Log } from '../platform/log.ts';
import type { FileStore } from '../store/api/store.ts';
import { fileNameOf } from './fileName.ts';
import type { FileStorage, PartialUpload } from './fileStorage.ts';

/** What is known of the content of a sealed file. */
const unreadable = { type: 'application/octet-stream', picture: null };

type Parts = {
	storage: FileStorage;
	store: FileStore;
	access: Access;
	log: Log;
	/** Is told of each upload that became a file. */
	completed(fileId: FileId): void;
};

/**
 * Turns complete uploads into files. If a step fails, the upload remains and can be completed later, even after a crash
 * in between: its note is removed last.
 */
export class Completion {
	readonly #parts: Parts;
	readonly #running = new Map<FileId, Promise<FileInfo | null>>();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/**
	 * The file that this person's upload became. Null if there is none, or bytes are missing.
	 *
	 * @throws {CodedError} NOT_SAVED.
	 */
	async complete(person: PersonId, fileId: FileId): Promise<FileInfo | null> {
		const partial = await this.#parts.storage.partials.findOf(person, fileId);
		if (!partial) return null;
		const running = this.#running.get(fileId);
		if (running) return running;
		const completing = this.#complete(partial)
			.catch((error: unknown) => {
				if (error instanceof CodedError) throw error;
				this.#parts.log.error({ err: error }, 'a complete upload could not be stored as a file');
				throw new CodedError('NOT_SAVED');
			})
			.finally(() => this.#running.delete(fileId));
		this.#running.set(fileId, completing);
		return completing;
	}

	/** Waits for running completions. */
	async close(): Promise<void> {
		await Promise.allSettled(this.#running.values());
	}

	async #complete({ fileId, size, purpose }: PartialUpload): Promise<FileInfo | null> {
		const { storage, store } = this.#parts;
		if ((await storage.sizeOf(fileId)) !== size) return null;
		const content = purpose.sealed ? unreadable : await storage.inspect(fileId);
		await storage.keep(fileId);
		const name = purpose.sealed ? purpose.filename : fileNameOf(purpose.filename);
		const info = { fileId, name, size, ...content };
		// The file is stored already if an earlier attempt was cut off at its end.
		const known = await store.readable(fileId, purpose.owner);
		if (!known) await this.#add(info, purpose);
		await storage.partials.discard(fileId);
		this.#parts.completed(fileId);
		return known ?? info;
	}

	async #add(info: FileInfo, { owner, roomId, with: other }: PartialUpload['purpose']) {
		const { access, store, storage } = this.#parts;
		try {
			const { key } = await access.locate(owner, { roomId, with: other });
			await access.saving(() => store.add({ info, key, owner, at: Date.now() }));
		} catch (error) {
			await storage.returnToUploads(info.fileId);
			throw error;
		}
	}
}
