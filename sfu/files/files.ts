import type { FileInfo } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { FileId, PersonId } from '#shared/ids.ts';
import type { Access } from '../chat/access.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { FileStore } from '../store/store.ts';
import { Completion } from './completion.ts';
import { Folders } from './folders.ts';
import { Janitor } from './janitor.ts';
import { PartialUploads } from './partialUploads.ts';
import { Quota } from './quota.ts';
import { Uploads } from './uploads.ts';

/** Where files are sent to and fetched from. */
export const filesPath = '/api/files';

/** The files that go with messages: how they come in, who may read them, and when they go. */
export class Files {
	readonly uploads: Uploads;
	readonly janitor: Janitor;
	/** The folder that `find` names places in. */
	readonly folder: string;
	readonly #store: FileStore;
	readonly #access: Access;
	readonly #completion: Completion;

	private constructor(folders: Folders, partials: PartialUploads, quota: Quota, parts: Parts) {
		const { store, access, log } = parts;
		this.#store = store;
		this.#access = access;
		this.folder = folders.files;
		const completed = (fileId: FileId) => quota.release(fileId);
		this.#completion = new Completion({ folders, partials, store, access, log, completed });
		const completion = this.#completion;
		this.uploads = new Uploads(filesPath, { partials, quota, completion, access, log });
		this.janitor = new Janitor({ folders, partials, completion, quota, store, log });
	}

	/** @throws {StartError} when the folders cannot be made. */
	static async open(dataDir: string, config: Config['files'], parts: Parts): Promise<Files> {
		const folders = new Folders(dataDir);
		const partials = new PartialUploads(folders);
		const quota = new Quota(config, (roomId) =>
			parts.access.reading(() => parts.store.sizeOf(roomId)),
		);
		const oldestFirst = [...(await partials.ages())].toSorted(([, a], [, b]) => a - b);
		for (const [id] of oldestFirst) {
			const partial = await partials.find(id);
			if (partial) quota.remember(partial);
		}
		return new Files(folders, partials, quota, parts);
	}

	/**
	 * What this person may know of a file; of an upload of theirs too, if its last byte has come.
	 *
	 * @throws {CodedError} NOT_FOUND, also where it is not theirs to read.
	 */
	async info(person: PersonId, fileId: FileId): Promise<FileInfo> {
		const completed = await this.#completion.complete(person, fileId);
		return completed ?? this.readable(person, fileId);
	}

	/**
	 * A file that this person may read.
	 *
	 * @throws {CodedError} NOT_FOUND.
	 */
	async readable(person: PersonId, fileId: FileId): Promise<FileInfo> {
		const file = await this.#access.reading(() => this.#store.readable(fileId, person));
		if (!file) throw new CodedError('NOT_FOUND');
		return file;
	}

	/** Where the bytes of a file lie, below `folder`. */
	placeOf(fileId: FileId): string {
		return Folders.placeOf(fileId);
	}

	async close(): Promise<void> {
		await this.janitor.close();
		await this.#completion.close();
	}
}

type Parts = { store: FileStore; access: Access; log: Log };
