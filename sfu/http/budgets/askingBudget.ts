import type { Response } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { PersonId } from '#shared/ids.ts';
import { addressBlock } from '../../platform/address.ts';
import { spend } from './spend.ts';

/** The budget of a person: points, and the span in seconds. A network has the budget of a hundred people. */
const ofPerson = { points: 300, duration: 5 };
const ofNetwork = { ...ofPerson, points: 100 * ofPerson.points };

/** The budgets of HTTP requests, of each person and of each network, since guests are free to make (CONN-6). */
export class AskingBudget {
	readonly #ofPerson = new RateLimiterMemory(ofPerson);
	readonly #ofNetwork = new RateLimiterMemory(ofNetwork);

	/** @throws {CodedError} TOO_MANY_REQUESTS, with a `Retry-After` header. */
	async spend(personId: PersonId, points: number, response: Response): Promise<void> {
		await spend(this.#ofPerson, personId, points, response);
		const words = 'Your network asked too often. Try again in some seconds.';
		await spend(this.#ofNetwork, networkOf(response), points, response, words);
	}

	/** For a request that turned out to cost more. It is not refused; the next one may be. */
	async charge(personId: PersonId, points: number, response: Response): Promise<void> {
		if (points <= 0) return;
		await this.#ofPerson.penalty(personId, points);
		await this.#ofNetwork.penalty(networkOf(response), points);
	}
}

const networkOf = ({ req }: Response): string => addressBlock(req.ip ?? '');
