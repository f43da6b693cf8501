import express, { Router } from 'express';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { newTokenId, tokenId, type PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { displayName } from '#shared/text.ts';
import type { Access } from '../chat/access.ts';
import type { TokenInfo, TokenStore } from '../store/store.ts';
import type { Authentication } from './authentication.ts';
import { parsed } from './input.ts';
import { hashOf, newSecret } from './tokenSecret.ts';

const day = 24 * 60 * 60 * 1000;
/** Days until a token ends, where it does. */
const mostDays = 3650;

const newToken = v.object({
	name: v.pipe(displayName, v.maxLength(limits.tokenNameLength)),
	days: v.optional(
		v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostDays))),
		null,
	),
});

/** Personal access tokens: a person makes and revokes them in the pages; a token cannot make another one. */
export function tokenRoutes(
	authentication: Authentication,
	tokens: TokenStore,
	access: Access,
): Router {
	const routes = Router();
	routes.use((request, _response, next) => {
		if (authentication.askerOf(request).by === 'cookie') return next();
		throw new CodedError('NOT_ALLOWED', 'A token cannot manage tokens: do that in the pages.');
	});

	routes.get('/', async (request, response) => {
		const person = authentication.personOf(request);
		response.json({
			ok: true,
			data: { tokens: await access.reading(() => tokens.list(person)) },
		});
	});

	routes.post('/', express.json({ limit: limits.requestBytes }), async (request, response) => {
		const data = await make(authentication.personOf(request), parsed(newToken, request.body));
		response.json({ ok: true, data });
	});

	routes.delete('/:tokenId', async (request, response) => {
		const person = authentication.personOf(request);
		const id = parsed(tokenId, request.params.tokenId);
		if (!(await access.saving(() => tokens.revoke(person, id)))) throw new CodedError('NOT_FOUND');
		response.json({ ok: true, data: {} });
	});

	async function make(person: PersonId, { name, days }: v.InferOutput<typeof newToken>) {
		const secret = newSecret();
		const madeAt = Date.now();
		const expiresAt = days === null ? null : madeAt + days * day;
		const token: TokenInfo = { tokenId: newTokenId(), name, madeAt, usedAt: null, expiresAt };
		await access.saving(() => tokens.add(person, token, hashOf(secret)));
		// The only time that anybody sees it.
		return { token, secret };
	}

	return routes;
}
