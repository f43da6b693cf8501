import type { Request, Response } from 'express';
import { CodedError } from '#shared/errors.ts';
import { addressBlock } from '../people/address.ts';
import type { Community } from '../people/community.ts';
import type { Visitor } from '../people/visitors.ts';
import { spend } from './spend.ts';

export type WelcomeParts = Pick<Community, 'sessions' | 'visitors' | 'newcomers'>;

/**
 * Gives somebody new a session.
 *
 * @throws {CodedError} TOO_MANY_REQUESTS where too many new ones come from one network, or altogether (R225).
 */
export async function welcome(
	request: Request,
	response: Response,
	{ sessions, visitors, newcomers }: WelcomeParts,
): Promise<Visitor> {
	await spend(
		newcomers.ofNetwork,
		addressBlock(request.ip ?? ''),
		1,
		response,
		'Too many new guests came from your network just now. Try again in a few minutes.',
	);
	await spend(
		newcomers.altogether,
		'',
		1,
		response,
		'Too many new guests came just now. Try again in a few minutes.',
	);
	const identity = sessions.newcomer();
	visitors.welcome(identity);
	response.append('Set-Cookie', sessions.issue(request, identity));
	return { ...identity, profile: null, roomId: null };
}

/** The same where it is no matter if the network has no new guest left: they get a session later, or none. */
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
