import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { CodedError } from '#shared/errors.ts';

/** What one hash costs: 32 MB and some tenths of a second, which makes guessing dear. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const hashLength = 32;
/** Hashes that may wait for their turn, altogether and of one network. */
const mostWaiting = { altogether: 300, ofNetwork: 50 };
/** How many of them new ones may find: signing in goes on where many sign up. */
const mostBeforeNew = { altogether: 200, ofNetwork: 20 };

/**
 * Hashes of passwords: made off the event loop and one at a time, so that calls go on whoever guesses. Networks take
 * turns, so that nobody waits for all that another network asked for.
 */
export class SlowHash {
	/** What is compared to where there is no password, so that the answer takes as long. */
	readonly #nobodys = encode(randomBytes(16), randomBytes(hashLength));
	/** What waits, by network: the one whose turn it is comes first. */
	readonly #lines = new Map<string, (() => Promise<void>)[]>();
	#waiting = 0;
	#busy = false;

	/**
	 * As it is kept: `scrypt`, the parameters, salt and hash.
	 *
	 * @param network whose turn it takes; empty where that is not known.
	 * @throws {CodedError} TOO_MANY_REQUESTS where too many wait.
	 */
	async make(password: string, network = ''): Promise<string> {
		if (!this.#hasRoom(network, mostBeforeNew)) throw new CodedError('TOO_MANY_REQUESTS');
		const salt = randomBytes(16);
		return encode(salt, await this.#derive(password, salt, cost, network));
	}

	/**
	 * Whether this is the password of the hash; none is where there is no hash, which takes as long to say.
	 *
	 * @param network whose turn it takes; empty where that is not known.
	 * @throws {CodedError} TOO_MANY_REQUESTS where too many wait.
	 */
	async fits(password: string, hash: string | null, network = ''): Promise<boolean> {
		const { N, r, p, salt, expected } = decode(hash ?? this.#nobodys);
		const found = await this.#derive(password, salt, { ...cost, N, r, p }, network);
		return timingSafeEqual(found, expected) && hash !== null;
	}

	#hasRoom(network: string, most: typeof mostWaiting): boolean {
		const ofNetwork = this.#lines.get(network)?.length ?? 0;
		return this.#waiting < most.altogether && ofNetwork < most.ofNetwork;
	}

	#derive(password: string, salt: Buffer, options: typeof cost, network: string): Promise<Buffer> {
		if (!this.#hasRoom(network, mostWaiting))
			return Promise.reject(new CodedError('TOO_MANY_REQUESTS'));
		const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
		const work = () =>
			new Promise<Buffer>((done, failed) => {
				// The same letters may be typed in two ways.
				scrypt(password.normalize('NFC'), salt, hashLength, options, (error, key) =>
					error ? failed(error) : done(key),
				);
			}).then(resolve, reject);
		const line = this.#lines.get(network);
		if (line) line.push(work);
		else this.#lines.set(network, [work]);
		this.#waiting++;
		void this.#next();
		return promise;
	}

	async #next(): Promise<void> {
		const [first] = this.#lines;
		if (this.#busy || !first) return;
		const [network, [work, ...others]] = first;
		// To the end, if more of it waits.
		this.#lines.delete(network);
		if (others.length > 0) this.#lines.set(network, others);
		this.#waiting--;
		this.#busy = true;
		await work?.();
		this.#busy = false;
		void this.#next();
	}
}

function encode(salt: Buffer, hash: Buffer): string {
	const { N, r, p } = cost;
	return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

function decode(text: string) {
	const [, N, r, p, salt = '', hash = ''] = text.split('$');
	return {
		N: Number(N),
		r: Number(r),
		p: Number(p),
		salt: Buffer.from(salt, 'base64url'),
		expected: Buffer.from(hash, 'base64url'),
	};
}
