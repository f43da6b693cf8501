import { RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import { addressBlock } from '../../platform/address.ts';
import { ownBudget, type Budget, type MakeBudget } from '../../platform/budget.ts';

/** How long wrong passwords are counted, in seconds. */
const duration = 600;

/** The origin of a sign-in. */
export type Origin = {
	/** Its address. */
	address: string;
	/** The browser's proof that this account was signed in to with it before; null if there is none. */
	device: string | null;
};

/**
 * Bounds wrong passwords: from one address, for one name from one address, and for one name from all addresses.
 * Browsers that were signed in to the account before have a budget of their own, so that an attacker with many
 * addresses does not lock the owner out.
 */
export class SignInBudgets {
	readonly #ofAddress: Budget;
	readonly #ofNameThere: Budget;
	readonly #ofName: Budget;
	readonly #ofDevice: Budget;
	readonly #signUps: Budget;

	constructor(make: MakeBudget = ownBudget) {
		this.#ofAddress = make('sign-ins-of-address', { points: 30, duration });
		this.#ofNameThere = make('sign-ins-of-name-there', { points: 5, duration });
		this.#ofName = make('sign-ins-of-name', { points: 100, duration });
		this.#ofDevice = make('sign-ins-of-device', { points: 10, duration });
		this.#signUps = make('sign-ups', { points: 100, duration });
	}

	/**
	 * Spent before the check, so that attempts at the same moment count as well.
	 *
	 * @returns a function that refunds the points of a right password.
	 * @throws {CodedError} TOO_MANY_REQUESTS.
	 */
	async spend(skeleton: string, { address, device }: Origin): Promise<() => Promise<void>> {
		const place = addressBlock(address);
		const budgets: [Budget, string][] =
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
	 * Bounds new accounts from one address: each costs a slow hash and a name.
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

/** @param words the message when the budget is spent. */
async function consume(budget: Budget, key: string, words: string): Promise<void> {
	try {
		await budget.consume(key);
	} catch (refusal) {
		if (!(refusal instanceof RateLimiterRes)) throw refusal;
		throw new CodedError('TOO_MANY_REQUESTS', words);
	}
}
