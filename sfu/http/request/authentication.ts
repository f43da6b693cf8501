import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { roomId, type PersonId, type RoomId } from '#shared/ids.ts';
import type { Access } from '../../chat/access.ts';
import { filesPath } from '../../files/files.ts';
import { addressBlock } from '../../platform/address.ts';
import type { Budget } from '../../platform/budget.ts';
import { foreignPage, type OwnPages } from '../../platform/origin.ts';
import { checkLimit, type AccessPolicy } from '../../people/identity/accessPolicy.ts';
import type { Visitor, SessionRegistry } from '../../people/identity/sessionRegistry.ts';
import type { AccountStore } from '../../store/api/accountStore.ts';
import type { TokenStore } from '../../store/api/store.ts';
import { AskingBudget } from '../budgets/askingBudget.ts';
import { spend } from '../budgets/spend.ts';
import { hashOf, isSecret } from '../../people/identity/tokenSecret.ts';

/** The person who asks, and how they authenticated. */
export type Asker = (Visitor & { by: 'cookie' }) | (Omit<Visitor, 'sessionId'> & { by: 'token' });

const readMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

type Parts = {
	ownPages: OwnPages;
	sessionRegistry: SessionRegistry;
	accessPolicy: AccessPolicy;
	tokens: TokenStore;
	accounts: Pick<AccountStore, 'profile'>;
	access: Access;
	/** The budget of wrong tokens, by network. */
	wrongTokens: Budget;
};

/**
 * Authenticates requests by a personal access token, or by the session cookie of our own pages. A wrong token is
 * refused even if the cookie is valid, so that nobody acts as another person by mistake.
 */
export class Authentication {
	readonly #parts: Parts;
	readonly #askers = new WeakMap<IncomingMessage, Asker>();
	readonly #budget = new AskingBudget();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Lets authenticated requests through, within the person's budget. */
	readonly required: RequestHandler = async (request, response, next) => {
		response.setHeader('Cache-Control', 'no-store');
		// An empty token is a wrong token.
		const bearer = /^Bearer\b(.*)$/i.exec(request.headers.authorization ?? '')?.[1];
		const asker =
			bearer === undefined
				? await this.#byCookie(request)
				: await this.#byToken(bearer.trim(), request, response);
		this.#parts.accessPolicy.check(asker);
		await this.#budget.spend(asker.personId, 1, response);
		this.#askers.set(request, asker);
		next();
	};

	/** For requests that cost more than a simple read. Comes after `required`. */
	costs(points: number): RequestHandler {
		return async (request, response, next) => {
			await this.budget(this.personOf(request), points - 1, response);
			next();
		};
	}

	/** @throws {CodedError} TOO_MANY_REQUESTS if the budget is spent. */
	budget(personId: PersonId, points: number, response: Response): Promise<void> {
		return this.#budget.spend(personId, points, response);
	}

	/** For a request that turned out to cost more. It is not refused; the next one may be. */
	charge(personId: PersonId, points: number, response: Response): Promise<void> {
		return this.#budget.charge(personId, points, response);
	}

	/** The asker of a request that `required` let through. */
	askerOf(request: IncomingMessage): Asker {
		const asker = this.#askers.get(request);
		if (!asker) throw new Error('nobody was asked who sent this request');
		return asker;
	}

	personOf(request: IncomingMessage): PersonId {
		return this.askerOf(request).personId;
	}

	async #byCookie(request: Request): Promise<Asker> {
		const { sessionRegistry, ownPages } = this.#parts;
		const visitor = await sessionRegistry.asking(request.headers);
		if (!visitor) throw new CodedError('UNAUTHENTICATED');
		// Browsers send the cookie with requests of other sites too, so a change must come from our own pages.
		if (!readMethods.has(request.method) && !ownPages.allow(request))
			throw new CodedError('NOT_ALLOWED', foreignPage);
		// Files may be fetched from pages of any origin by people who may read them.
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
			if (scope === 'read' && !readMethods.has(request.method))
				throw new CodedError('NOT_ALLOWED', 'This access token is read-only.');
			const profile = await access.reading(() => this.#parts.accounts.profile(personId));
			return { personId, profile, roomId: null, by: 'token' };
		}
		// Only wrong tokens count, so that other people behind the same address are not affected.
		await spend(this.#parts.wrongTokens, addressBlock(request.ip ?? ''), 1, response);
		throw new CodedError('UNAUTHENTICATED', 'The access token is invalid or has expired.');
	}
}

/** The room that an address names, if any. */
function roomIn(url: string): RoomId | null {
	const named = /^\/api\/rooms\/([^/?]+)/.exec(url)?.[1];
	const found = v.safeParse(roomId, named);
	return found.success ? found.output : null;
}
