import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Certificate } from '../certificate.ts';

/** The last attempt that failed; times in ms since 1970. */
const failure = v.object({ at: v.number(), next: v.number(), reason: v.string() });
export type AcmeFailure = v.InferOutput<typeof failure>;

/** What the service keeps of its automatic certificate: in the data folder, readable by its user alone. */
export class AcmeFiles {
	readonly #folder: string;

	constructor(dataDir: string) {
		this.#folder = join(dataDir, 'acme');
	}

	/** The certificate; null if there is none, or it does not name all of these domains. */
	certificate(domains: readonly string[]): Certificate | null {
		const both = this.#read('certificate.pem');
		const begin = both?.indexOf('-----BEGIN CERTIFICATE') ?? -1;
		if (both === null || begin === -1) return null;
		const [key, cert] = [both.slice(0, begin), both.slice(begin)];
		try {
			const parsed = new X509Certificate(cert);
			const fits = domains.every((domain) => parsed.checkHost(domain) !== undefined);
			return fits && parsed.checkPrivateKey(createPrivateKey(key)) ? { cert, key } : null;
		} catch {
			// It is damaged: a new one is made.
			return null;
		}
	}

	/** In one file: a certificate without its key is none. */
	keep({ cert, key }: Certificate): void {
		this.#write('certificate.pem', `${key.trim()}\n${cert}`);
	}

	/** The key of the account. */
	get accountKey(): string | null {
		return this.#read('account-key.pem');
	}

	set accountKey(key: string) {
		this.#write('account-key.pem', key);
	}

	/** Why there is no new certificate; null where the last attempt went well. */
	get failure(): AcmeFailure | null {
		try {
			return v.parse(v.nullable(failure), JSON.parse(this.#read('failure.json') ?? 'null'));
		} catch {
			// It is damaged: the next attempt says more.
			return null;
		}
	}

	set failure(last: AcmeFailure | null) {
		if (last !== null || this.failure !== null) this.#write('failure.json', JSON.stringify(last));
	}

	#read(name: string): string | null {
		const file = join(this.#folder, name);
		return existsSync(file) ? readFileSync(file, 'utf8') : null;
	}

	/** A crash leaves the file that was there. */
	#write(name: string, content: string): void {
		mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
		const file = join(this.#folder, name);
		writeFileSync(`${file}.new`, content, { mode: 0o600 });
		renameSync(`${file}.new`, file);
	}
}
