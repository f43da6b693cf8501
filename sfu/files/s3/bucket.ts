import { Readable } from 'node:stream';
import { S3 } from '@aws-sdk/client-s3';
import type { FileInfo } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { FileId } from '#shared/ids.ts';
import type { Log } from '../../platform/log.ts';
import { StartError } from '../../platform/startError.ts';
import type { FileSource, FileStorage, Piece } from '../fileStorage.ts';
import { inspectHead } from '../inspect.ts';
import { BucketUploads } from './bucketUploads.ts';
import { clientConfig, found, reached, tryBucket, type S3Settings } from './s3Client.ts';

/** Files in a bucket of an S3-compatible storage: each under its id. */
export class Bucket implements FileStorage {
	readonly partials: BucketUploads;
	readonly #client: S3;
	readonly #name: string;

	private constructor(settings: S3Settings) {
		this.#client = new S3(clientConfig(settings));
		this.#name = settings.bucket;
		this.partials = new BucketUploads(settings, this.#client);
	}

	/** @throws {StartError} if the storage refuses. While it does not answer, files are refused. */
	static async open(settings: S3Settings, log: Log): Promise<Bucket> {
		try {
			await tryBucket(settings);
		} catch (error) {
			if (error instanceof StartError) throw error;
			log.warn(
				{ err: error },
				'files.s3: the storage does not answer: no file can be sent or read until it does',
			);
		}
		return new Bucket(settings);
	}

	async sizeOf(fileId: FileId): Promise<number | null> {
		const size = await this.#sizeOf(fileId);
		if (size !== null || !(await this.partials.finish(fileId))) return size;
		return this.#sizeOf(fileId);
	}

	async inspect(fileId: FileId): Promise<Pick<FileInfo, 'type' | 'picture'>> {
		const size = await this.#sizeOf(fileId);
		return inspectHead(async (bytes) => {
			if (!size) return new Uint8Array();
			const body = await this.#read(fileId, { start: 0, end: Math.min(bytes, size) - 1 });
			return reached(body.transformToByteArray());
		});
	}

	/** A complete upload has its place already. */
	async keep(): Promise<void> {}

	async returnToUploads(): Promise<void> {}

	async remove(fileId: FileId): Promise<void> {
		await reached(this.#client.deleteObject(this.#object(fileId)));
	}

	/** As much as the operator of the storage allows. */
	async free(): Promise<number> {
		return Infinity;
	}

	sourceOf(fileId: FileId): FileSource {
		return {
			read: async (piece) => {
				const body = await this.#read(fileId, piece);
				if (!(body instanceof Readable)) throw new Error('the storage answers without a stream');
				return body;
			},
		};
	}

	#object(fileId: FileId): { Bucket: string; Key: string } {
		return { Bucket: this.#name, Key: fileId };
	}

	async #sizeOf(fileId: FileId): Promise<number | null> {
		const head = await found(this.#client.headObject(this.#object(fileId)));
		return head?.ContentLength ?? null;
	}

	async #read(fileId: FileId, piece: Piece | null) {
		const range = piece && { Range: `bytes=${piece.start}-${piece.end}` };
		const stored = await found(this.#client.getObject({ ...this.#object(fileId), ...range }));
		if (!stored?.Body) throw new CodedError('NOT_FOUND');
		return stored.Body;
	}
}
