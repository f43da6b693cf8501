import express, { Router } from 'express';
import type { RoomId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Chats } from '../chat/chats.ts';
import type { Entry } from '../people/entry.ts';
import type { Store } from '../store/store.ts';
import type { Authentication } from './authentication.ts';
import { asRequest, bodyOf } from './chatRequest.ts';
import { exportRoute } from './exportRoute.ts';
import type { LongPolls } from './longPolls.ts';
import { messageRoutes } from './messageRoutes.ts';

/**
 * The chat over plain HTTP, for scripts and simple clients: the requests of the protocol by other names, with the
 * same schemas and the same answers. docs/http-api.md tells how to use it.
 *
 * @param founded waits until the first one in a room's call is written down.
 */
export function roomRoutes(
	authentication: Authentication,
	chats: Chats,
	polls: LongPolls,
	store: Pick<Store, 'rooms' | 'chats'>,
	entry: Entry,
	founded: (roomId: RoomId) => Promise<void>,
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
		await entry.checkMaking(authentication.askerOf(request), input.roomId);
		await founded(input.roomId);
		const data = await chats.enter(authentication.personOf(request), input);
		response.json({ ok: true, data });
	});

	routes.put('/:roomId/retention', async (request, response) => {
		const { roomId } = request.params;
		const input = asRequest('chat:retain', { roomId, retention: bodyOf(request) });
		const data = await chats.retain(authentication.personOf(request), input);
		response.json({ ok: true, data });
	});

	routes.get(
		'/:roomId/export',
		authentication.costs(30),
		exportRoute(authentication, chats, store),
	);
	routes.use('/:roomId', messageRoutes(authentication, chats, polls));
	return routes;
}
