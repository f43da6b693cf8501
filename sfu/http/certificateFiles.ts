import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Server } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import { checkPair, unreadable, type Certificate } from './certificate.ts';

/** How often the files are looked at, in ms. */
const lookEvery = 2_000;

/** What a look at the files found: a certificate with its key, or why they cannot be read. */
type Found = Certificate | { reason: string };

/**
 * The files of `http.certificate` and `http.key`, which are looked at again and again, since programs that renew them write them in
 * many ways: over the old ones, beside them and then moved, or behind symbolic links. What two looks in a row found is served, so
 * that files which are being written are not. Where it cannot be used, the old certificate goes on.
 */
export class CertificateFiles {
	readonly #files: Pick<Config['http'], 'certificate' | 'key'>;
	readonly #log: Log;
	readonly #every: number;
	/** What the last look found, and what was last decided on. */
	#found: Found;
	#decided: Found;
	#served: Certificate;
	#server: Server | null = null;
	#timer: NodeJS.Timeout | undefined;
	#isClosed = false;

	/**
	 * @param current what the files had at the start.
	 * @param every how often they are looked at, in ms. Only tests set it.
	 */
	constructor(
		files: Pick<Config['http'], 'certificate' | 'key'>,
		current: Certificate,
		log: Log,
		every = lookEvery,
	) {
		this.#files = files;
		this.#log = log;
		this.#every = every;
		this.#found = current;
		this.#decided = current;
		this.#served = current;
	}

	/** Has a server of HTTPS show each new certificate to new connections. */
	serveBy(server: object): void {
		if (server instanceof Server) this.#server = server;
	}

	/** Looks at the files from now on. */
	start(): void {
		if (this.#isClosed) return;
		this.#timer = setTimeout(
			() => void this.#look().finally(() => this.start()),
			this.#every,
		).unref();
	}

	close(): void {
		this.#isClosed = true;
		clearTimeout(this.#timer);
	}

	/** Never rejects. */
	async #look(): Promise<void> {
		const before = this.#found;
		this.#found = await this.#read();
		const isSteady = isDeepStrictEqual(this.#found, before);
		if (this.#isClosed || !isSteady || isDeepStrictEqual(this.#found, this.#decided)) return;
		this.#decided = this.#found;
		if (isDeepStrictEqual(this.#found, this.#served)) return;
		if ('reason' in this.#found) this.#refuse(this.#found.reason);
		else this.#serve(this.#found);
	}

	#serve(next: Certificate): void {
		try {
			checkPair(next, (words) => this.#log.warn(words));
			this.#server?.setSecureContext(next);
		} catch (error) {
			this.#refuse(error instanceof Error ? error.message : String(error));
			return;
		}
		this.#served = next;
		const until = new X509Certificate(next.cert).validTo;
		this.#log.info({ until }, 'the certificate was replaced, and is served from now on');
	}

	#refuse(reason: string): void {
		this.#log.error(
			{ reason },
			'the new certificate cannot be used, and the old one goes on: correct the files',
		);
	}

	async #read(): Promise<Found> {
		const { certificate, key } = this.#files;
		const [cert, ownKey] = await Promise.all([
			readFile(certificate, 'utf8').catch((error: unknown) =>
				unreadable('http.certificate', certificate, error),
			),
			readFile(key, 'utf8').catch((error: unknown) => unreadable('http.key', key, error)),
		]);
		if (typeof cert !== 'string') return { reason: cert.message };
		if (typeof ownKey !== 'string') return { reason: ownKey.message };
		return { cert, key: ownKey };
	}
}
