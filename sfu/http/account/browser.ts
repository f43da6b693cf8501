import type { Request, Response } from 'express';
import type { Browser } from '../../people/identity/accounts.ts';
import type { Identity, SessionCookies } from '../../people/identity/sessionCookies.ts';

/** What is known of the browser that sent a request. */
export function browserOf(request: Request, sessionCookies: SessionCookies): Browser {
	return {
		address: request.ip ?? '',
		device: request.headers['user-agent'] ?? '',
		known: sessionCookies.deviceOf(request.headers.cookie),
	};
}

/** Gives a browser the session of a person who signed in, and marks the browser as theirs. */
export function remember(
	{ secure }: Request,
	response: Response,
	sessionCookies: SessionCookies,
	identity: Identity,
): void {
	response.append('Set-Cookie', sessionCookies.issue({ secure }, identity));
	response.append('Set-Cookie', sessionCookies.issueDevice({ secure }, identity.personId));
}
