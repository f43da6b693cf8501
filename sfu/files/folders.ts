import { chmodSync, mkdirSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { FileId } from '#shared/ids.ts';
import { StartError } from '../platform/startError.ts';

/** The folders of files: under random names, readable only by the service's user. */
export class Folders {
	/** Incomplete uploads. */
	readonly uploads: string;
	/** Complete files. */
	readonly files: string;

	/** @throws {StartError} when they cannot be made. */
	constructor(dir: string) {
		this.uploads = resolve(dir, 'uploads');
		this.files = resolve(dir, 'files');
		try {
			for (const folder of [this.uploads, this.files]) {
				mkdirSync(folder, { recursive: true, mode: 0o700 });
				chmodSync(folder, 0o700);
			}
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			throw new StartError(
				`There is no place for files in ${resolve(dir)} (${reason}): see files.dir and data.dir.`,
			);
		}
	}

	/** The path of a complete file, below `files`. */
	static placeOf(fileId: FileId): string {
		return join(fileId.slice(0, 2), fileId);
	}

	partial(fileId: FileId): string {
		return join(this.uploads, fileId);
	}

	complete(fileId: FileId): string {
		return join(this.files, Folders.placeOf(fileId));
	}

	/** Moves a complete upload to its final place, durably. */
	async keep(fileId: FileId): Promise<void> {
		const [from, to] = [this.partial(fileId), this.complete(fileId)];
		const file = await open(from, 'r+');
		try {
			await file.chmod(0o600);
			await file.sync();
		} finally {
			await file.close();
		}
		await mkdir(dirname(to), { recursive: true, mode: 0o700 });
		await rename(from, to);
		for (const folder of [dirname(to), this.files]) await syncFolder(folder);
	}

	/** Undoes `keep`. */
	async returnToUploads(fileId: FileId): Promise<void> {
		await rename(this.complete(fileId), this.partial(fileId));
	}

	/** Does nothing if there is no such file. */
	async remove(fileId: FileId): Promise<void> {
		await rm(this.complete(fileId), { force: true });
	}
}

async function syncFolder(path: string): Promise<void> {
	const folder = await open(path);
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}
