import type { Request, Response } from 'express';
import { CodedError } from '#shared/errors.ts';
import { addressBlock } from '../../platform/address.ts';
import type { Auth } from '../../people/identity/auth.ts';
import type { Visitor } from '../../people/identity/sessionRegistry.ts';
import { spend } from '../budgets/spend.ts';

export type WelcomeParts = Pick<
	Auth,
	'sessionCookies' | 'sessionRegistry' | 'newcomers' | 'signUps'
>;

/**
 * Begins the session of a new guest.
 *
 * @throws {CodedError} TOO_MANY_REQUESTS if too many new guests come from one network, or altogether (ACCOUNT-16).
 */
export async function welcome(
	request: Request,
	response: Response,
	{ sessionCookies, sessionRegistry, newcomers, signUps }: WelcomeParts,
): Promise<Visitor> {
	await spend(
		newcomers.ofNetwork,
		addressBlock(request.ip ?? ''),
		1,
		response,
		'Too many new guests from your network. Try again in a few minutes.',
	);
	await spend(
		newcomers.altogether,
		'',
		1,
		response,
		'Too many new guests right now. Try again in a few minutes.',
	);
	const identity = sessionCookies.newcomer();
	const before = sessionCookies.identify(request.headers.cookie);
	if (before) signUps.followed(before.personId, identity.personId);
	sessionRegistry.addGuest(identity);
	response.append('Set-Cookie', sessionCookies.issue(request, identity));
	return { ...identity, profile: null, roomId: null };
}

/** The same without an error when the budget is spent: the guest gets a session later. */
export async function welcomeIfPossible(
	request: Request,
	response: Response,
	parts: WelcomeParts,
): Promise<void> {
	try {
		await welcome(request, response, parts);
	} catch (error) {
		if (!(error instanceof CodedError)) throw error;
		response.removeHeader('Retry-After');
	}
}
