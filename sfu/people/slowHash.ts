import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { CodedError } from '#shared/errors.ts';

/** What one hash costs: 32 MB and some tenths of a second, which makes guessing dear. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const hashLength = 32;
/** Hashes that may wait for their turn, and how many of them new ones may find: signing in goes on where many sign up. */
const mostWaiting = 100;
const mostBefore = 20;

/** Hashes of passwords: made off the event loop and one at a time, so that calls go on whoever guesses. */
export class SlowHash {
	/** What is compared to where there is no password, so that the answer takes as long. */
	readonly #nobodys = encode(randomBytes(16), randomBytes(hashLength));
	#turn: Promise<unknown> = Promise.resolve();
	#waiting = 0;

	/**
	 * As it is kept: `scrypt`, the parameters, salt and hash.
	 *
	 * @throws {CodedError} TOO_MANY_REQUESTS where too many wait.
	 */
	async make(password: string): Promise<string> {
		if (this.#waiting >= mostBefore) throw new CodedError('TOO_MANY_REQUESTS');
		const salt = randomBytes(16);
		return encode(salt, await this.#derive(password, salt, cost));
	}

	/**
	 * Whether this is the password of the hash; none is where there is no hash, which takes as long to say.
	 *
	 * @throws {CodedError} TOO_MANY_REQUESTS where too many wait.
	 */
	async fits(password: string, hash: string | null): Promise<boolean> {
		const { N, r, p, salt, expected } = decode(hash ?? this.#nobodys);
		const found = await this.#derive(password, salt, { ...cost, N, r, p });
		return timingSafeEqual(found, expected) && hash !== null;
	}

	#derive(password: string, salt: Buffer, options: typeof cost): Promise<Buffer> {
		if (this.#waiting >= mostWaiting) return Promise.reject(new CodedError('TOO_MANY_REQUESTS'));
		this.#waiting++;
		const derived = this.#turn.then(
			() =>
				new Promise<Buffer>((resolve, reject) => {
					// The same letters may be typed in two ways.
					scrypt(password.normalize('NFC'), salt, hashLength, options, (error, key) =>
						error ? reject(error) : resolve(key),
					);
				}),
		);
		this.#turn = derived.then(
			() => this.#waiting--,
			() => this.#waiting--,
		);
		return derived;
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
