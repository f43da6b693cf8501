import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import type { Upload } from '@tus/server';
import * as v from 'valibot';
import { fileId, personId, roomId, type FileId, type PersonId } from '#shared/ids.ts';
import type { Folders } from './folders.ts';

/** The note beside an upload: its owner and its destination. */
export const purpose = v.object({
	owner: personId,
	roomId,
	with: v.optional(personId),
	/** The sender's name for the file. */
	filename: v.string(),
});
export type Purpose = v.InferOutput<typeof purpose>;

const note = v.object({ id: fileId, size: v.number(), metadata: purpose });
/** An upload that is incomplete, or not yet registered as a file. */
export type PartialUpload = { fileId: FileId; size: number; purpose: Purpose };

/** Incomplete uploads: each is a file of its bytes and a file with its note. */
export class PartialUploads extends FileStore {
	readonly #folder: string;

	constructor(folders: Folders) {
		super({ directory: folders.uploads });
		this.#folder = folders.uploads;
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

	/** Null if there is no valid upload under this id. */
	async find(id: string): Promise<PartialUpload | null> {
		const { success, output } = v.safeParse(note, await this.#noteOf(id));
		return success ? { fileId: output.id, size: output.size, purpose: output.metadata } : null;
	}

	/** The same, for its owner only. */
	async findOf(person: PersonId, id: FileId): Promise<PartialUpload | null> {
		const found = await this.find(id);
		return found?.purpose.owner === person ? found : null;
	}

	/** When each upload was last written to, by its id. */
	async ages(): Promise<Map<string, number>> {
		const ages = new Map<string, number>();
		for (const name of await readdir(this.#folder)) {
			const id = name.replace(/\.json$/, '');
			const written = await stat(join(this.#folder, name)).catch(() => null);
			if (written) ages.set(id, Math.max(ages.get(id) ?? 0, written.mtimeMs));
		}
		return ages;
	}

	/** How many of its bytes have arrived. */
	async bytesOf(id: FileId): Promise<number> {
		return (await stat(join(this.#folder, id)).catch(() => null))?.size ?? 0;
	}

	/** Removes the note last: as long as it exists, the janitor finds the rest. */
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
