import express, { Router } from 'express';
import { accountRequests } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import { visitAt } from '#shared/visit.ts';
import type { AccessPolicy } from '../../people/identity/accessPolicy.ts';
import type { Invitations } from '../../people/identity/invitations.ts';
import { foreignPage, type OwnPages } from '../../platform/origin.ts';
import type { Config } from '../../platform/config.ts';
import type { AccountStatus } from '../../people/identity/accountStatus.ts';
import { parsed } from '../request/input.ts';
import type { Welcome } from '../pages/pages.ts';
import { welcome, welcomeIfPossible, type WelcomeParts } from '../request/welcome.ts';

type Parts = WelcomeParts & {
	ownPages: OwnPages;
	accountStatus: AccountStatus;
	accessPolicy: AccessPolicy;
	invitations: Invitations;
	/** The name of the operator's identity provider; null if there is none. */
	provider: string | null;
	/** The operator's own pages, which the first page links to. */
	site: Config['site'];
};

/** Sessions: tells pages who the person is, and makes new guests. */
export function sessionRoutes(parts: Parts): Router {
	const {
		ownPages,
		sessionCookies,
		sessionRegistry,
		accountStatus,
		accessPolicy,
		invitations,
		provider,
		site,
	} = parts;
	const links = { privacy: site.privacyUrl || null, imprint: site.imprintUrl || null };
	const routes = Router();

	routes.get('/', async (request, response) => {
		response.setHeader('Cache-Control', 'no-store');
		const visitor = await sessionRegistry.asking(request.headers);
		const known = visitor ?? (await welcome(request, response, parts));
		// Renews the cookie. A visitor's cookie ends with the visit.
		if (visitor && visitor.roomId === null)
			response.append('Set-Cookie', sessionCookies.issue(request, visitor));
		const { required } = accessPolicy;
		const data = { ...accountStatus.selfOf(known), required, provider, links };
		response.json({ ok: true, data });
	});

	routes.post('/token', express.json({ limit: 16_384 }), async (request, response) => {
		response.setHeader('Cache-Control', 'no-store');
		if (!ownPages.allow(request)) throw new CodedError('NOT_ALLOWED', foreignPage);
		const { input } = accountRequests['POST /api/session/token'];
		const { token, roomId, framed } = parsed(input, request.body);
		const before = await sessionRegistry.of(request.headers.cookie);
		const device = request.headers['user-agent'] ?? '';
		const { identity, name, seconds } = await invitations.accept(token, roomId, before, device);
		const way = { secure: request.secure, framed };
		const { cookie, referer } = request.headers;
		if (visitAt(referer) === roomId)
			for (const one of sessionCookies.issueVisit(way, identity, roomId, cookie, seconds))
				response.append('Set-Cookie', one);
		else {
			// This browser does not say which page a request comes from: all of its pages visit the room.
			response.append('Set-Cookie', sessionCookies.issue(way, identity, Date.now(), seconds));
			// A visitor keeps their own session for after the visit.
			if (before && before.roomId === null)
				response.append('Set-Cookie', sessionCookies.issueOwn(way, before));
		}
		response.json({ ok: true, data: { personId: identity.personId, name } });
	});

	return routes;
}

/**
 * A guest gets a session with the first page, so that the socket can use it. A visitor who opens another page is the
 * person they were before the visit (ACCOUNT-10).
 */
export function welcomePages(parts: WelcomeParts): Welcome {
	const { sessionCookies, sessionRegistry } = parts;
	return async (request, response) => {
		const { cookie } = request.headers;
		try {
			const own = await sessionRegistry.of(cookie);
			// Within a page of another site the browser keeps the cookie of the visit only.
			const visitor = own ?? (await sessionRegistry.at(visitAt(request.originalUrl), cookie));
			if (!visitor) await welcomeIfPossible(request, response, parts);
			else if (visitor.roomId !== null && !isPageOf(visitor.roomId, request.path)) {
				const before = sessionCookies.ownOf(cookie);
				if (before) response.append('Set-Cookie', sessionCookies.issue(request, before));
				else await welcomeIfPossible(request, response, parts);
				response.append('Set-Cookie', sessionCookies.issueOwn(request, null));
			}
		} catch (error) {
			// Pages are served even if the database is away: they ask for the session again and show the answer.
			if (!(error instanceof CodedError)) throw error;
		}
	};
}

const isPageOf = (roomId: string, path: string): boolean =>
	new RegExp(`^/room/${roomId}(?:/|$)`, 'i').test(path);
