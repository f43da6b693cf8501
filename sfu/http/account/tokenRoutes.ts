import express, { Router, type Request } from 'express';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { newTokenId, tokenId, type PersonId, type SessionId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { displayName } from '#shared/text.ts';
import type { Access } from '../../chat/access.ts';
import type { TokenInfo, TokenStore } from '../../store/api/store.ts';
import type { Authentication } from '../request/authentication.ts';
import { parsed } from '../request/input.ts';
import { hashOf, newSecret } from '../../people/identity/tokenSecret.ts';

const day = 24 * 60 * 60 * 1000;
const { most, usual } = limits.tokenDays;
const wrongDays = `must be a whole number of days from 1 to ${most}`;

export const newToken = v.object({
	name: v.pipe(displayName, v.maxLength(limits.tokenNameLength)),
	/** How many days until it ends. */
	days: v.optional(
		v.pipe(
			v.number(wrongDays),
			v.integer(wrongDays),
			v.minValue(1, wrongDays),
			v.maxValue(most, wrongDays),
		),
		usual,
	),
	scope: v.optional(v.picklist(['read', 'write'], 'must be "read" or "write"'), 'write'),
});

/**
 * Personal access tokens: a person makes and revokes them in the pages; a token cannot make another one.
 *
 * @param revoked is given the person whose token was revoked.
 */
export function tokenRoutes(
	authentication: Authentication,
	tokens: TokenStore,
	access: Access,
	revoked: (person: PersonId) => void,
): Router {
	const routes = Router();
	const ownerOf = (request: Request) => {
		const asker = authentication.askerOf(request);
		if (asker.by === 'cookie') return asker;
		throw new CodedError('NOT_ALLOWED', "Tokens can't manage tokens. Use the settings page.");
	};

	routes.get('/', async (request, response) => {
		const { personId } = ownerOf(request);
		response.json({
			ok: true,
			data: { tokens: await access.reading(() => tokens.list(personId)) },
		});
	});

	routes.post('/', express.json({ limit: limits.requestBytes }), async (request, response) => {
		const { personId, sessionId } = ownerOf(request);
		const data = await make(personId, sessionId, parsed(newToken, request.body));
		response.json({ ok: true, data });
	});

	routes.delete('/:tokenId', async (request, response) => {
		const { personId } = ownerOf(request);
		const id = parsed(tokenId, request.params.tokenId);
		if (!(await access.saving(() => tokens.revoke(personId, id))))
			throw new CodedError('NOT_FOUND');
		revoked(personId);
		response.json({ ok: true, data: {} });
	});

	async function make(
		person: PersonId,
		by: SessionId,
		{ name, days, scope }: v.InferOutput<typeof newToken>,
	) {
		const secret = newSecret();
		const madeAt = Date.now();
		const token: TokenInfo = {
			tokenId: newTokenId(),
			name,
			scope,
			madeAt,
			usedAt: null,
			expiresAt: madeAt + days * day,
		};
		await access.saving(() => tokens.add(person, token, hashOf(secret), by));
		// The only answer that contains the secret.
		return { token, secret };
	}

	return routes;
}
