import express, { Router } from 'express';
import { accountRequests } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import type { Entry } from '../people/entry.ts';
import type { Invitations } from '../people/invitations.ts';
import { foreignPage, type OwnPages } from '../people/origin.ts';
import type { Standings } from '../people/standings.ts';
import { parsed } from './input.ts';
import type { Welcome } from './pages.ts';
import { welcome, welcomeIfPossible, type WelcomeParts } from './welcome.ts';

type Parts = WelcomeParts & {
	ownPages: OwnPages;
	standings: Standings;
	entry: Entry;
	invitations: Invitations;
	/** What the operator's identity provider is called; null where there is none. */
	provider: string | null;
};

/** Who somebody is: told to their pages, and given to those who are new. */
export function sessionRoutes(parts: Parts): Router {
	const { ownPages, sessions, visitors, standings, entry, invitations, provider } = parts;
	const routes = Router();

	routes.get('/', async (request, response) => {
		response.setHeader('Cache-Control', 'no-store');
		const visitor = await visitors.of(request.headers.cookie);
		const known = visitor ?? (await welcome(request, response, parts));
		// The cookie lasts on; one that is for a visit ends with it.
		if (visitor && visitor.roomId === null)
			response.append('Set-Cookie', sessions.issue(request, visitor));
		const data = { ...standings.selfOf(known), required: entry.required, provider };
		response.json({ ok: true, data });
	});

	routes.post('/token', express.json({ limit: 16_384 }), async (request, response) => {
		response.setHeader('Cache-Control', 'no-store');
		if (!ownPages.allow(request)) throw new CodedError('NOT_ALLOWED', foreignPage);
		const { input } = accountRequests['POST /api/session/token'];
		const { token, roomId, framed } = parsed(input, request.body);
		const before = await visitors.of(request.headers.cookie);
		const device = request.headers['user-agent'] ?? '';
		const { identity, name, seconds } = await invitations.accept(token, roomId, before, device);
		const way = { secure: request.secure, framed };
		response.append('Set-Cookie', sessions.issue(way, identity, Date.now(), seconds));
		// Who visits goes on to be who they were when they leave the room.
		if (before && before.roomId === null)
			response.append('Set-Cookie', sessions.issueOwn(way, before));
		response.json({ ok: true, data: { personId: identity.personId, name } });
	});

	return routes;
}

/**
 * A guest gets their session with the first page, so that the socket finds it there. Whoever visited a room by
 * another application's token and opens another page is who they were before (R79).
 */
export function welcomePages(parts: WelcomeParts): Welcome {
	const { sessions, visitors } = parts;
	return async (request, response) => {
		const { cookie } = request.headers;
		try {
			const visitor = await visitors.of(cookie);
			if (!visitor) await welcomeIfPossible(request, response, parts);
			else if (visitor.roomId !== null && !isPageOf(visitor.roomId, request.path)) {
				const own = sessions.ownOf(cookie);
				if (own) response.append('Set-Cookie', sessions.issue(request, own));
				else await welcomeIfPossible(request, response, parts);
				response.append('Set-Cookie', sessions.issueOwn(request, null));
			}
		} catch (error) {
			// Pages are shown also where the database is away: they ask for the session again, and say what they are answered.
			if (!(error instanceof CodedError)) throw error;
		}
	};
}

const isPageOf = (roomId: string, path: string): boolean =>
	new RegExp(`^/room/${roomId}(?:/|$)`, 'i').test(path);
