import express, { Router } from 'express';
import * as v from 'valibot';
import type { RoomId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Chats } from '../../chat/chats.ts';
import type { AccessPolicy } from '../../people/identity/accessPolicy.ts';
import type { Store } from '../../store/api/store.ts';
import type { Authentication } from '../request/authentication.ts';
import { asRequest, bodyOf } from './chatRequest.ts';
import { exportRoute } from './exportRoute.ts';
import { pastCallsCsvRoute, pastCallsRoute } from './pastCalls.ts';
import { parsed } from '../request/input.ts';
import type { LongPolls } from './longPolls.ts';
import { messageRoutes } from './messageRoutes.ts';

/** Whether a room is in the person's list. */
export const listing = v.object({ listed: v.boolean() });

/**
 * The chat over plain HTTP, for scripts and simple clients: the requests of the protocol under other names, with the
 * same schemas and the same answers. docs/http-api.md describes it.
 *
 * @param ensureHost waits until the first person in a room's call is stored.
 */
export function roomRoutes(
	authentication: Authentication,
	chats: Chats,
	polls: LongPolls,
	store: Pick<Store, 'rooms' | 'chats' | 'calls'>,
	accessPolicy: AccessPolicy,
	ensureHost: (roomId: RoomId) => Promise<void>,
): Router {
	const routes = Router();
	routes.use(express.json({ limit: limits.requestBytes }));

	routes.get('/', async (request, response) => {
		const person = authentication.personOf(request);
		const rooms = await chats.access.reading(() => store.rooms.roomsOf(person));
		response.json({ ok: true, data: { rooms } });
	});

	routes.get('/:roomId', async (request, response) => {
		const { roomId } = asRequest('chat:open', request.params);
		const data = await chats.open(authentication.personOf(request), roomId);
		response.json({ ok: true, data });
	});

	routes.post('/:roomId/members', async (request, response) => {
		const input = asRequest('chat:enter', { ...bodyOf(request), roomId: request.params.roomId });
		await accessPolicy.checkMaking(authentication.askerOf(request), input.roomId);
		await ensureHost(input.roomId);
		await chats.access.checkName(input.roomId, input.name);
		const data = await chats.enter(authentication.personOf(request), input);
		response.json({ ok: true, data });
	});

	routes.put('/:roomId/name', async (request, response) => {
		const input = asRequest('room:name', { ...bodyOf(request), roomId: request.params.roomId });
		await ensureHost(input.roomId);
		const data = await chats.nameRoom(authentication.personOf(request), input);
		response.json({ ok: true, data });
	});

	routes.put('/:roomId/listed', async (request, response) => {
		const { roomId } = asRequest('chat:open', request.params);
		const { listed } = parsed(listing, bodyOf(request));
		const person = authentication.personOf(request);
		await chats.access.member(person, roomId);
		await chats.access.saving(() => store.rooms.setListed(roomId, person, listed));
		response.json({ ok: true, data: {} });
	});

	routes.put('/:roomId/retention', async (request, response) => {
		const { roomId } = request.params;
		const input = asRequest('chat:retain', { roomId, retention: bodyOf(request) });
		const data = await chats.retain(authentication.personOf(request), input);
		response.json({ ok: true, data });
	});

	routes.get('/:roomId/calls', pastCallsRoute(authentication, chats, store.calls));
	routes.get(
		'/:roomId/calls.csv',
		authentication.costs(30),
		pastCallsCsvRoute(authentication, chats, store),
	);

	routes.get(
		'/:roomId/export',
		authentication.costs(30),
		exportRoute(authentication, chats, store),
	);
	routes.use('/:roomId', messageRoutes(authentication, chats, polls));
	return routes;
}
