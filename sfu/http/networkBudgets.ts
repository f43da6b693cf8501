import type { Request, RequestHandler } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Config } from '../config.ts';
import { addressBlock } from '../people/address.ts';
import type { Sessions } from '../people/session.ts';
import { spend } from './spend.ts';
import { isSecret } from './tokenSecret.ts';

type Bounds = Pick<Config['limits'], 'requestsPerAddress'>;

/** What those of one network may ask for who have no session: budgets by person do not count for people who cost nothing. */
export class NetworkBudgets {
	readonly #requests: RateLimiterMemory;
	readonly #sessions: Pick<Sessions, 'identify'>;

	constructor(bounds: Bounds, sessions: Pick<Sessions, 'identify'>) {
		this.#requests = new RateLimiterMemory({ points: bounds.requestsPerAddress, duration: 60 });
		this.#sessions = sessions;
	}

	/** Counts requests without a session. Those with a token are counted by it, or as failures. */
	readonly anonymous: RequestHandler = async (request, response, next) => {
		if (this.#sessions.identify(request.headers.cookie) || hasToken(request)) return next();
		const words = 'Your network asked too often. Try again in a minute.';
		await spend(this.#requests, addressBlock(request.ip ?? ''), 1, response, words);
		next();
	};
}

const hasToken = ({ headers }: Request): boolean =>
	isSecret(/^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '');
