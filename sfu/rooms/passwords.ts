import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import { SlowHash } from '../people/slowHash.ts';

const duration = 600;
const askHost = 'Ask a host to let you in, or try again in ten minutes.';

/**
 * Passwords of rooms, which are not tried without end. Wrong ones of ten minutes are counted for a room by person and by
 * network before they count for the room, so that nobody alone closes a room to others.
 */
export class Passwords {
	readonly #ofPerson = new RateLimiterMemory({ points: 5, duration });
	readonly #ofNetwork = new RateLimiterMemory({ points: 15, duration });
	readonly #forRoom = new RateLimiterMemory({ points: 100, duration });
	// Its own, so that nobody who knocks holds up those who sign in.
	readonly #hashes = new SlowHash();

	/**
	 * As it is kept.
	 *
	 * @param network that it comes from.
	 */
	hash(password: string, network: string): Promise<string> {
		return this.#hashes.make(password, network);
	}

	/**
	 * @param hash null where there is no password, which everybody in the lobby knows: none is right then.
	 * @throws {CodedError} BAD_PASSWORD; TOO_MANY_REQUESTS after too many wrong ones, whatever this one is.
	 */
	async check(
		roomId: RoomId,
		{ personId, network }: { personId: PersonId; network: string },
		password: string,
		hash: string | null,
	): Promise<void> {
		if (hash === null) throw new CodedError('BAD_PASSWORD', 'This room has no password.');
		// Spent before the look, so that tries at the same moment count as well.
		const budgets: [RateLimiterMemory, string, string][] = [
			[this.#ofPerson, `${roomId} ${personId}`, `Too many wrong passwords. ${askHost}`],
			[
				this.#ofNetwork,
				`${roomId} ${network}`,
				`Too many wrong passwords from your network. ${askHost}`,
			],
			[this.#forRoom, roomId, `Too many wrong passwords were tried here. ${askHost}`],
		];
		for (const [limiter, key, words] of budgets) await spend(limiter, key, words);
		if (!(await this.#hashes.fits(password, hash, network))) throw new CodedError('BAD_PASSWORD');
		for (const [limiter, key] of budgets) await limiter.reward(key);
	}
}

async function spend(limiter: RateLimiterMemory, key: string, words: string): Promise<void> {
	try {
		await limiter.consume(key);
	} catch (refusal) {
		throw refusal instanceof RateLimiterRes ? new CodedError('TOO_MANY_REQUESTS', words) : refusal;
	}
}
