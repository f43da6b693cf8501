import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import { addressBlock } from './address.ts';

/** Seconds in which wrong passwords are counted. */
const duration = 600;

/** Where a sign-in comes from. */
export type Origin = {
	/** The address of the network. */
	address: string;
	/** What proves that this account was signed in to with this browser before; null where nothing does. */
	device: string | null;
};

/**
 * How often a wrong password may be tried: from one address, for one name from one address, and for one name from
 * everywhere. Browsers that were signed in to the account before have a budget of their own, so that whoever guesses
 * from many addresses does not keep the owner out.
 */
export class SignInBudgets {
	readonly #ofAddress = new RateLimiterMemory({ points: 30, duration });
	readonly #ofNameThere = new RateLimiterMemory({ points: 5, duration });
	readonly #ofName = new RateLimiterMemory({ points: 100, duration });
	readonly #ofDevice = new RateLimiterMemory({ points: 10, duration });
	readonly #signUps = new RateLimiterMemory({ points: 100, duration });

	/**
	 * Spent before the look, so that tries at the same moment count as well.
	 *
	 * @returns what gives it back where the password was right.
	 * @throws {CodedError} TOO_MANY_REQUESTS.
	 */
	async spend(skeleton: string, { address, device }: Origin): Promise<() => Promise<void>> {
		const place = addressBlock(address);
		const budgets: [RateLimiterMemory, string][] =
			device === null
				? [
						[this.#ofAddress, place],
						[this.#ofNameThere, `${place} ${skeleton}`],
						[this.#ofName, skeleton],
					]
				: [[this.#ofDevice, device]];
		for (const [budget, key] of budgets) await consume(budget, key, wrongPasswords);
		return async () => {
			for (const [budget, key] of budgets) await budget.reward(key);
		};
	}

	/**
	 * New accounts from one address: each costs a slow hash, and a name.
	 *
	 * @throws {CodedError} TOO_MANY_REQUESTS.
	 */
	spendSignUp(address: string): Promise<void> {
		return consume(
			this.#signUps,
			addressBlock(address),
			'Many accounts were made from your network just now. Try again in ten minutes.',
		);
	}
}

const wrongPasswords =
	'Too many wrong passwords. Try again in ten minutes, or from a browser that you have signed in with before.';

/** @param words what whoever has too many is told. */
async function consume(budget: RateLimiterMemory, key: string, words: string): Promise<void> {
	try {
		await budget.consume(key);
	} catch (refusal) {
		if (!(refusal instanceof RateLimiterRes)) throw refusal;
		throw new CodedError('TOO_MANY_REQUESTS', words);
	}
}
