import { RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import { ownBudget, type Budget, type MakeBudget } from '../platform/budget.ts';
import { SlowHash, type HashCost } from '../platform/slowHash.ts';

const duration = 600;
const askHost = 'Ask a host to let you in, or try again in ten minutes.';

/**
 * Checks passwords of rooms, with bounded attempts. Wrong attempts of ten minutes are counted for a room by person and
 * by network before they count for the room, so that no single person closes a room to others.
 */
export class Passwords {
	readonly #ofPerson: Budget;
	readonly #ofNetwork: Budget;
	readonly #forRoom: Budget;
	// Its own, so that knocks do not hold up sign-ins.
	readonly #hashes: SlowHash;

	/** @param cost of each hash. Only tests make it lower. */
	constructor(cost?: HashCost, make: MakeBudget = ownBudget) {
		this.#ofPerson = make('room-passwords-of-person', { points: 5, duration });
		this.#ofNetwork = make('room-passwords-of-network', { points: 15, duration });
		this.#forRoom = make('room-passwords', { points: 100, duration });
		this.#hashes = new SlowHash(cost);
	}

	/**
	 * The stored form of a password.
	 *
	 * @param network that the request comes from.
	 */
	hash(password: string, network: string): Promise<string> {
		return this.#hashes.make(password, network);
	}

	/**
	 * @param hash null if the room has no password, which the lobby knows: no password is right then.
	 * @throws {CodedError} BAD_PASSWORD; TOO_MANY_REQUESTS after too many wrong ones, whether this one is right or not.
	 */
	async check(
		roomId: RoomId,
		{ personId, network }: { personId: PersonId; network: string },
		password: string,
		hash: string | null,
	): Promise<void> {
		if (hash === null) throw new CodedError('BAD_PASSWORD', 'This room has no password.');
		// Spent before the check, so that attempts at the same moment count as well.
		const budgets: [Budget, string, string][] = [
			[this.#ofPerson, `${roomId} ${personId}`, `Too many wrong passwords. ${askHost}`],
			[
				this.#ofNetwork,
				`${roomId} ${network}`,
				`Too many wrong passwords from your network. ${askHost}`,
			],
			[this.#forRoom, roomId, `Too many wrong passwords were tried here. ${askHost}`],
		];
		for (const [limiter, key, words] of budgets) await spend(limiter, key, words);
		if (!(await this.#hashes.matches(password, hash, network)))
			throw new CodedError('BAD_PASSWORD');
		for (const [limiter, key] of budgets) await limiter.reward(key);
	}
}

async function spend(limiter: Budget, key: string, words: string): Promise<void> {
	try {
		await limiter.consume(key);
	} catch (refusal) {
		throw refusal instanceof RateLimiterRes ? new CodedError('TOO_MANY_REQUESTS', words) : refusal;
	}
}
