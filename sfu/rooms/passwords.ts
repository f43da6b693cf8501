import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import { SlowHash } from '../people/slowHash.ts';

/** Wrong passwords of one person for one room, and of all for one room, in ten minutes. */
const triesOfPerson = { points: 5, duration: 600 };
const triesForRoom = { points: 30, duration: 600 };

/** Passwords of rooms, which are not tried without end. */
export class Passwords {
	readonly #ofPerson = new RateLimiterMemory(triesOfPerson);
	readonly #forRoom = new RateLimiterMemory(triesForRoom);
	// Its own, so that nobody who knocks holds up those who sign in.
	readonly #hashes = new SlowHash();

	/** As it is kept. */
	hash(password: string): Promise<string> {
		return this.#hashes.make(password);
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
		if (!(await this.#hashes.fits(password, hash))) throw new CodedError('BAD_PASSWORD');
		await this.#ofPerson.reward(key);
		await this.#forRoom.reward(roomId);
	}
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
