import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import type { FileId, PersonId, RoomId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Config } from '../platform/config.ts';
import type { PartialUpload } from './fileStorage.ts';

const megabyte = 1024 * 1024;

/** The settings of how much may be stored. */
export type QuotaSettings = Omit<Config['files'], 'dir' | 's3'>;

/** What is already stored, in bytes. */
export type Stored = {
	inRoom(roomId: RoomId, owner?: PersonId): Promise<number>;
	altogether(): Promise<number>;
	/** Free space where files are kept. */
	free(): Promise<number>;
};

type Reservation = {
	owner: PersonId;
	/** The network of the sender, by `addressBlock`; empty if it is not known any more. */
	network: string;
	roomId: RoomId;
	size: number;
	/** Bytes that have arrived. */
	received: number;
	/** When the last byte arrived, or the upload began; in ms since 1970. */
	at: number;
};

/** How long the sum of all file sizes is cached, in ms: computing it reads each row. */
const totalCacheTime = 10_000;
const day = 24 * 60 * 60;

const full = (message: string) => new CodedError('LIMIT_REACHED', message);

/**
 * How much may be stored. An upload counts with its whole size from its beginning, so that it can be finished. Once it
 * rests, it counts with the bytes that have arrived.
 */
export class Quota {
	readonly #config: QuotaSettings;
	readonly #stored: Stored;
	/** In the order in which they began. */
	readonly #reservations = new Map<FileId, Reservation>();
	/** Uploads begun by each person and by each network. */
	readonly #byPerson = new RateLimiterMemory({ points: limits.uploadsBegun.person, duration: 60 });
	readonly #byNetwork = new RateLimiterMemory({
		points: limits.uploadsBegun.network,
		duration: 60,
	});
	/** Bytes of the files that each network put into each room. */
	readonly #filled = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: day });
	#altogether: { bytes: number; at: number } | null = null;

	constructor(config: QuotaSettings, stored: Stored) {
		this.#config = config;
		this.#stored = stored;
	}

	/**
	 * Adds an upload that was begun before this start of the service, of which `received` bytes arrived, the last one at
	 * `at`.
	 */
	remember(partial: PartialUpload, received: number, at: number): void {
		this.#add(partial, '', received, at);
	}

	/**
	 * Reserves space for one more upload.
	 *
	 * @returns uploads of this person that have to give way.
	 * @throws {CodedError} NOT_ALLOWED, TOO_LARGE, TOO_MANY_REQUESTS, LIMIT_REACHED.
	 */
	async reserve(partial: PartialUpload, network: string): Promise<FileId[]> {
		const { maxMegabytes } = this.#config;
		const { owner } = partial.purpose;
		if (maxMegabytes === 0)
			throw new CodedError('NOT_ALLOWED', "This server doesn't accept files.");
		if (partial.size > maxMegabytes * megabyte)
			throw new CodedError('TOO_LARGE', `Files can be up to ${maxMegabytes} MB.`);
		await this.#spend(owner, network);
		const own: FileId[] = [];
		for (const [id, reservation] of this.#reservations)
			if (reservation.owner === owner) own.push(id);
		const replaced = own.slice(0, Math.max(0, own.length + 1 - limits.uploads.person));
		this.#checkNumber(network, replaced.length);
		// Counted before the stored bytes are read, so that two uploads at once do not both take the last space.
		const reservation = this.#add(partial, network, 0, Date.now());
		try {
			await this.#checkSpace(reservation);
		} catch (error) {
			this.release(partial.fileId);
			throw error;
		}
		return replaced;
	}

	/**
	 * An upload continues. If it lost its reserved space by resting, it needs the space again.
	 *
	 * @throws {CodedError} LIMIT_REACHED.
	 */
	async resume(fileId: FileId): Promise<void> {
		const reservation = this.#reservations.get(fileId);
		if (!reservation) return;
		const rested = reservation.at;
		// Long enough for the first bytes to arrive: a request without any keeps no space.
		reservation.at = Math.max(rested, Date.now() - limits.uploadRest + limits.uploadPace.span);
		try {
			await this.#checkSpace(reservation);
		} catch (error) {
			reservation.at = rested;
			throw error;
		}
	}

	/** More bytes of an upload arrived. */
	grew(fileId: FileId, bytes: number): void {
		const reservation = this.#reservations.get(fileId);
		if (!reservation) return;
		reservation.received = Math.min(reservation.size, reservation.received + bytes);
		reservation.at = Date.now();
	}

	/** The upload became a file. */
	complete(fileId: FileId): void {
		const reservation = this.#reservations.get(fileId);
		if (!reservation) return;
		const { roomId, network, size } = reservation;
		if (network !== '') void this.#filled.penalty(`${roomId} ${network}`, size);
		if (this.#altogether) this.#altogether.bytes += size;
		this.release(fileId);
	}

	/** The upload is given up. */
	release(fileId: FileId): void {
		this.#reservations.delete(fileId);
	}

	#add(
		{ fileId, size, purpose }: PartialUpload,
		network: string,
		received: number,
		at: number,
	): Reservation {
		const reservation = {
			owner: purpose.owner,
			network,
			roomId: purpose.roomId,
			size,
			received,
			at,
		};
		this.#reservations.set(fileId, reservation);
		return reservation;
	}

	async #spend(owner: PersonId, network: string): Promise<void> {
		try {
			await this.#byPerson.consume(owner);
			if (network !== '') await this.#byNetwork.consume(network);
		} catch (refusal) {
			if (!(refusal instanceof RateLimiterRes)) throw refusal;
			throw new CodedError('TOO_MANY_REQUESTS', 'Too many files at once. Try again in a minute.');
		}
	}

	/** @param replacedCount how many uploads give way to the new one. */
	#checkNumber(network: string, replacedCount: number): void {
		const { network: ofNetwork, altogether } = limits.uploads;
		let uploading = 0;
		for (const reservation of this.#reservations.values())
			if (network !== '' && reservation.network === network) uploading++;
		if (uploading - replacedCount >= ofNetwork)
			throw full(
				'Too many files are on their way from your network. Try again when some are here.',
			);
		if (this.#reservations.size - replacedCount >= altogether)
			throw full('Too many files are on their way to this server. Try again when some are here.');
	}

	async #checkSpace({ roomId, owner, network }: Reservation): Promise<void> {
		const { roomMegabytes, totalMegabytes, freeMegabytes } = this.#config;
		const ofRoom = await this.#stored.inRoom(roomId);
		const ofPerson = await this.#stored.inRoom(roomId, owner);
		const ofNetwork = (await this.#filled.get(`${roomId} ${network}`))?.consumedPoints ?? 0;
		const ofAll = totalMegabytes > 0 ? await this.#storedAltogether() : 0;
		const free = await this.#stored.free();
		const usage = this.#counted(roomId, owner, network);
		if (ofRoom + usage.ofRoom > roomMegabytes * megabyte)
			throw full(`This room can store up to ${roomMegabytes} MB of files. Delete some first.`);
		const share = this.#share(limits.roomShare.person);
		if (ofPerson + usage.ofPerson > share * megabyte)
			throw full(`You can store up to ${share} MB of files in a room. Delete some of yours first.`);
		const maxOfNetwork = this.#share(limits.roomShare.network);
		if (network !== '' && ofNetwork + usage.ofNetwork > maxOfNetwork * megabyte)
			throw full(
				`Up to ${maxOfNetwork} MB of files a day can be added from one network. Try again tomorrow.`,
			);
		const isFull = totalMegabytes > 0 && ofAll + usage.ofAll > totalMegabytes * megabyte;
		if (isFull || free - usage.missing < freeMegabytes * megabyte)
			throw full('This server has no more space for files.');
	}

	/** A share of a room's space, in MB; at least one file's limit. */
	#share(part: number): number {
		const { roomMegabytes, maxMegabytes } = this.#config;
		return Math.max(Math.floor(roomMegabytes * part), Math.min(maxMegabytes, roomMegabytes));
	}

	async #storedAltogether(): Promise<number> {
		const now = Date.now();
		if (!this.#altogether || this.#altogether.at + totalCacheTime < now) {
			const bytes = await this.#stored.altogether();
			this.#altogether = { bytes, at: now };
		}
		return this.#altogether.bytes;
	}

	/**
	 * What uploads occupy, in bytes: of a room, in it of a person and of a network, and of all; and how many bytes of
	 * them are missing.
	 */
	#counted(roomId: RoomId, owner: PersonId, network: string) {
		const sums = { ofRoom: 0, ofPerson: 0, ofNetwork: 0, ofAll: 0, missing: 0 };
		const now = Date.now();
		for (const reservation of this.#reservations.values()) {
			const rests = reservation.at + limits.uploadRest <= now;
			const bytes = rests ? reservation.received : reservation.size;
			sums.ofAll += bytes;
			if (!rests) sums.missing += reservation.size - reservation.received;
			if (reservation.roomId !== roomId) continue;
			sums.ofRoom += bytes;
			if (reservation.owner === owner) sums.ofPerson += bytes;
			if (reservation.network === network) sums.ofNetwork += bytes;
		}
		return sums;
	}
}
