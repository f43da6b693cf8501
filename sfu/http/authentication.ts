import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { roomId, type PersonId, type RoomId } from '#shared/ids.ts';
import type { Access } from '../chat/access.ts';
import { filesPath } from '../files/files.ts';
import { addressBlock } from '../people/address.ts';
import { foreignPage, type OwnPages } from '../people/origin.ts';
import { checkLimit, type Entry } from '../people/entry.ts';
import type { Visitor, Visitors } from '../people/visitors.ts';
import type { AccountStore } from '../store/accountStore.ts';
import type { TokenStore } from '../store/store.ts';
import { AskingBudget } from './askingBudget.ts';
import { spend } from './spend.ts';
import { hashOf, isSecret } from './tokenSecret.ts';

/** Who asks, and how they said so. */
export type Asker = (Visitor & { by: 'cookie' }) | (Omit<Visitor, 'sessionId'> & { by: 'token' });

/** Wrong tokens that may come from one network: enough for mistakes, not for guesses. */
const failuresAllowed = { points: 20, duration: 60 };

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

type Parts = {
	ownPages: OwnPages;
	visitors: Visitors;
	entry: Entry;
	tokens: TokenStore;
	accounts: Pick<AccountStore, 'profile'>;
	access: Access;
};

/**
 * Says who asks: by a personal access token, or by the session cookie of our own pages. A token that is wrong is
 * refused even where the cookie would do, so that nobody acts as somebody else by mistake.
 */
export class Authentication {
	readonly #parts: Parts;
	readonly #askers = new WeakMap<IncomingMessage, Asker>();
	readonly #budget = new AskingBudget();
	readonly #failures = new RateLimiterMemory(failuresAllowed);

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Lets through those who are somebody, as often as they may. */
	readonly required: RequestHandler = async (request, response, next) => {
		response.setHeader('Cache-Control', 'no-store');
		// An empty one is a token too, and a wrong one.
		const bearer = /^Bearer\b(.*)$/i.exec(request.headers.authorization ?? '')?.[1];
		const asker =
			bearer === undefined
				? await this.#byCookie(request)
				: await this.#byToken(bearer.trim(), request, response);
		this.#parts.entry.check(asker);
		await this.#budget.spend(asker.personId, 1, response);
		this.#askers.set(request, asker);
		next();
	};

	/** For what costs the service more than a look. Comes after `required`. */
	costs(points: number): RequestHandler {
		return async (request, response, next) => {
			await this.budget(this.personOf(request), points - 1, response);
			next();
		};
	}

	/** @throws {CodedError} TOO_MANY_REQUESTS where somebody asks too often. */
	budget(personId: PersonId, points: number, response: Response): Promise<void> {
		return this.#budget.spend(personId, points, response);
	}

	/** For what turned out to cost more. Nothing is refused now: the next request may be. */
	charge(personId: PersonId, points: number, response: Response): Promise<void> {
		return this.#budget.charge(personId, points, response);
	}

	/** Who sent a request that was let through. */
	askerOf(request: IncomingMessage): Asker {
		const asker = this.#askers.get(request);
		if (!asker) throw new Error('nobody was asked who sent this request');
		return asker;
	}

	personOf(request: IncomingMessage): PersonId {
		return this.askerOf(request).personId;
	}

	async #byCookie(request: Request): Promise<Asker> {
		const { visitors, ownPages } = this.#parts;
		const visitor = await visitors.of(request.headers.cookie);
		if (!visitor) throw new CodedError('UNAUTHENTICATED');
		// A cookie comes along wherever a request was made: what changes something has to be made by our pages.
		if (!reading.has(request.method) && !ownPages.allow(request))
			throw new CodedError('NOT_ALLOWED', foreignPage);
		// Files are given to those who may read them, wherever they lie.
		if (!request.originalUrl.startsWith(filesPath))
			checkLimit(visitor.roomId, roomIn(request.originalUrl));
		return { ...visitor, by: 'cookie' };
	}

	async #byToken(secret: string, request: Request, response: Response): Promise<Asker> {
		const { tokens, access } = this.#parts;
		const token = isSecret(secret)
			? await access.reading(() => tokens.use(hashOf(secret), Date.now()))
			: null;
		if (token) {
			const { personId, scope } = token;
			if (scope === 'read' && !reading.has(request.method))
				throw new CodedError('NOT_ALLOWED', 'This access token may only read.');
			const profile = await access.reading(() => this.#parts.accounts.profile(personId));
			return { personId, profile, roomId: null, by: 'token' };
		}
		// Only what is wrong counts: others behind the same address go on.
		await spend(this.#failures, addressBlock(request.ip ?? ''), 1, response);
		throw new CodedError('UNAUTHENTICATED', 'The access token is not valid, or not any more.');
	}
}

/** The room that an address is about, if any. */
function roomIn(url: string): RoomId | null {
	const named = /^\/api\/rooms\/([^/?]+)/.exec(url)?.[1];
	const found = v.safeParse(roomId, named);
	return found.success ? found.output : null;
}
