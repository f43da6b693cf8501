import { Server, type Upload } from '@tus/server';
import * as v from 'valibot';
import type { FileInfo } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import { newFileId, type FileId, type PersonId, type RoomId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Access } from '../chat/access.ts';
import type { Log } from '../platform/log.ts';
import type { Completion } from './completion.ts';
import { Locks } from './locks.ts';
import { Pace, type LeastPace } from './pace.ts';
import { purpose, type PartialUpload, type PartialUploads } from './fileStorage.ts';
import type { Quota } from './quota.ts';

type Parts = {
	partials: PartialUploads;
	quota: Quota;
	completion: Completion;
	access: Access;
	log: Log;
	pace: LeastPace;
};

/** The person who sends a file. */
export type Sender = {
	personId: PersonId;
	/** The only room that their session is valid for. */
	roomId: RoomId | null;
	/** The network that they send from, by `addressBlock`. */
	network: string;
};

/** An upload request that ended because too few bytes arrived. Another request can continue the upload. */
export class TooSlow extends CodedError {
	constructor() {
		super('NOT_SAVED', 'Too little of the file came in a minute. Ask for the offset and continue.');
	}
}

/** One running request. */
type Turn = {
	sender: Sender;
	/** The upload that it created. */
	made: FileId | null;
	failure: CodedError | null;
};

/** What a client states about a file before it sends it. */
const statedMetadata = v.object({
	...v.omit(purpose, ['owner', 'sealed']).entries,
	filename: v.optional(v.string(), ''),
});

/** Long enough for the request that lets go to write the bytes that it holds, in ms. */
const releaseDelay = 50;

/**
 * Uploads by the tus protocol (https://tus.io): begun, sent in any number of pieces, and complete with the last byte.
 */
export class Uploads {
	readonly #parts: Parts;
	readonly #tus: Server;
	readonly #turns = new WeakMap<Request, Turn>();

