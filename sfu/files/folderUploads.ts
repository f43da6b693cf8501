import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import type { Upload } from '@tus/server';
import type { FileId, PersonId } from '#shared/ids.ts';
import { readNote, type PartialUpload, type PartialUploads } from './fileStorage.ts';

/** Incomplete uploads: each is a file of its bytes and a file with its note. */
export class FolderUploads extends FileStore implements PartialUploads {
	readonly #folder: string;

	constructor(folder: string) {
		super({ directory: folder });
		this.#folder = folder;
		// The length is known from the start, so an upload that does not fit is refused before it is sent.
		this.extensions = ['creation', 'creation-with-upload', 'termination'];
	}

	override async create(upload: Upload): Promise<Upload> {
		try {
			const created = await super.create(upload);
			await chmod(join(this.#folder, upload.id), 0o600);
			return created;
		} catch (error) {
			await this.discard(upload.id);
			throw error;
		}
	}

	async find(id: string): Promise<PartialUpload | null> {
		return readNote(await this.#noteOf(id));
	}

	async findOf(person: PersonId, id: FileId): Promise<PartialUpload | null> {
		const found = await this.find(id);
		return found?.purpose.owner === person ? found : null;
	}

	async ages(): Promise<Map<string, number>> {
		const ages = new Map<string, number>();
		for (const name of await readdir(this.#folder)) {
			const id = name.replace(/\.json$/, '');
			const written = await stat(join(this.#folder, name)).catch(() => null);
			if (written) ages.set(id, Math.max(ages.get(id) ?? 0, written.mtimeMs));
		}
		return ages;
	}

	async bytesOf(id: FileId): Promise<number> {
		return (await stat(join(this.#folder, id)).catch(() => null))?.size ?? 0;
	}

	async discard(id: string): Promise<void> {
		await rm(join(this.#folder, id), { force: true });
		await rm(join(this.#folder, `${id}.json`), { force: true });
	}

	async #noteOf(id: string): Promise<unknown> {
		try {
			return JSON.parse(await readFile(join(this.#folder, `${id}.json`), 'utf8'));
		} catch {
			return null;
		}
	}
}
