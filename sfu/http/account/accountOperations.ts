import * as v from 'valibot';
import { accountRequests } from '#shared/account.ts';
import { tokenId } from '#shared/ids.ts';
import type { Operation } from '../request/operation.ts';
import { newToken } from './tokenRoutes.ts';

const tokenInfo = v.object({
	tokenId,
	name: v.string(),
	madeAt: v.number(),
	usedAt: v.nullable(v.number()),
	expiresAt: v.number(),
	scope: v.picklist(['read', 'write']),
});

/** An operation whose schemas `shared/account.ts` states. */
function account(
	name: keyof typeof accountRequests,
	operation: Pick<Operation, 'summary' | 'access' | 'errors'>,
): Operation {
	const { input, output } = accountRequests[name];
	return { ...operation, data: output, ...(!name.startsWith('GET') && { body: input }) };
}

/** Sessions, accounts and access tokens. */
export const accountOperations: Readonly<Record<string, Operation>> = {
	'GET /api/session': account('GET /api/session', {
		summary: 'Tells who the browser belongs to. A new browser gets a guest and a session cookie.',
		access: 'anyone',
		errors: ['UNAVAILABLE'],
	}),
	'POST /api/session/token': account('POST /api/session/token', {
		summary: 'Opens a session for one room with a token that the site of the operator signed.',
		access: 'anyone',
		errors: [
			'NOT_ALLOWED',
			'BAD_TOKEN',
			'BAD_CLAIM',
			'TOKEN_TOO_EARLY',
			'TOKEN_EXPIRED',
			'TOKEN_USED',
			'SUSPENDED',
			'NOT_SAVED',
			'UNAVAILABLE',
		],
	}),

	'POST /api/account/sign-up': account('POST /api/account/sign-up', {
		summary: 'Turns the guest into an account. The person stays the same.',
		access: 'cookie',
		errors: ['NAME_TAKEN', 'WEAK_PASSWORD', 'CONFLICT'],
	}),
	'POST /api/account/sign-in': account('POST /api/account/sign-in', {
		summary: 'Signs the browser in to an account.',
		access: 'cookie',
		errors: ['WRONG_CREDENTIALS'],
	}),
	'POST /api/account/sign-out': account('POST /api/account/sign-out', {
		summary: 'Ends this session, or all sessions and access tokens of the account.',
		access: 'cookie',
	}),
	'POST /api/account/password': account('POST /api/account/password', {
		summary: 'Changes the password. It ends all other sessions and all access tokens.',
		access: 'cookie',
		errors: ['WRONG_CREDENTIALS', 'WEAK_PASSWORD'],
	}),
	'GET /api/account': account('GET /api/account', {
		summary: 'Tells what the service knows about the account.',
		access: 'cookie',
	}),
	'PATCH /api/account': account('PATCH /api/account', {
		summary: 'Changes the name and the colour.',
		access: 'cookie',
	}),
	'GET /api/account/sessions': account('GET /api/account/sessions', {
		summary: 'Lists the sessions of the account.',
		access: 'cookie',
	}),
	'POST /api/account/sessions/end': account('POST /api/account/sessions/end', {
		summary: 'Ends one session of the account.',
		access: 'cookie',
		errors: ['NOT_FOUND'],
	}),
	'GET /api/account/data': {
		summary: 'Downloads everything that is kept about the person.',
		access: 'cookie',
		content: 'application/json',
	},
	'POST /api/account/delete': account('POST /api/account/delete', {
		summary: 'Deletes the person for good.',
		access: 'cookie',
		errors: ['WRONG_CREDENTIALS'],
	}),
	'GET /api/account/oidc/start': {
		summary:
			'Leads to the OpenID Connect provider. If it cannot be reached, leads to the page for signing in.',
		access: 'anyone',
		query: v.object({ next: v.optional(v.string()), bring: v.optional(v.string()) }),
		status: 303,
	},
	'GET /api/account/oidc/callback': {
		summary: 'Where the OpenID Connect provider sends the browser back to.',
		access: 'anyone',
		status: 303,
	},

	'GET /api/tokens': {
		summary: 'Lists the access tokens of the person. A token cannot list tokens.',
		access: 'cookie',
		data: v.object({ tokens: v.array(tokenInfo) }),
	},
	'POST /api/tokens': {
		summary: 'Makes an access token. The answer is the only place where its secret appears.',
		access: 'cookie',
		body: newToken,
		data: v.object({ token: tokenInfo, secret: v.string() }),
		errors: ['LIMIT_REACHED', 'SIGNED_OUT'],
	},
	'DELETE /api/tokens/:tokenId': {
		summary: 'Revokes an access token.',
		access: 'cookie',
		data: v.object({}),
		errors: ['NOT_FOUND', 'NOT_SAVED'],
	},
};
