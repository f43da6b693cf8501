import { Ended } from './exits.ts';

/** How long an answer may take before the run, in ms. */
const patience = 10_000;
/** How often the service is asked whether it lives during a run, in ms. */
const pulse = 1000;
/** For how long a service may refuse connections, and for how long it may leave all questions open, in ms. */
const silence = { refusing: 3000, mute: 20_000 } as const;

/** What Node says of a certificate that it does not trust. */
const distrust =
	/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS_CERT_ALTNAME_INVALID/;

const codeOf = (error: unknown): string => {
	const { cause } = error instanceof Error ? error : new Error();
	if (cause instanceof AggregateError) return codeOf(new Error('', { cause: cause.errors[0] }));
	if (!(cause instanceof Error)) return String(error);
	return 'code' in cause ? String(cause.code) : cause.message;
};

/** @throws {Ended} where no Parley service answers there, it is not trusted, or takes no calls. */
export async function greet(url: string): Promise<void> {
	const health = await ask(url, '/healthz');
	if (health.status !== 200 || health.text !== 'ok\n')
		throw new Ended(
			'unreachable',
			`There is no Parley service at ${url}: it answers /healthz with ${health.status}.`,
		);
	const ready = await ask(url, '/readyz');
	if (ready.status === 503)
		throw new Ended('full', `The service at ${url} takes no calls: ${ready.text.trim()}.`);
}

async function ask(url: string, path: string): Promise<{ status: number; text: string }> {
	try {
		const response = await fetch(url + path, { signal: AbortSignal.timeout(patience) });
		return { status: response.status, text: await response.text() };
	} catch (error) {
		const code = codeOf(error);
		if (distrust.test(code))
			throw new Ended(
				'untrusted',
				`The certificate of ${url} is not trusted (${code}); NODE_EXTRA_CA_CERTS=FILE names one that is.`,
			);
		throw new Ended('unreachable', `Nobody answers at ${url} (${code}).`);
	}
}

/** Watches whether the service lives. A slow one does; one that refuses connections for three seconds does not. */
export class Pulse {
	readonly #url: string;
	readonly #died = Promise.withResolvers<void>();
	#timer: ReturnType<typeof setTimeout> | null = null;
	#heard = performance.now();
	#over = false;

	constructor(url: string) {
		this.#url = url;
		this.#schedule();
	}

	/** Resolves when the service is gone. */
	get died(): Promise<void> {
		return this.#died.promise;
	}

	stop(): void {
		this.#over = true;
		if (this.#timer !== null) clearTimeout(this.#timer);
	}

	#schedule(): void {
		if (!this.#over) this.#timer = setTimeout(() => void this.#feel(), pulse);
	}

	async #feel(): Promise<void> {
		let mute = false;
		try {
			const signal = AbortSignal.timeout(silence.mute);
			await (await fetch(`${this.#url}/healthz`, { signal })).arrayBuffer();
			this.#heard = performance.now();
		} catch (error) {
			mute = error instanceof Error && error.name === 'TimeoutError';
		}
		const quiet = performance.now() - this.#heard;
		if (quiet >= (mute ? silence.mute : silence.refusing)) this.#died.resolve();
		else this.#schedule();
	}
}
