import type { Readable } from 'node:stream';
import type { DataStore } from '@tus/server';
import * as v from 'valibot';
import type { FileInfo } from '#shared/chat.ts';
import { fileId, personId, roomId, type FileId, type PersonId } from '#shared/ids.ts';

/** The note beside an upload: its owner and its destination. */
export const purpose = v.object({
	owner: personId,
	roomId,
	with: v.optional(personId),
	/** The sender's name for the file. */
	filename: v.string(),
	/** The pages of an encrypted room have sealed the content, and the file's note in the place of its name. */
	sealed: v.optional(v.literal('yes')),
});
export type Purpose = v.InferOutput<typeof purpose>;

const note = v.object({ id: fileId, size: v.number(), metadata: purpose });
/** An upload that is incomplete, or not yet registered as a file. */
export type PartialUpload = { fileId: FileId; size: number; purpose: Purpose };

/** What a note says; null if it is not a valid one. */
export function readNote(said: unknown): PartialUpload | null {
	const { success, output } = v.safeParse(note, said);
	return success ? { fileId: output.id, size: output.size, purpose: output.metadata } : null;
}

/** Incomplete uploads. The tus server writes into it. */
export type PartialUploads = DataStore & {
	/** Null if there is no valid upload under this id. */
	find(id: string): Promise<PartialUpload | null>;
	/** The same, for its owner only. */
	findOf(person: PersonId, id: FileId): Promise<PartialUpload | null>;
	/** When each upload was last written to, by its id. */
	ages(): Promise<Map<string, number>>;
	/** How many of its bytes have arrived. */
	bytesOf(id: FileId): Promise<number>;
	/** Removes the note last: as long as it exists, the janitor finds the rest. */
	discard(id: string): Promise<void>;
};

/** Bytes of a file: from the first to the last, both included. */
export type Piece = { start: number; end: number };

/** How a file is read: from the disk, below a folder, or in pieces; null stands for the whole. */
export type FileSource =
	{ folder: string; path: string } | { read(piece: Piece | null): Promise<Readable> };

/** Where uploaded files are kept. Its methods reject with `CodedError` UNAVAILABLE while that place cannot be reached. */
export type FileStorage = {
	readonly partials: PartialUploads;
	/** How many bytes of an upload have arrived, or of a file there are; null if there are none. */
	sizeOf(fileId: FileId): Promise<number | null>;
	/** What it is, by its content only. */
	inspect(fileId: FileId): Promise<Pick<FileInfo, 'type' | 'picture'>>;
	/** Makes a complete upload a file, durably. Does nothing if it is one. */
	keep(fileId: FileId): Promise<void>;
	/** Undoes `keep`. */
	returnToUploads(fileId: FileId): Promise<void>;
	/** Does nothing if there is no such file. */
	remove(fileId: FileId): Promise<void>;
	/** How many bytes more it can take. */
	free(): Promise<number>;
	sourceOf(fileId: FileId): FileSource;
};
