import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import type { Upload } from '@tus/server';
import * as v from 'valibot';
import { fileId, personId, roomId, type FileId, type PersonId } from '#shared/ids.ts';
import type { Folders } from './folders.ts';

/** What is noted beside an upload: whose it is, and where it is to go. */
export const purpose = v.object({
	owner: personId,
	roomId,
	with: v.optional(personId),
	/** As its sender calls it. */
	filename: v.string(),
});
export type Purpose = v.InferOutput<typeof purpose>;

const note = v.object({ id: fileId, size: v.number(), metadata: purpose });
/** An upload that is not complete, or not yet known as a file. */
export type PartialUpload = { fileId: FileId; size: number; purpose: Purpose };

/** Uploads that are not complete: each is a file of its bytes and one that says what it is. */
export class PartialUploads extends FileStore {
	readonly #folder: string;

	constructor(folders: Folders) {
		super({ directory: folders.uploads });
		this.#folder = folders.uploads;
		// The length of all is known from the start: what does not fit is refused before it is sent.
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

	/** Null where there is none that makes sense. */
	async find(id: string): Promise<PartialUpload | null> {
		const { success, output } = v.safeParse(note, await this.#noteOf(id));
		return success ? { fileId: output.id, size: output.size, purpose: output.metadata } : null;
	}

	/** The same for its owner alone. */
	async findOf(person: PersonId, id: FileId): Promise<PartialUpload | null> {
		const found = await this.find(id);
		return found?.purpose.owner === person ? found : null;
	}

	/** When one was written to for the last time, by the id of each. */
	async ages(): Promise<Map<string, number>> {
		const ages = new Map<string, number>();
		for (const name of await readdir(this.#folder)) {
			const id = name.replace(/\.json$/, '');
			const written = await stat(join(this.#folder, name)).catch(() => null);
			if (written) ages.set(id, Math.max(ages.get(id) ?? 0, written.mtimeMs));
		}
		return ages;
	}

	/** How many of its bytes are there. */
	async bytesOf(id: FileId): Promise<number> {
		return (await stat(join(this.#folder, id)).catch(() => null))?.size ?? 0;
	}

	/** The note last: as long as it is there, somebody looks after the rest. */
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
