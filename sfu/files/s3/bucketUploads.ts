import { stat } from 'node:fs/promises';
import { ReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ListMultipartUploadsCommandOutput, Part, S3 } from '@aws-sdk/client-s3';
import { S3Store, type MetadataValue } from '@tus/s3-store';
import type { Upload } from '@tus/server';
import { LRUCache } from 'lru-cache';
import type { FileId, PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { readNote, type PartialUpload, type PartialUploads } from '../fileStorage.ts';
import { clientConfig, found, reached, type S3Settings } from './s3Client.ts';

/** What stands before the keys of notes and of pieces that are no part yet. A file has its id as the key. */
const uploadsPrefix = 'uploads/';
/** After how long without a new note or piece the parts of an upload are asked for their age, in ms. */
const quietTime = 12 * 60 * 60 * 1000;

const bytesIn = (parts: Part[]) => parts.reduce((sum, { Size = 0 }) => sum + Size, 0);

/**
 * Incomplete uploads: each is a multipart upload, a note, and the bytes at its end that are too few for a part. The store of
 * tus removes those bytes before it has stored them as a part. Here they stay until the upload is complete, under a key that
 * says where they begin: those that a part contains already do not count.
 */
export class BucketUploads extends S3Store implements PartialUploads {
	/** How far the bytes of each running request reach. */
	readonly #reached = new Map<string, number>();

	constructor(settings: S3Settings, client: S3) {
		const notes = new LRUCache<string, MetadataValue>({ max: limits.uploads.altogether });
		super({
			s3ClientConfig: { ...clientConfig(settings), bucket: settings.bucket },
			cache: {
				get: async (id) => notes.get(id),
				set: async (id, note) => void notes.set(id, note),
				delete: async (id) => void notes.delete(id),
				list: async () => [...notes.keys()],
			},
		});
		this.client.destroy();
		this.client = client;
		// The length is known from the start, so an upload that does not fit is refused before it is sent.
		this.extensions = ['creation', 'creation-with-upload', 'termination'];
	}

	/** What came of a request that broke is kept, too. */
	override async write(source: Readable, id: string, offset: number): Promise<number> {
		const broken: { failure: Error | null } = { failure: null };
		const come = async function* (note: (bytes: number) => void): AsyncGenerator<Buffer> {
			try {
				for await (const piece of source as AsyncIterable<Buffer>) {
					note(piece.length);
					yield piece;
				}
			} catch (error) {
				broken.failure = error instanceof Error ? error : new Error(String(error));
			}
		};
		this.#reached.set(id, offset);
		const note = (bytes: number) => {
			this.#reached.set(id, (this.#reached.get(id) ?? offset) + bytes);
		};
		try {
			const end = await super.write(Readable.from(come(note), { objectMode: false }), id, offset);
			if (broken.failure) throw broken.failure;
			return end;
		} finally {
			this.#reached.delete(id);
		}
	}

	override async getUpload(id: string): Promise<Upload> {
		// That the storage is away must not look as if the upload was gone.
		await found(this.getMetadata(id));
		return super.getUpload(id);
	}

	override remove(id: string): Promise<void> {
		return this.discard(id);
	}

	async find(id: string): Promise<PartialUpload | null> {
		const known = await found(this.getMetadata(id));
		return known && readNote(known.file);
	}

	async findOf(person: PersonId, id: FileId): Promise<PartialUpload | null> {
		const upload = await this.find(id);
		return upload?.purpose.owner === person ? upload : null;
	}

	async ages(): Promise<Map<string, number>> {
		const ages = new Map<string, number>();
		const note = (id: string, time: Date | undefined) =>
			ages.set(id, Math.max(ages.get(id) ?? 0, time?.getTime() ?? 0));
		for (const { key, time } of await this.#keysFrom(uploadsPrefix))
			note(key.slice(uploadsPrefix.length).split('.', 1)[0] ?? '', time);
		for (const { id, time } of await this.#multiparts()) note(id, time);
		for (const [id, age] of ages) {
			if (age + quietTime > Date.now()) continue;
			const parts = await this.#partsOf(id);
			for (const { LastModified } of parts ?? []) note(id, LastModified);
		}
		return ages;
	}

	async bytesOf(id: FileId): Promise<number> {
		return (await this.getUpload(id)).offset;
	}

	async discard(id: string): Promise<void> {
		const { bucket: Bucket } = this;
		for (const one of await this.#multiparts(id))
			await found(
				this.client.abortMultipartUpload({ Bucket, Key: one.id, UploadId: one.uploadId }),
			);
		const keys = (await this.#keysFrom(`${uploadsPrefix}${id}`)).map(({ key }) => key);
		const noteLast = keys.toSorted((key) => (key === this.infoKey(id) ? 1 : -1));
		for (const Key of noteLast) await reached(this.client.deleteObject({ Bucket, Key }));
		await this.clearCache(id);
	}

	/** Makes the parts one object, if no byte is missing: an earlier attempt was cut off. @returns whether there is one. */
	async finish(id: FileId): Promise<boolean> {
		const known = await found(this.getMetadata(id));
		const parts = known && (await this.#partsOf(id));
		if (!known || !parts || bytesIn(parts) !== known.file.size) return false;
		await reached(this.finishMultipartUpload(known, parts));
		return true;
	}

	protected override infoKey(id: string): string {
		return `${uploadsPrefix}${id}.info`;
	}

	protected override async uploadIncompletePart(
		id: string,
		piece: ReadStream | Readable,
	): Promise<string> {
		if (!(piece instanceof ReadStream)) throw new Error('a piece is no file');
		const { size } = await stat(piece.path);
		const begin = (this.#reached.get(id) ?? 0) - size;
		const object = { Bucket: this.bucket, Key: this.#pieceKey(id, begin) };
		const { ETag = '' } = await this.client.putObject({ ...object, Body: piece });
		return ETag;
	}

	protected override async getIncompletePart(id: string): Promise<Readable | undefined> {
		const stored = await found(this.client.getObject(await this.#pieceOf(id)));
		return stored?.Body as Readable | undefined;
	}

	protected override async getIncompletePartSize(id: string): Promise<number | undefined> {
		return (await found(this.client.headObject(await this.#pieceOf(id))))?.ContentLength;
	}

	/** It is not stored as a part yet. */
	protected override async deleteIncompletePart(): Promise<void> {}

	#pieceKey(id: string, begin: number): string {
		return `${uploadsPrefix}${id}.piece-${begin}`;
	}

	/** The bytes that follow the last part. */
	async #pieceOf(id: string): Promise<{ Bucket: string; Key: string }> {
		const begin = bytesIn(await this.retrieveParts(id));
		return { Bucket: this.bucket, Key: this.#pieceKey(id, begin) };
	}

	/** Null if there is no such multipart upload. */
	async #partsOf(id: string): Promise<Part[] | null> {
		return found(this.retrieveParts(id));
	}

	async #keysFrom(prefix: string): Promise<{ key: string; time: Date | undefined }[]> {
		const keys = [];
		let more: string | undefined;
		do {
			const page = await reached(
				this.client.listObjectsV2({
					Bucket: this.bucket,
					Prefix: prefix,
					...(more !== undefined && { ContinuationToken: more }),
				}),
			);
			for (const { Key, LastModified } of page.Contents ?? [])
				if (Key !== undefined) keys.push({ key: Key, time: LastModified });
			more = page.IsTruncated ? page.NextContinuationToken : undefined;
		} while (more !== undefined);
		return keys;
	}

	async #multiparts(
		prefix = '',
	): Promise<{ id: string; uploadId: string; time: Date | undefined }[]> {
		const all = [];
		let more: { KeyMarker: string; UploadIdMarker: string } | null = null;
		do {
			const page: ListMultipartUploadsCommandOutput = await reached(
				this.client.listMultipartUploads({ Bucket: this.bucket, Prefix: prefix, ...more }),
			);
			for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
				if (Key !== undefined && UploadId !== undefined)
					all.push({ id: Key, uploadId: UploadId, time: Initiated });
			const { NextKeyMarker = '', NextUploadIdMarker = '' } = page;
			more = page.IsTruncated
				? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker }
				: null;
		} while (more);
		return all;
	}
}
