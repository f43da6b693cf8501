import type { Request, RequestHandler } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { visitAt } from '#shared/visit.ts';
import type { Config } from '../../platform/config.ts';
import { addressBlock } from '../../platform/address.ts';
import type { SessionCookies } from '../../people/identity/sessionCookies.ts';
import { spend } from './spend.ts';
import { isSecret } from '../../people/identity/tokenSecret.ts';

type Bounds = Pick<Config['limits'], 'requestsPerAddress'>;

/** Budgets of networks for requests without a session, which budgets by person cannot bound. */
export class NetworkBudgets {
	readonly #requests: RateLimiterMemory;
	readonly #sessions: Pick<SessionCookies, 'identify' | 'visitOf'>;

	constructor(bounds: Bounds, sessions: Pick<SessionCookies, 'identify' | 'visitOf'>) {
		this.#requests = new RateLimiterMemory({ points: bounds.requestsPerAddress, duration: 60 });
		this.#sessions = sessions;
	}

	/** Counts requests without a session. Requests with a token count by the token, or as failures. */
	readonly anonymous: RequestHandler = async (request, response, next) => {
		if (this.#hasSession(request) || hasToken(request)) return next();
		const words = 'Your network asked too often. Try again in a minute.';
		await spend(this.#requests, addressBlock(request.ip ?? ''), 1, response, words);
		next();
	};

	#hasSession({ headers: { cookie, referer } }: Request): boolean {
		const visit = visitAt(referer);
		const visiting = visit && this.#sessions.visitOf(cookie, visit);
		return Boolean(visiting ?? this.#sessions.identify(cookie));
	}
}

const hasToken = ({ headers }: Request): boolean =>
	isSecret(/^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '');
