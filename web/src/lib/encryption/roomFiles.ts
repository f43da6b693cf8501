import * as v from 'valibot';
import type { FileInfo } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { FileId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { BorderFiles, SealedUpload } from '#lib/connection/serverConnection.ts';
import type { Keyring } from './keyring.ts';
import {
	newFileKey,
	openingStream,
	SealedSource,
	sealedFileNote,
	toShown,
	type SealedFileNote,
} from './sealedFile.ts';

/** What a note is sealed as. */
const context = 'file';
/** Of how many files the keys are remembered: more than a loaded part of a chat shows. */
const rememberedFiles = 20_000;
/** Pictures that browsers show and that contain no program. */
const pictures: readonly string[] = [
	'image/png',
	'image/jpeg',
	'image/gif',
	'image/webp',
	'image/avif',
];

/** The files of an encrypted room: sealed before they leave the page, and opened in it. */
export class RoomFiles implements BorderFiles {
	readonly #keyring: Keyring;
	readonly #notes = new Map<FileId, SealedFileNote>();

	constructor(keyring: Keyring) {
		this.#keyring = keyring;
	}

	async seal(file: File): Promise<SealedUpload> {
		const picture = await sizeOf(file);
		const key = newFileKey();
		const name = file.name.slice(-limits.fileNameLength);
		const note: SealedFileNote = {
			...{ key, name, size: file.size, picture },
			type: picture ? file.type : 'application/octet-stream',
		};
		return {
			source: new SealedSource(file, key),
			name: await this.#keyring.sealText(JSON.stringify(note), context),
			opened: (info) => {
				this.#remember(info.fileId, note);
				return toShown(info, note);
			},
		};
	}

	/** A file as it is shown; where its note does not open, without a name. */
	async opened(file: FileInfo): Promise<FileInfo> {
		const known = this.#notes.get(file.fileId);
		if (known) return toShown(file, known);
		const text = await this.#keyring.openText(file.name, context);
		const note = noteIn(text);
		if (!note) return { ...file, name: unopenedFile() };
		this.#remember(file.fileId, note);
		return toShown(file, note);
	}

	/** The content of a file, opened. Rejects with a CodedError where it does not open, or cannot be had. */
	async content(file: FileInfo): Promise<Blob> {
		const address = `/api/files/${encodeURIComponent(file.fileId)}`;
		const answer = await fetch(address).catch(() => null);
		if (!answer?.ok || !answer.body) throw new CodedError('NOT_FOUND');
		return this.opening(file, answer.body);
	}

	/** The content of a file, of which the sealed bytes come. Rejects with a CodedError where it does not open. */
	async opening({ fileId }: FileInfo, sealed: ReadableStream<Uint8Array>): Promise<Blob> {
		const note = this.#notes.get(fileId);
		if (!note) throw new CodedError('ENCRYPTED', unopenedFile());
		const { key, size, type } = note;
		try {
			const blob = await new Response(sealed.pipeThrough(openingStream(key, size))).blob();
			// The sender's word for a type counts only where such content contains no program.
			const known = pictures.includes(type) ? type : 'application/octet-stream';
			return blob.slice(0, blob.size, known);
		} catch {
			throw new CodedError('ENCRYPTED', unopenedFile());
		}
	}

	#remember(fileId: FileId, note: SealedFileNote): void {
		const [oldest] = this.#notes.keys();
		if (this.#notes.size >= rememberedFiles && oldest !== undefined) this.#notes.delete(oldest);
		this.#notes.set(fileId, note);
	}
}

/** What is shown in the place of a file that does not open. */
const unopenedFile = () => "This file can't be opened with the key in your link.";

function noteIn(text: string | null): SealedFileNote | null {
	try {
		return v.parse(sealedFileNote, JSON.parse(text ?? 'null'));
	} catch {
		// It is shown as a file that does not open.
		return null;
	}
}

/** The size of a picture in pixels; null for all other files. */
async function sizeOf(file: File): Promise<{ width: number; height: number } | null> {
	if (!pictures.includes(file.type)) return null;
	try {
		const { width, height } = await createImageBitmap(file);
		const makesSense = [width, height].every((edge) => edge >= 1 && edge <= limits.pixels);
		return makesSense ? { width, height } : null;
	} catch {
		// It only has the name of a picture.
		return null;
	}
}
