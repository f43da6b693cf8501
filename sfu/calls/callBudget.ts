import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';

/** Calls that a person may make in a minute: altogether, and to one other. */
const altogether = { points: 20, duration: 60 };
const toOne = { points: 6, duration: 60 };

/** Keeps people from being called without end. */
export class CallBudget {
	readonly #altogether = new RateLimiterMemory(altogether);
	readonly #toOne = new RateLimiterMemory(toOne);

	/** @throws {CodedError} TOO_MANY_REQUESTS. */
	async spend(caller: PersonId, callee: PersonId): Promise<void> {
		try {
			await this.#altogether.consume(caller);
			await this.#toOne.consume(`${caller} ${callee}`);
		} catch (refusal) {
			if (!(refusal instanceof RateLimiterRes)) throw refusal;
			throw new CodedError('TOO_MANY_REQUESTS', 'You called very often. Wait a minute.');
		}
	}
}
