import type { Request, Response } from 'express';
import type { Browser } from '../people/accounts.ts';
import type { Identity, Sessions } from '../people/session.ts';

/** What is known of the browser that sent a request. */
export function browserOf(request: Request, sessions: Sessions): Browser {
	return {
		address: request.ip ?? '',
		device: request.headers['user-agent'] ?? '',
		known: sessions.deviceOf(request.headers.cookie),
	};
}

/** Gives a browser the session of somebody who has signed in, and marks it as theirs. */
export function remember(
	{ secure }: Request,
	response: Response,
	sessions: Sessions,
	identity: Identity,
): void {
	response.append('Set-Cookie', sessions.issue({ secure }, identity));
	response.append('Set-Cookie', sessions.issueDevice({ secure }, identity.personId));
}
