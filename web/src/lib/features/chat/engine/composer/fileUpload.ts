import type { Upload } from 'tus-js-client';
import type { ChatAddress, FileInfo } from '#shared/chat.ts';
import type { BorderFiles, SealedUpload } from '#lib/connection/serverConnection.ts';
import { loadPart } from '#lib/browser/loadPart.ts';
import { Backoff } from '#lib/connection/backoff.ts';
import { addressOf } from '#lib/browser/ownPaths.ts';
import { fileOf, problemOf, type UploadProblem } from './uploadAnswers.ts';

/** How far a file is on its way. `sent` is in bytes. */
export type UploadProgress =
	| { kind: 'uploading'; sent: number }
	/** The connection is lost. The upload continues where it stopped once it is back. */
	| { kind: 'waiting'; sent: number }
	| { kind: 'done'; file: FileInfo }
	| { kind: 'failed'; problem: string };

/** So much of a sealed file is sent in one request, and is in memory meanwhile, in bytes: whole parts of the file. */
const sealedAtOnce = 64 * (64 * 1024 + 16);

let made = 0;

/** How many times in a row the server may be unable to take the file before the person is told. */
const mostRefusals = 5;

/** Browsers refuse to read a file that has changed since it was chosen, has gone, or is a folder. */
const isReadable = (file: File): Promise<boolean> =>
	file
		.slice(0, 1)
		.arrayBuffer()
		.then(
			() => true,
			() => false,
		);

/**
 * The upload of one file, in as many pieces as the connection makes of it. After a lost connection it is tried again
 * until the person cancels. What the server refuses is reported to the person, and so is a file that cannot be read any more.
 */
export class FileUpload {
	readonly key = `upload-${++made}`;
	readonly file: File;
	readonly #chat: ChatAddress;
	readonly #files: BorderFiles | undefined;
	#sealed: SealedUpload | null = null;
	readonly #watchers = new Set<() => void>();
	readonly #pace = new Backoff({ first: 500, factor: 2, most: 10_000 });
	readonly #abort = new AbortController();
	#progress: UploadProgress = { kind: 'uploading', sent: 0 };
	#upload: Upload | null = null;
	#sent = 0;
	#refusals = 0;
	/** Counts starts, so that what an earlier one still says is not taken for the last. */
	#turn = 0;

	/** @param files of an encrypted room, which seal what is sent. */
	constructor(file: File, chat: ChatAddress, files?: BorderFiles) {
		this.file = file;
		this.#files = files;
		this.#chat = chat;
		const { signal } = this.#abort;
		window.addEventListener('online', () => this.#onOnline(), { signal });
		window.addEventListener('offline', () => this.#onOffline(), { signal });
		void this.#start();
	}

	get progress(): UploadProgress {
		return this.#progress;
	}

	/** Calls back whenever the progress is another. */
	watch(changed: () => void): () => void {
		this.#watchers.add(changed);
		return () => void this.#watchers.delete(changed);
	}

	/** By hand, after it failed. */
	retry(): void {
		if (this.#progress.kind !== 'failed') return;
		this.#refusals = 0;
		// What the server has not begun to take is sealed anew: the key may be another one by now.
		if (!this.#upload?.url) this.#upload = null;
		void this.#start();
	}

	/** Stops the upload, and removes the uploaded part from the server. */
	cancel(): void {
		this.close();
		// If the server does not hear this, it removes the part itself after a while.
		this.#upload?.abort(true).catch(() => undefined);
	}

	/** Stops the upload. The uploaded part stays on the server. */
	close(): void {
		this.#turn++;
		this.#abort.abort();
		this.#pace.cancel();
		if (this.#progress.kind !== 'done') void this.#upload?.abort();
		this.#watchers.clear();
	}

	async #start(): Promise<void> {
		const turn = ++this.#turn;
		this.#pace.cancel();
		this.#tell({ kind: 'uploading', sent: this.#sent });
		try {
			this.#upload ??= await this.#make();
		} catch {
			return this.#onProblem(turn, { kind: 'lost' });
		}
		if (turn === this.#turn) this.#upload.start();
	}

	async #make(): Promise<Upload> {
		const { Upload } = await loadPart(() => import('tus-js-client'));
		const { roomId, with: person } = this.#chat;
		const sealed = (this.#sealed = (await this.#files?.seal(this.file)) ?? null);
		const filename = sealed?.name ?? this.file.name;
		return new Upload(this.file, {
			endpoint: addressOf('/api/files'),
			metadata: { roomId, filename, ...(person ? { with: person } : {}) },
			...(sealed && {
				chunkSize: sealedAtOnce,
				fileReader: { openFile: () => Promise.resolve(sealed.source) },
			}),
			// Tried again here, where it is known whether that makes sense.
			retryDelays: null,
			storeFingerprintForResuming: false,
			onProgress: (sent) => this.#onProgress(sent),
			onSuccess: ({ lastResponse }) => void this.#onSent(this.#turn, lastResponse.getBody()),
			onError: (error) => this.#onProblem(this.#turn, problemOf(error)),
		});
	}

	#onProgress(sent: number): void {
		if (sent > this.#sent) this.#refusals = 0;
		this.#sent = sent;
		if (this.#progress.kind === 'uploading') this.#tell({ kind: 'uploading', sent });
	}

	async #onSent(turn: number, body: string): Promise<void> {
		let found: FileInfo | UploadProblem | null = fileOf(body);
		try {
			// The answer that named the file was lost with a connection: it is requested again.
			if (!found) {
				const answer = await fetch(`${this.#upload?.url}/info`);
				const text = await answer.text();
				found = fileOf(text) ?? problemOf(text, answer.status);
			}
		} catch {
			found = { kind: 'lost' };
		}
		if (turn !== this.#turn) return;
		if ('kind' in found) return this.#onProblem(turn, found);
		this.#abort.abort();
		this.#tell({ kind: 'done', file: this.#sealed?.opened(found) ?? found });
	}

	#onProblem(turn: number, problem: UploadProblem): void {
		if (turn !== this.#turn) return;
		const final =
			problem.kind === 'refused' || (problem.kind === 'busy' && ++this.#refusals > mostRefusals);
		if (final) return this.#tell({ kind: 'failed', problem: problem.problem });
		this.#tell({ kind: 'waiting', sent: this.#sent });
		this.#pace.schedule(() => void this.#start());
		if (problem.kind === 'lost') void this.#checkFile();
	}

	/** An upload does not say whether it was the connection that failed, or the file. */
	async #checkFile(): Promise<void> {
		if ((await isReadable(this.file)) || this.#abort.signal.aborted) return;
		this.#turn++;
		this.#pace.cancel();
		void this.#upload?.abort();
		const problem = 'This file was changed, moved or deleted. Add it again.';
		this.#tell({ kind: 'failed', problem });
	}

	/** The network has changed: a request over the old one may never notice. */
	#onOnline(): void {
		if (this.#progress.kind === 'failed') return;
		this.#pace.reset();
		void this.#upload?.abort();
		void this.#start();
	}

	#onOffline(): void {
		if (this.#progress.kind !== 'uploading') return;
		void this.#upload?.abort();
		this.#onProblem(this.#turn, { kind: 'lost' });
	}

	#tell(progress: UploadProgress): void {
		this.#progress = progress;
		for (const changed of [...this.#watchers]) changed();
	}
}
