import express, { Router, type Request, type RequestHandler } from 'express';
import { accountRequests } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import type { SessionId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Access } from '../../chat/access.ts';
import type { Accounts, SignedIn } from '../../people/identity/accounts.ts';
import type { AccountRemoval } from '../../people/identity/accountRemoval.ts';
import { foreignPage, type OwnPages } from '../../platform/origin.ts';
import type { AccountStatus } from '../../people/identity/accountStatus.ts';
import type { Visitor } from '../../people/identity/sessionRegistry.ts';
import type { AccountStore } from '../../store/api/accountStore.ts';
import { accountData } from './accountData.ts';
import type { Authentication } from '../request/authentication.ts';
import { browserOf, remember } from './browser.ts';
import { parsed } from '../request/input.ts';
import { welcomeIfPossible, type WelcomeParts } from '../request/welcome.ts';

export type AccountParts = WelcomeParts & {
	ownPages: OwnPages;
	accounts: Accounts;
	accountStatus: AccountStatus;
	accountRemoval: AccountRemoval;
	store: AccountStore;
	access: Access;
	/** Those of these sessions of which a page is connected now. */
	connectedAmong: (sessionIds: SessionId[]) => Promise<SessionId[]>;
};

/** People's requests about their own account. A suspended person may still delete it and download their data. */
export function accountRoutes(parts: AccountParts, authentication: Authentication): Router {
	const {
		sessionCookies,
		sessionRegistry,
		accounts,
		accountStatus,
		accountRemoval,
		store,
		access,
		connectedAmong,
	} = parts;
	const routes = Router();
	routes.use(express.json({ limit: limits.requestBytes }), refuseForeignPages(parts));

	/** Answers with the person's profile in the new session. */
	const settle = async (
		request: Request,
		response: Parameters<RequestHandler>[1],
		{ identity, settled }: SignedIn,
	) => {
		remember(request, response, sessionCookies, identity);
		const profile = await access.reading(() => store.profile(identity.personId));
		response.once('finish', settled);
		response.json({
			ok: true,
			data: accountStatus.selfOf({ ...identity, profile, roomId: null }),
		});
	};

	routes.post('/sign-up', async (request, response) => {
		const { input } = accountRequests['POST /api/account/sign-up'];
		const { userName, password, name } = parsed(input, request.body);
		const account = { userName, password, name: name ?? null };
		const browser = browserOf(request, sessionCookies);
		const before = await sessionRegistry.of(request.headers.cookie);
		const guest = sessionCookies.identify(request.headers.cookie)?.personId ?? null;
		const again = await accounts.signUpAgain(guest, before, account, browser);
		if (again) return settle(request, response, again);
		const visitor = await visitorOf(request, parts);
		await authentication.budget(visitor.personId, 10, response);
		await settle(request, response, await accounts.signUp(visitor, account, browser));
	});

	routes.post('/sign-in', async (request, response) => {
		const { input } = accountRequests['POST /api/account/sign-in'];
		const credentials = parsed(input, request.body);
		const visitor = await sessionRegistry.of(request.headers.cookie);
		const signedIn = await accounts.signIn(
			visitor,
			credentials,
			browserOf(request, sessionCookies),
		);
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
				...accountStatus.selfOf(visitor),
				hasPassword: (await store.passwordHash(personId)) !== null,
				hasProvider: await store.hasIdentity(personId),
				...(await store.ownedCounts(personId)),
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
			response.json({ ok: true, data: accountStatus.selfOf({ ...visitor, profile }) });
		});

	routes.get('/sessions', async (request, response) => {
		const visitor = await visitorOf(request, parts);
		const listed = await accounts.sessions(visitor);
		const connected = await connectedAmong(listed.map(({ sessionId }) => sessionId));
		const sessions = listed.map((session) => ({
			...session,
			active: session.current || connected.includes(session.sessionId),
		}));
		response.json({ ok: true, data: { sessions } });
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
		await accountRemoval.remove(visitor, messages);
		await welcomeIfPossible(request, response, parts);
		response.json({ ok: true, data: {} });
	});

	return routes;
}

/** The visitor whom the request is about. */
async function visitorOf(request: Request, { sessionRegistry }: AccountParts): Promise<Visitor> {
	const visitor = await sessionRegistry.asking(request.headers);
	if (!visitor) throw new CodedError('UNAUTHENTICATED');
	if (visitor.roomId !== null)
		throw new CodedError(
			'NOT_ALLOWED',
			"This link only gives access to one room, so accounts aren't available.",
		);
	return visitor;
}

/** Browsers send cookies with requests of other sites too, so a change must come from our own pages. */
function refuseForeignPages({ ownPages }: AccountParts): RequestHandler {
	return (request, response, next) => {
		response.setHeader('Cache-Control', 'no-store');
		if (request.method === 'GET' || ownPages.allow(request)) return next();
		throw new CodedError('NOT_ALLOWED', foreignPage);
	};
}
