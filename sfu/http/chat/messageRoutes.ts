import { Router, type Request, type RequestHandler, type Response } from 'express';
import { newMessageId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Chats } from '../../chat/chats.ts';
import type { Authentication } from '../request/authentication.ts';
import { asRequest, bodyOf, chatOf, pageFromOf, wantedOf } from './chatRequest.ts';
import type { LongPolls } from './longPolls.ts';
import { UnreadAnswers } from '../request/unreadAnswers.ts';

/** The size of the longest message, in bytes. */
const maxMessageBytes = 3 * limits.messageLength;
/** How many bytes of an answer cost one more point, as over sockets (CONN-6). */
const answerPoint = 16 * 1024;

/** The messages of one room's chats. */
export function messageRoutes(
	authentication: Authentication,
	chats: Chats,
	polls: LongPolls,
): Router {
	const routes = Router({ mergeParams: true });
	const who = authentication.personOf.bind(authentication);
	const tell = (response: Response, data: unknown) => response.json({ ok: true, data });

	const unread = new UnreadAnswers();
	/**
	 * Answers with messages, which may be megabytes: memory is reserved before they are read, and they cost points by
	 * size (HTTP-10).
	 */
	const tellMany = async (
		request: Request,
		response: Response,
		limit: number,
		read: () => Promise<unknown>,
	) => {
		const person = who(request);
		const held = unread.hold(person, limit * maxMessageBytes, response);
		const text = JSON.stringify({ ok: true, data: await read() });
		const size = Buffer.byteLength(text);
		held(size);
		await authentication.charge(person, Math.floor(size / answerPoint), response);
		response.type('json').send(text);
	};

	routes.get('/messages', async (request, response) => {
		const { wait, ...place } = wantedOf(request);
		const from = pageFromOf(place);
		const input = asRequest('chat:page', { chat: chatOf(request), from, limit: place.limit });
		if (input.from.kind !== 'after' || wait === 0)
			return tellMany(request, response, input.limit, () => chats.page(who(request), input));
		const gone = new AbortController();
		response.once('close', () => gone.abort());
		const page = await polls.page(who(request), input, wait * 1000, gone.signal);
		if (gone.signal.aborted) return;
		await tellMany(request, response, page.messages.length, () => Promise.resolve(page));
	});

	routes.get('/changes', async (request, response) => {
		const { revision, limit } = wantedOf(request);
		const input = asRequest('chat:changes', { chat: chatOf(request), revision, limit });
		await tellMany(request, response, input.limit, () => chats.changes(who(request), input));
	});

	routes.get('/search', authentication.costs(10), async (request, response) => {
		const { before, limit } = wantedOf(request);
		const query = request.query['q'];
		const input = asRequest('chat:search', { chat: chatOf(request), query, before, limit });
		await tellMany(request, response, input.limit, () => chats.search(who(request), input));
	});

	routes.post('/messages', async (request, response) => {
		const { messageId = newMessageId(), ...draft } = bodyOf(request);
		const input = asRequest('chat:post', { chat: chatOf(request), messageId, draft });
		tell(response, await chats.post(who(request), input));
	});

	routes
		.route('/messages/:messageId')
		.patch(async (request, response) => {
			const { messageId } = request.params;
			const draft = bodyOf(request);
			const input = asRequest('chat:edit', { chat: chatOf(request), messageId, draft });
			tell(response, await chats.edit(who(request), input));
		})
		.delete(async (request, response) => {
			const { messageId } = request.params;
			const input = asRequest('chat:delete', { chat: chatOf(request), messageId });
			tell(response, await chats.delete(who(request), input));
		});

	const react: RequestHandler<{ messageId: string; emoji: string }> = async (request, response) => {
		const { messageId, emoji } = request.params;
		const on = request.method === 'PUT';
		const input = asRequest('chat:react', { chat: chatOf(request), messageId, emoji, on });
		tell(response, await chats.react(who(request), input));
	};
	routes.route('/messages/:messageId/reactions/:emoji').put(react).delete(react);

	const correct: RequestHandler<{ messageId: string }> = async (request, response) => {
		const { messageId } = request.params;
		const body = request.method === 'PUT' ? (bodyOf(request)['body'] ?? '') : null;
		const input = asRequest('chat:correct', { chat: chatOf(request), messageId, body });
		tell(response, await chats.correct(who(request), input));
	};
	routes.route('/messages/:messageId/correction').put(correct).delete(correct);

	routes.put('/read', async (request, response) => {
		const { seq } = bodyOf(request);
		const input = asRequest('chat:read', { chat: chatOf(request), seq });
		tell(response, await chats.read(who(request), input));
	});

	return routes;
}
