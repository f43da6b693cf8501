import { statfs } from 'node:fs/promises';
import type { FileInfo } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { FileId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Access } from '../chat/access.ts';
import type { Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import type { FileStore } from '../store/api/store.ts';
import { Completion } from './completion.ts';
import { Folders } from './folders.ts';
import { Janitor } from './janitor.ts';
import type { LeastPace } from './pace.ts';
import { PartialUploads } from './partialUploads.ts';
import { Quota } from './quota.ts';
import { Uploads, type Sender } from './uploads.ts';

/** The path of uploads and downloads. */
export const filesPath = '/api/files';

type Parts = {
	store: FileStore;
	access: Access;
	log: Log;
	/** How many bytes of an upload must arrive in each span of time. */
	pace?: LeastPace;
	/** Whether this node removes what nobody needs any more: one of several does. */
	isOurs?: () => Promise<boolean>;
};

/** The person who asks for a file. A visit to one room (ACCOUNT-10) finds the files of that room only. */
export type Reader = Pick<Sender, 'personId' | 'roomId'>;

/** The files that are sent with messages: their upload, who may read them, and their removal. */
export class Files {
	readonly uploads: Uploads;
	readonly janitor: Janitor;
	/** The folder to which `placeOf` is relative. */
	readonly folder: string;
	readonly #store: FileStore;
	readonly #access: Access;
	readonly #completion: Completion;

	private constructor(folders: Folders, partials: PartialUploads, quota: Quota, parts: Parts) {
		const { store, access, log, pace = limits.uploadPace } = parts;
		this.#store = store;
		this.#access = access;
		this.folder = folders.files;
		const completed = (fileId: FileId) => quota.complete(fileId);
		this.#completion = new Completion({ folders, partials, store, access, log, completed });
		const completion = this.#completion;
		this.uploads = new Uploads(filesPath, { partials, quota, completion, access, log, pace });
		const { isOurs } = parts;
		this.janitor = new Janitor({ folders, partials, completion, quota, store, log, isOurs });
	}

	/**
	 * @param dir the folder for them.
	 * @throws {StartError} when the folders cannot be made.
	 */
	static async open(
		dir: string,
		config: Omit<Config['files'], 'dir'>,
		parts: Parts,
	): Promise<Files> {
		const folders = new Folders(dir);
		const partials = new PartialUploads(folders);
		const { store, access } = parts;
		const quota = new Quota(config, {
			inRoom: (roomId, owner) => access.reading(() => store.sizeOf(roomId, owner)),
			altogether: () => access.reading(() => store.sizeOfAll()),
			free: async () => {
				const { bavail, bsize } = await statfs(folders.files);
				return bavail * bsize;
			},
		});
		const oldestFirst = [...(await partials.ages())].toSorted(([, a], [, b]) => a - b);
		for (const [id, written] of oldestFirst) {
			const partial = await partials.find(id);
			if (partial) quota.remember(partial, await partials.bytesOf(partial.fileId), written);
		}
		return new Files(folders, partials, quota, parts);
	}

	/**
	 * What a person may know of a file, or of their own upload if all its bytes have arrived.
	 *
	 * @throws {CodedError} NOT_FOUND, also if the person may not read it.
	 */
	async info(who: Reader, fileId: FileId): Promise<FileInfo> {
		const completed = await this.uploads.completed(who, fileId);
		return completed ?? this.readable(who, fileId);
	}

	/**
	 * A file that the person may read.
	 *
	 * @throws {CodedError} NOT_FOUND.
	 */
	async readable({ personId, roomId }: Reader, fileId: FileId): Promise<FileInfo> {
		const file = await this.#access.reading(() => this.#store.readable(fileId, personId, roomId));
		if (!file) throw new CodedError('NOT_FOUND');
		return file;
	}

	/** The path of a file, below `folder`. */
	placeOf(fileId: FileId): string {
		return Folders.placeOf(fileId);
	}

	async close(): Promise<void> {
		await this.janitor.close();
		await this.#completion.close();
	}
}
