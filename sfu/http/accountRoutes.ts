import express, { Router, type Request, type RequestHandler } from 'express';
import { accountRequests } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import { limits } from '#shared/limits.ts';
import type { Access } from '../chat/access.ts';
import type { Accounts, SignedIn } from '../people/accounts.ts';
import type { Departures } from '../people/departures.ts';
import { foreignPage, type OwnPages } from '../people/origin.ts';
import type { Standings } from '../people/standings.ts';
import type { Visitor } from '../people/visitors.ts';
import type { AccountStore } from '../store/accountStore.ts';
import { accountData } from './accountData.ts';
import type { Authentication } from './authentication.ts';
import { browserOf, remember } from './browser.ts';
import { parsed } from './input.ts';
import { welcomeIfPossible, type WelcomeParts } from './welcome.ts';

export type AccountParts = WelcomeParts & {
	ownPages: OwnPages;
	accounts: Accounts;
	standings: Standings;
	departures: Departures;
	store: AccountStore;
	access: Access;
};

/** Accounts, as their own people see them. Whoever is suspended may still go and take their data along. */
export function accountRoutes(parts: AccountParts, authentication: Authentication): Router {
	const { sessions, visitors, accounts, standings, departures, store, access } = parts;
	const routes = Router();
	routes.use(express.json({ limit: limits.requestBytes }), careful(parts));

	/** Answers with who one is now, in the new session. */
	const settle = async (
		request: Request,
		response: Parameters<RequestHandler>[1],
		{ identity, settled }: SignedIn,
	) => {
		remember(request, response, sessions, identity);
		const profile = await access.reading(() => store.profile(identity.personId));
		response.once('finish', settled);
		response.json({
			ok: true,
			data: standings.selfOf({ ...identity, profile, roomId: null }),
		});
	};

	routes.post('/sign-up', async (request, response) => {
		const { input } = accountRequests['POST /api/account/sign-up'];
		const { userName, password, name } = parsed(input, request.body);
		const visitor = await visitorOf(request, parts);
		await authentication.budget(visitor.personId, 10, response);
		const account = { userName, password, name: name ?? null };
		const signedIn = await accounts.signUp(visitor, account, browserOf(request, sessions));
		await settle(request, response, signedIn);
	});

	routes.post('/sign-in', async (request, response) => {
		const { input } = accountRequests['POST /api/account/sign-in'];
		const credentials = parsed(input, request.body);
		const visitor = await visitors.of(request.headers.cookie);
		const signedIn = await accounts.signIn(visitor, credentials, browserOf(request, sessions));
		await settle(request, response, signedIn);
	});

	routes.post('/sign-out', async (request, response) => {
		const { input } = accountRequests['POST /api/account/sign-out'];
		const { everywhere } = parsed(input, request.body);
		await accounts.signOut(await visitorOf(request, parts), everywhere);
		await welcomeIfPossible(request, response, parts);
		response.json({ ok: true, data: {} });
	});

	routes.post('/password', async (request, response) => {
		const { input } = accountRequests['POST /api/account/password'];
		const passwords = parsed(input, request.body);
		const visitor = await visitorOf(request, parts);
		await accounts.changePassword(visitor, passwords, request.ip ?? '');
		response.json({ ok: true, data: {} });
	});

	routes
		.route('/')
		.get(async (request, response) => {
			const visitor = await visitorOf(request, parts);
			await authentication.budget(visitor.personId, 5, response);
			const { personId } = visitor;
			const data = await access.reading(async () => ({
				...standings.selfOf(visitor),
				hasPassword: (await store.passwordHash(personId)) !== null,
				hasProvider: await store.hasIdentity(personId),
				...(await store.belongings(personId)),
			}));
			response.json({ ok: true, data });
		})
		.patch(async (request, response) => {
			const { input } = accountRequests['PATCH /api/account'];
			const change = parsed(input, request.body);
			const visitor = await visitorOf(request, parts);
			await authentication.budget(visitor.personId, 5, response);
			await accounts.setProfile(visitor, change);
			const profile = await access.reading(() => store.profile(visitor.personId));
			response.json({ ok: true, data: standings.selfOf({ ...visitor, profile }) });
		});

	routes.get('/sessions', async (request, response) => {
		const visitor = await visitorOf(request, parts);
		response.json({ ok: true, data: { sessions: await accounts.sessions(visitor) } });
	});

	routes.post('/sessions/end', async (request, response) => {
		const { input } = accountRequests['POST /api/account/sessions/end'];
		const { sessionId } = parsed(input, request.body);
		await accounts.endSession(await visitorOf(request, parts), sessionId);
		response.json({ ok: true, data: {} });
	});

	routes.get('/data', async (request, response) => {
		const visitor = await visitorOf(request, parts);
		await authentication.budget(visitor.personId, 20, response);
		await accountData(visitor, store, access, response);
	});

	routes.post('/delete', async (request, response) => {
		const { input } = accountRequests['POST /api/account/delete'];
		const { password, messages } = parsed(input, request.body);
		const visitor = await visitorOf(request, parts);
		await accounts.checkPassword(visitor, password, request.ip ?? '');
		await departures.remove(visitor, messages);
		await welcomeIfPossible(request, response, parts);
		response.json({ ok: true, data: {} });
	});

	return routes;
}

/** Somebody whose account, or lack of one, this is about. */
async function visitorOf(request: Request, { visitors }: AccountParts): Promise<Visitor> {
	const visitor = await visitors.of(request.headers.cookie);
	if (!visitor) throw new CodedError('UNAUTHENTICATED');
	if (visitor.roomId !== null)
		throw new CodedError(
			'NOT_ALLOWED',
			'This visit is for one room only: accounts are not part of it.',
		);
	return visitor;
}

/** Cookies come along wherever a request was made: what changes something has to be made by our pages. */
function careful({ ownPages }: AccountParts): RequestHandler {
	return (request, response, next) => {
		response.setHeader('Cache-Control', 'no-store');
		if (request.method === 'GET' || ownPages.allow(request)) return next();
		throw new CodedError('NOT_ALLOWED', foreignPage);
	};
}
