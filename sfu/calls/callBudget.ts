import { RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Budget, MakeBudget } from '../platform/budget.ts';

/** Calls that a person may make in a minute: altogether, and to one callee. */
const altogether = { points: 20, duration: 60 };
const toOne = { points: 6, duration: 60 };
/** Calls to one person in ten minutes, by all people together who are not their contacts. */
const ofStrangers = { points: 10, duration: 600 };

/** Bounds how often people call and are called. */
export class CallBudget {
	readonly #altogether: Budget;
	readonly #toOne: Budget;
	readonly #ofStrangers: Budget;

	constructor(make: MakeBudget) {
		this.#altogether = make('calls-of-person', altogether);
		this.#toOne = make('calls-to-one', toOne);
		this.#ofStrangers = make('calls-of-strangers', ofStrangers);
	}

	/** @throws {CodedError} TOO_MANY_REQUESTS. */
	async spend(caller: PersonId, callee: PersonId): Promise<void> {
		const words = 'You called very often. Wait a minute.';
		await consume(this.#altogether, caller, words);
		await consume(this.#toOne, `${caller} ${callee}`, words);
	}

	/**
	 * For a caller who is not a contact of the callee.
	 *
	 * @throws {CodedError} TOO_MANY_REQUESTS.
	 */
	spendOfStrangers(callee: PersonId): Promise<void> {
		const words = 'People who are no contacts called there very often. Try again in ten minutes.';
		return consume(this.#ofStrangers, callee, words);
	}
}

async function consume(limiter: Budget, key: string, words: string): Promise<void> {
	try {
		await limiter.consume(key);
	} catch (refusal) {
		throw refusal instanceof RateLimiterRes ? new CodedError('TOO_MANY_REQUESTS', words) : refusal;
	}
}
