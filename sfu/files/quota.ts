import { CodedError } from '#shared/errors.ts';
import type { FileId, PersonId, RoomId } from '#shared/ids.ts';
import type { Config } from '../config.ts';
import type { PartialUpload } from './partialUploads.ts';

const megabyte = 1024 * 1024;

/** Uploads that one person may have begun and not finished. Beyond it the oldest one gives way. */
const partialsPerPerson = 20;

/**
 * How much may be stored. An upload counts with its whole size from its beginning, so that what was begun
 * can be finished.
 */
export class Quota {
	readonly #config: Config['files'];
	readonly #stored: (roomId: RoomId) => Promise<number>;
	/** In the order in which they began. */
	readonly #begun = new Map<FileId, { owner: PersonId; roomId: RoomId; size: number }>();

	/** @param stored bytes of the files a room has. */
	constructor(config: Config['files'], stored: (roomId: RoomId) => Promise<number>) {
		this.#config = config;
		this.#stored = stored;
	}

	/** One that was begun before this start of the service. */
	remember({ fileId, size, purpose: { owner, roomId } }: PartialUpload): void {
		this.#begun.set(fileId, { owner, roomId, size });
	}

	/**
	 * Makes room for one more.
	 *
	 * @returns uploads of this person that have to give way.
	 * @throws {CodedError} NOT_ALLOWED, TOO_LARGE, LIMIT_REACHED.
	 */
	async reserve(partial: PartialUpload): Promise<FileId[]> {
		const { maxMegabytes, roomMegabytes } = this.#config;
		if (maxMegabytes === 0) throw new CodedError('NOT_ALLOWED', 'This server takes no files.');
		if (partial.size > maxMegabytes * megabyte)
			throw new CodedError('TOO_LARGE', `A file may have at most ${maxMegabytes} MB.`);
		const { roomId, owner } = partial.purpose;
		// Counted before it is asked what is there, so that two at once do not both take the last of it.
		this.remember(partial);
		try {
			const stored = await this.#stored(roomId);
			if (stored + this.#begunIn(roomId) > roomMegabytes * megabyte)
				throw new CodedError(
					'LIMIT_REACHED',
					`The files of a room may have at most ${roomMegabytes} MB together. Delete some first.`,
				);
		} catch (error) {
			this.release(partial.fileId);
			throw error;
		}
		const own = [...this.#begun].filter(([, begun]) => begun.owner === owner).map(([id]) => id);
		return own.slice(0, Math.max(0, own.length - partialsPerPerson));
	}

	/** It is complete, or given up. */
	release(fileId: FileId): void {
		this.#begun.delete(fileId);
	}

	#begunIn(roomId: RoomId): number {
		const sizes = [...this.#begun.values()].filter((begun) => begun.roomId === roomId);
		return sizes.reduce((sum, { size }) => sum + size, 0);
	}
}
