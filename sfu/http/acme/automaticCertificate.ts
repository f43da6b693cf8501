import { X509Certificate } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Server } from 'node:https';
import { axios, Client, crypto } from 'acme-client';
import { generate } from 'selfsigned';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import type { Certificate } from '../certificate.ts';
import { AcmeFiles } from './acmeFiles.ts';
import { ChallengeServer } from './challengeServer.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
/** How long before its end a certificate is renewed, in ms; at most a third of its time. */
const renewBefore = 30 * day;
/** Authorities allow few failures in an hour. */
const retryPauses = { first: 5 * minute, factor: 2, most: 12 * hour };
/** The longest time until the clock is looked at again, in ms: the machine may sleep. */
const maxCheckInterval = 6 * hour;

type AcmeSettings = Config['http']['acme'];

/** How long an answer of the authority may take, in ms. */
const requestTimeout = 30_000;
axios.defaults.timeout = requestTimeout;

/**
 * A certificate from an authority that speaks ACME (RFC 8555), such as Let's Encrypt, which is renewed in time. `renewed` brings
 * the next one. Until the first one is there, `current` is one that browsers do not trust.
 */
export class AutomaticCertificate extends EventEmitter<{ renewed: [Certificate] }> {
	readonly #settings: AcmeSettings;
	readonly #domains: readonly [string, ...string[]];
	readonly #address: string;
	readonly #files: AcmeFiles;
	readonly #challenges: ChallengeServer;
	readonly #log: Log;
	#current: Certificate;
	/** Whether the authority has given the current one. */
	#isGiven: boolean;
	#failures = 0;
	#timer: NodeJS.Timeout | undefined;
	#isClosed = false;

	private constructor(
		settings: AcmeSettings,
		domains: readonly [string, ...string[]],
		address: string,
		files: AcmeFiles,
		log: Log,
		kept: Certificate | null,
		standIn: Certificate,
	) {
		super();
		this.#settings = settings;
		this.#domains = domains;
		this.#address = address;
		this.#files = files;
		this.#log = log;
		this.#challenges = new ChallengeServer(domains);
		this.#isGiven = kept !== null;
		this.#current = kept ?? standIn;
	}

	/** @param acme with one domain at least. */
	static async of(
		{ acme, address }: Pick<Config['http'], 'acme' | 'address'>,
		dataDir: string,
		log: Log,
	): Promise<AutomaticCertificate> {
		const [first = '', ...more] = acme.domains.map((domain) => domain.toLowerCase());
		const files = new AcmeFiles(dataDir);
		const domains = [first, ...more] as const;
		const kept = files.certificate(domains);
		return new AutomaticCertificate(acme, domains, address, files, log, kept, await standIn(first));
	}

	/** The newest certificate. */
	get current(): Certificate {
		return this.#current;
	}

	/**
	 * Listens for the authority, and looks after the certificate from now on.
	 *
	 * @throws {StartError} where the port is not to be had.
	 */
	async start(): Promise<void> {
		await this.#challenges.listen(this.#settings.port, this.#address);
		this.#wait(this.#isGiven ? renewalAfter(this.#current.cert) : Date.now());
	}

	/** Has a server of HTTPS show each new certificate. */
	serveBy(server: object): void {
		if (server instanceof Server) this.on('renewed', (next) => server.setSecureContext(next));
	}

	close(): void {
		this.#isClosed = true;
		clearTimeout(this.#timer);
		this.#challenges.close();
		this.removeAllListeners();
	}

	/** @param until when it is renewed, in ms since 1970. */
	#wait(until: number): void {
		if (this.#isClosed) return;
		const left = Math.max(0, until - Date.now());
		this.#timer = setTimeout(
			() => (left > maxCheckInterval ? this.#wait(until) : void this.#renew()),
			Math.min(left, maxCheckInterval),
		);
	}

	async #renew(): Promise<void> {
		try {
			const next = await this.#order();
			if (this.#isClosed) return;
			this.#files.keep(next);
			this.#files.failure = null;
			this.#failures = 0;
			this.#current = next;
			this.#isGiven = true;
			this.emit('renewed', next);
			const until = new X509Certificate(next.cert).validTo;
			this.#log.info({ domains: this.#domains, until }, 'there is a new certificate');
			this.#wait(renewalAfter(next.cert));
		} catch (error) {
			if (!this.#isClosed) this.#onFailure(error);
		}
	}

	#onFailure(error: unknown): void {
		const { first, factor, most } = retryPauses;
		const wait = Math.min(most, first * factor ** this.#failures++) * (1 + Math.random() / 4);
		const [at, next] = [Date.now(), Date.now() + wait];
		const reason = reasonOf(error);
		this.#files.failure = { at, next, reason };
		const about = { domains: this.#domains, reason, minutes: Math.round(wait / minute) };
		this.#log.error(
			about,
			this.#isGiven
				? 'the certificate could not be renewed, and the old one goes on: it is tried again'
				: 'there is no certificate that browsers trust: it is tried again. The name has to lead to this machine, and port 80 of it to http.acme.port',
		);
		this.#wait(next);
	}

	async #order(): Promise<Certificate> {
		const { directory, contact } = this.#settings;
		const accountKey = (this.#files.accountKey ??= String(await crypto.createPrivateEcdsaKey()));
		// The client loses the reason where there is no connection.
		await (await fetch(directory, { signal: AbortSignal.timeout(requestTimeout) })).arrayBuffer();
		// An authority that knows the key gives the account that it has.
		const client = new Client({ directoryUrl: directory, accountKey });
		const [commonName, ...altNames] = this.#domains;
		const key = await crypto.createPrivateEcdsaKey();
		const [, csr] = await crypto.createCsr(
			{ commonName, altNames: [commonName, ...altNames] },
			key,
		);
		const cert = await client.auto({
			csr,
			...(contact !== '' && { email: contact }),
			termsOfServiceAgreed: true,
			challengePriority: ['http-01'],
			// The name may lead here from outside only.
			skipChallengeVerification: true,
			challengeCreateFn: async (_authorization, { token }, answer) =>
				this.#challenges.answer(token, answer),
			challengeRemoveFn: async (_authorization, { token }) => this.#challenges.forget(token),
		});
		return { cert, key: String(key) };
	}
}

/** When to renew, in ms since 1970: a while before the end, and not all services at the same moment. */
export function renewalAfter(pem: string): number {
	const { validFromDate, validToDate } = new X509Certificate(pem);
	const time = validToDate.getTime() - validFromDate.getTime();
	const before = Math.min(renewBefore, time / 3);
	return validToDate.getTime() - before - (Math.random() * before) / 30;
}

/** The authority says it in several lines; a connection that was refused has only a code. */
function reasonOf(error: unknown): string {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	const { code, message = '' } = cause as Partial<Error> & { code?: unknown };
	const words = message || String(code ?? error);
	return words.replaceAll(/\s+/g, ' ').slice(0, 500);
}

/** What is served until the authority has given a certificate. */
async function standIn(name: string): Promise<Certificate> {
	const made = await generate([{ name: 'commonName', value: name }], {
		keyType: 'ec',
		curve: 'P-256',
		extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
	});
	return { cert: made.cert, key: made.private };
}
