import { chmodSync, mkdirSync } from 'node:fs';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { FileInfo } from '#shared/chat.ts';
import type { FileId } from '#shared/ids.ts';
import { StartError } from '../platform/startError.ts';
import type { FileSource, FileStorage } from './fileStorage.ts';
import { FolderUploads } from './folderUploads.ts';
import { inspect } from './inspect.ts';

/** The folders of files: under random names, readable only by the service's user. */
export class Folders implements FileStorage {
	readonly partials: FolderUploads;
	/** Incomplete uploads. */
	readonly #uploads: string;
	/** Complete files. */
	readonly #files: string;

	/** @throws {StartError} when they cannot be made. */
	constructor(dir: string) {
		this.#uploads = resolve(dir, 'uploads');
		this.#files = resolve(dir, 'files');
		try {
			for (const folder of [this.#uploads, this.#files]) {
				mkdirSync(folder, { recursive: true, mode: 0o700 });
				chmodSync(folder, 0o700);
			}
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			throw new StartError(
				`There is no place for files in ${resolve(dir)} (${reason}): see files.dir and data.dir.`,
			);
		}
		this.partials = new FolderUploads(this.#uploads);
	}

	async sizeOf(fileId: FileId): Promise<number | null> {
		return (await this.#find(fileId))?.size ?? null;
	}

	async inspect(fileId: FileId): Promise<Pick<FileInfo, 'type' | 'picture'>> {
		const found = await this.#find(fileId);
		return inspect(found?.place ?? this.#complete(fileId));
	}

	async keep(fileId: FileId): Promise<void> {
		const [from, to] = [this.#partial(fileId), this.#complete(fileId)];
		if ((await this.#find(fileId))?.place === to) return;
		const file = await open(from, 'r+');
		try {
			await file.chmod(0o600);
			await file.sync();
		} finally {
			await file.close();
		}
		await mkdir(dirname(to), { recursive: true, mode: 0o700 });
		await rename(from, to);
		for (const folder of [dirname(to), this.#files]) await syncFolder(folder);
	}

	async returnToUploads(fileId: FileId): Promise<void> {
		await rename(this.#complete(fileId), this.#partial(fileId));
	}

	async remove(fileId: FileId): Promise<void> {
		await rm(this.#complete(fileId), { force: true });
	}

	async free(): Promise<number> {
		const { bavail, bsize } = await statfs(this.#files);
		return bavail * bsize;
	}

	sourceOf(fileId: FileId): FileSource {
		return { folder: this.#files, path: placeOf(fileId) };
	}

	#partial(fileId: FileId): string {
		return join(this.#uploads, fileId);
	}

	#complete(fileId: FileId): string {
		return join(this.#files, placeOf(fileId));
	}

	/** Where the bytes are, and how many. */
	async #find(fileId: FileId): Promise<{ place: string; size: number } | null> {
		for (const place of [this.#partial(fileId), this.#complete(fileId)]) {
			const found = await stat(place).catch(() => null);
			if (found) return { place, size: found.size };
		}
		return null;
	}
}

/** The path of a complete file, below the folder of files. */
const placeOf = (fileId: FileId) => join(fileId.slice(0, 2), fileId);

async function syncFolder(path: string): Promise<void> {
	const folder = await open(path);
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}