	/** @param path of the requests. */
	constructor(path: string, parts: Parts) {
		this.#parts = parts;
		this.#tus = new Server({
			path,
			datastore: parts.partials,
			locker: new Locks(),
			lockDrainTimeout: releaseDelay,
			relativeLocation: true,
			// Pages of other origins may not upload.
			allowedOrigins: () => false,
			namingFunction: (request) => this.#name(request as Request),
			onUploadCreate: (request, upload) => this.#begin(request as Request, upload),
			onUploadFinish: (request, upload) => this.#finish(request as Request, upload),
			onResponseError: (request, error) => this.#note(request as Request, error),
		});
	}

	/**
	 * Answers a request of the protocol.
	 *
	 * @param fileId the upload that it names; null if it begins one.
	 * @throws {CodedError} with the reason of a refusal.
	 */
	async answer(sender: Sender, fileId: FileId | null, request: Request): Promise<Response> {
		if (fileId && !(await this.#find(sender, fileId))) throw new CodedError('NOT_FOUND');
		const about = request.headers.get('upload-metadata') ?? '';
		if (about.length > limits.uploadMetadataBytes)
			throw new CodedError(
				'BAD_REQUEST',
				`Upload-Metadata can have up to ${limits.uploadMetadataBytes} characters.`,
			);
		if (fileId && request.method === 'PATCH') await this.#parts.quota.resume(fileId);
		const turn: Turn = { sender, made: null, failure: null };
		const grew = (bytes: number) => {
			const id = fileId ?? turn.made;
			if (id) this.#parts.quota.grew(id, bytes);
		};
		const pace = request.body && new Pace(request.body, this.#parts.pace, grew);
		const body = pace && { body: pace.body, duplex: 'half' as const };
		const paced = new Request(request, { ...body });
		this.#turns.set(paced, turn);
		try {
			return await this.#answer(paced, turn, fileId);
		} catch (error) {
			throw pace?.isSlow ? new TooSlow() : error;
		} finally {
			pace?.stop();
		}
	}

	/** The file that their upload became; null if there is none, or bytes are missing. */
	async completed(sender: Pick<Sender, 'personId' | 'roomId'>, fileId: FileId) {
		const found = await this.#find(sender, fileId);
		return found && this.#parts.completion.complete(sender.personId, fileId);
	}

	async #answer(request: Request, turn: Turn, fileId: FileId | null): Promise<Response> {
		const response = await this.#tus.handleWeb(request);
		if (response.ok) {
			if (fileId && request.method === 'DELETE') await this.#giveUp(fileId);
			return response;
		}
		// The client was not told the upload's address, so it cannot continue it.
		if (turn.made) await this.#giveUp(turn.made);
		throw turn.failure ?? failureOf(response.status, await response.text());
	}

	/** Their upload, in the room of their session. */
	async #find({ personId, roomId }: Pick<Sender, 'personId' | 'roomId'>, fileId: FileId) {
		const found = await this.#parts.partials.findOf(personId, fileId);
		return roomId === null || found?.purpose.roomId === roomId ? found : null;
	}

	async #giveUp(fileId: FileId): Promise<void> {
		this.#parts.quota.release(fileId);
		await this.#parts.partials.discard(fileId);
	}

	#name(request: Request): FileId {
		const id = newFileId();
		this.#turnOf(request).made = id;
		return id;
	}

	/** Decides whether the file may be sent, before any byte of it arrives. */
	async #begin(request: Request, upload: Upload): Promise<{ metadata: Upload['metadata'] }> {
		const { access, quota } = this.#parts;
		const { sender, made } = this.#turnOf(request);
		const person = sender.personId;
		const parsed = v.safeParse(statedMetadata, upload.metadata ?? {});
		if (!parsed.success || !made) throw new CodedError('BAD_REQUEST', needed);
		const { roomId, with: other, filename } = parsed.output;
		if (sender.roomId !== null && sender.roomId !== roomId)
			throw new CodedError('NOT_ALLOWED', 'This link only gives access to one room.');
		await access.locate(person, { roomId, with: other });
		await access.checkWords(roomId, filename);
		const sealed = await access.isEncrypted(roomId);
		if (sealed && filename === '') throw new CodedError('ENCRYPTED');
		const own = {
			...{ owner: person, roomId, filename },
			...(other && { with: other }),
			...(sealed && { sealed: 'yes' as const }),
		};
		const partial: PartialUpload = { fileId: made, size: upload.size ?? 0, purpose: own };
		for (const fileId of await quota.reserve(partial, sender.network)) await this.#giveUp(fileId);
		return { metadata: own };
	}

	async #finish(request: Request, { id }: Upload) {
		const { sender } = this.#turnOf(request);
		const found = await this.#parts.partials.find(id);
		const file = found && (await this.#parts.completion.complete(sender.personId, found.fileId));
		if (!file) throw new CodedError('NOT_FOUND');
		const isNew = request.method === 'POST';
		return { status_code: isNew ? 201 : 200, ...finished(file) };
	}

	/** Remembers the failure for `answer`. */
	#note(request: Request, error: Error | { status_code: number; body: string }): undefined {
		const turn = this.#turnOf(request);
		if (error instanceof CodedError) {
			turn.failure = error;
			return;
		}
		// Refusals of the protocol have a status below 500; all others are failed writes.
		const { status_code: status = 500, body = '' } = error as {
			status_code?: number;
			body?: string;
		};
		if (status >= 500) this.#parts.log.error({ err: error }, 'an upload could not be stored');
		turn.failure = failureOf(status, body);
	}

	#turnOf(request: Request): Turn {
		const turn = this.#turns.get(request);
		if (!turn) throw new Error('a request that nobody made');
		return turn;
	}
}

const needed =
	'Upload-Metadata has to name the room (roomId), the file (filename) and, between two, the other (with).';

const finished = (file: FileInfo) => ({
	headers: { 'Content-Type': 'application/json; charset=utf-8' },
	body: JSON.stringify({ ok: true, data: { file } }),
});

/** Turns the protocol's refusals into CodedErrors. */
function failureOf(status: number, said: string): CodedError {
	if (status >= 500) return new CodedError('NOT_SAVED');
	switch (status) {
		case 404:
		case 410:
			return new CodedError('NOT_FOUND');
		case 409:
			return new CodedError(
				'CONFLICT',
				'The upload continues at another offset: ask for it first.',
			);
		case 413:
			return new CodedError('TOO_LARGE', 'The upload is larger than announced.');
		default:
			return new CodedError('BAD_REQUEST', said.trim());
	}
}
