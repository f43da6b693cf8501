import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';

/** What one hash costs: 32 MB and some tenths of a second, which makes guessing dear. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const hashLength = 32;
/** Hashes that may wait for their turn. */
const mostWaiting = 100;

/** Wrong passwords of one person for one room, and of all for one room, in ten minutes. */
const triesOfPerson = { points: 5, duration: 600 };
const triesForRoom = { points: 30, duration: 600 };

/** Passwords of rooms: hashed off the event loop, one at a time, and not tried without end. */
export class Passwords {
	readonly #ofPerson = new RateLimiterMemory(triesOfPerson);
	readonly #forRoom = new RateLimiterMemory(triesForRoom);
	/** What a room without a password is compared to, so that the answer takes as long. */
	readonly #nobodys = encode(randomBytes(16), randomBytes(hashLength));
	#turn: Promise<unknown> = Promise.resolve();
	#waiting = 0;

	/** As it is kept: `scrypt`, the parameters, salt and hash. */
	async hash(password: string): Promise<string> {
		const salt = randomBytes(16);
		return encode(salt, await this.#derive(password, salt, cost));
	}

	/**
	 * @param hash null where there is no password: none is right then.
	 * @throws {CodedError} BAD_PASSWORD; TOO_MANY_REQUESTS after too many wrong ones, whatever this one is.
	 */
	async check(
		roomId: RoomId,
		person: PersonId,
		password: string,
		hash: string | null,
	): Promise<void> {
		const key = `${roomId} ${person}`;
		// Spent before the look, so that tries at the same moment count as well.
		await spend(this.#ofPerson, key);
		await spend(this.#forRoom, roomId);
		const { N, r, p, salt, expected } = decode(hash ?? this.#nobodys);
		const found = await this.#derive(password, salt, { ...cost, N, r, p });
		if (!timingSafeEqual(found, expected) || hash === null) throw new CodedError('BAD_PASSWORD');
		await this.#ofPerson.reward(key);
		await this.#forRoom.reward(roomId);
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

async function spend(limiter: RateLimiterMemory, key: string): Promise<void> {
	try {
		await limiter.consume(key);
	} catch (refusal) {
		throw refusal instanceof RateLimiterRes
			? new CodedError('TOO_MANY_REQUESTS', 'Too many wrong passwords. Try again in ten minutes.')
			: refusal;
	}
}
