import type { FileInfo } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { FileId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Access } from '../chat/access.ts';
import type { Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import type { FileStore } from '../store/api/store.ts';
import { Completion } from './completion.ts';
import type { FileSource, FileStorage } from './fileStorage.ts';
import { Folders } from './folders.ts';
import { Janitor } from './janitor.ts';
import type { LeastPace } from './pace.ts';
import { Quota, type QuotaSettings } from './quota.ts';
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

type FileSettings = QuotaSettings & { dir: string; s3?: Config['files']['s3'] };

/** The code of S3 is loaded only where a bucket is named. */
async function openStorage({ dir, s3 }: FileSettings, log: Log): Promise<FileStorage> {
	if (!s3?.bucket) return new Folders(dir);
	const { Bucket } = await import('./s3/bucket.ts');
	return Bucket.open(s3, log);
}

/** Uploads that were begun before this start go on. */
async function rememberUploads({ partials }: FileStorage, quota: Quota): Promise<void> {
	const oldestFirst = [...(await partials.ages())].toSorted(([, a], [, b]) => a - b);
	for (const [id, written] of oldestFirst) {
		const partial = await partials.find(id);
		if (partial) quota.remember(partial, await partials.bytesOf(partial.fileId), written);
	}
}

/** The files that are sent with messages: their upload, who may read them, and their removal. */
export class Files {
	readonly uploads: Uploads;
	readonly janitor: Janitor;
	readonly #storage: FileStorage;
	readonly #store: FileStore;
	readonly #access: Access;
	readonly #completion: Completion;

	private constructor(storage: FileStorage, quota: Quota, parts: Parts) {
		const { partials } = storage;
		const { store, access, log, pace = limits.uploadPace } = parts;
		this.#store = store;
		this.#access = access;
		this.#storage = storage;
		const completed = (fileId: FileId) => quota.complete(fileId);
		this.#completion = new Completion({ storage, store, access, log, completed });
		const completion = this.#completion;
		this.uploads = new Uploads(filesPath, { partials, quota, completion, access, log, pace });
		const { isOurs } = parts;
		this.janitor = new Janitor({ storage, completion, quota, store, log, isOurs });
	}

	/**
	 * @param settings `dir` is the folder for them where `s3` names no bucket.
	 * @throws {StartError} when they cannot be kept there.
	 */
	static async open(settings: FileSettings, parts: Parts): Promise<Files> {
		const { store, access, log } = parts;
		const storage = await openStorage(settings, log);
		const quota = new Quota(settings, {
			inRoom: (roomId, owner) => access.reading(() => store.sizeOf(roomId, owner)),
			altogether: () => access.reading(() => store.sizeOfAll()),
			free: () => storage.free(),
		});
		await rememberUploads(storage, quota).catch((error: unknown) => {
			log.warn({ err: error }, 'uploads of before this start do not count for now');
		});
		return new Files(storage, quota, parts);
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

	/** How a file is read. */
	sourceOf(fileId: FileId): FileSource {
		return this.#storage.sourceOf(fileId);
	}

	async close(): Promise<void> {
		await this.janitor.close();
		await this.#completion.close();
	}
}
