import type { Response } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { PersonId } from '#shared/ids.ts';
import { addressBlock } from '../people/address.ts';
import { spend } from './spend.ts';

/** What a person may ask for in each span of time: points, and seconds. A network may as much as a hundred people. */
const ofPerson = { points: 300, duration: 5 };
const ofNetwork = { ...ofPerson, points: 100 * ofPerson.points };

/** What people may ask for over HTTP, each and from one network together: guests cost nothing (R6). */
export class AskingBudget {
	readonly #ofPerson = new RateLimiterMemory(ofPerson);
	readonly #ofNetwork = new RateLimiterMemory(ofNetwork);

	/** @throws {CodedError} TOO_MANY_REQUESTS, with a `Retry-After` header. */
	async spend(personId: PersonId, points: number, response: Response): Promise<void> {
		await spend(this.#ofPerson, personId, points, response);
		const words = 'Your network asked too often. Try again in some seconds.';
		await spend(this.#ofNetwork, networkOf(response), points, response, words);
	}

	/** For what turned out to cost more. Nothing is refused now: the next request may be. */
	async charge(personId: PersonId, points: number, response: Response): Promise<void> {
		if (points <= 0) return;
		await this.#ofPerson.penalty(personId, points);
		await this.#ofNetwork.penalty(networkOf(response), points);
	}
}

const networkOf = ({ req }: Response): string => addressBlock(req.ip ?? '');
