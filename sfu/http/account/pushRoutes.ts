import express, { Router, type Request } from 'express';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RingId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { pushRequests } from '#shared/push.ts';
import type { Access } from '../../chat/access.ts';
import type { PushStore } from '../../store/api/pushStore.ts';
import type { Authentication } from '../request/authentication.ts';
import { parsed } from '../request/input.ts';

export type PushParts = {
	/** The public key by which the service proves itself to push services; null if push is switched off. */
	key: string | null;
	pushes: PushStore;
	access: Access;
	/** @throws {CodedError} NOT_FOUND if no such call rings for this person. */
	decline(person: PersonId, ringId: RingId): Promise<void> | void;
};

/** Notifications without an open page: a browser says where they go, and answers calls from them. */
export function pushRoutes(authentication: Authentication, parts: PushParts): Router {
	const { key, pushes, access, decline } = parts;
	const routes = Router();
	const json = express.json({ limit: limits.requestBytes });
	const sessionOf = (request: Request) => {
		const asker = authentication.askerOf(request);
		if (asker.by === 'cookie') return asker;
		throw new CodedError('NOT_ALLOWED', 'Notifications belong to a browser, not to a token.');
	};

	routes.get('/', (request, response) => {
		sessionOf(request);
		response.json({ ok: true, data: { key } });
	});

	routes.put('/', json, async (request, response) => {
		const { personId, sessionId } = sessionOf(request);
		if (key === null)
			throw new CodedError('NOT_ALLOWED', 'This server sends no notifications to closed pages.');
		const settings = parsed(pushRequests['PUT /api/push'].input, request.body);
		await access.saving(() => pushes.keep(personId, sessionId, settings, Date.now()));
		response.json({ ok: true, data: {} });
	});

	routes.delete('/', async (request, response) => {
		const { sessionId } = sessionOf(request);
		await access.saving(() => pushes.drop(sessionId));
		response.json({ ok: true, data: {} });
	});

	routes.post('/decline', json, async (request, response) => {
		const { personId } = sessionOf(request);
		const { ringId } = parsed(pushRequests['POST /api/push/decline'].input, request.body);
		await decline(personId, ringId);
		response.json({ ok: true, data: {} });
	});

	return routes;
}
