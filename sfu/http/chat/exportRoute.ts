import type { RequestHandler } from 'express';
import * as v from 'valibot';
import type { ChatMember } from '#shared/chat.ts';
import { roomId, type RoomId } from '#shared/ids.ts';
import type { Chats } from '../../chat/chats.ts';
import type { Store } from '../../store/api/store.ts';
import type { Authentication } from '../request/authentication.ts';
import { attachment, sendText } from './downloads.ts';
import { asText, day, type Exported } from './exportText.ts';
import { parsed } from '../request/input.ts';

export const exportQuery = v.object({
	roomId,
	format: v.optional(v.picklist(['json', 'text'], 'must be json or text'), 'json'),
});

type ChatExport = {
	roomId: RoomId;
	name: string | null;
	at: number;
	members: ChatMember[];
	messages: AsyncIterable<Exported>;
};

/** A room's whole chat as a file, for its hosts. Only a part of it is in memory at a time. */
export function exportRoute(
	authentication: Authentication,
	chats: Chats,
	store: Pick<Store, 'rooms' | 'chats'>,
): RequestHandler<{ roomId: string }> {
	return async (request, response) => {
		const person = authentication.personOf(request);
		const query = { roomId: request.params.roomId, format: request.query['format'] };
		const { roomId, format } = parsed(exportQuery, query);
		await chats.access.host(person, roomId);
		await chats.access.checkReadable(
			roomId,
			"The server can't read the chat of an end-to-end encrypted room, so it can't export it.",
		);
		const { name, members, messages } = await chats.access.reading(async () => ({
			name: await store.rooms.name(roomId),
			members: await store.rooms.members(roomId),
			messages: await afterFirst(store.chats.export({ roomId, pair: null })),
		}));
		const whole = { roomId, name, at: Date.now(), members, messages };
		const isText = format === 'text';
		const fileName = `parley-${roomId}-${day(whole.at)}.${isText ? 'txt' : 'json'}`;
		response.setHeader('Content-Disposition', attachment(fileName));
		response.type(isText ? 'text/plain' : 'application/json');
		await sendText(isText ? asText(whole) : asJson(whole), response);
	};
}

/** The same sequence once its first part was read: an early failure can still be answered. */
async function afterFirst<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
	const rest = items[Symbol.asyncIterator]();
	const first = await rest.next();
	return (async function* () {
		for (let item = first; !item.done; item = await rest.next()) yield item.value;
	})();
}

async function* asJson({ messages, ...about }: ChatExport): AsyncGenerator<string> {
	const { roomId, name, at, members } = about;
	yield `${JSON.stringify({ roomId, name, exportedAt: at, members }).slice(0, -1)},"messages":[`;
	let comma = '\n';
	for await (const message of messages) {
		yield comma + JSON.stringify(message);
		comma = ',\n';
	}
	yield '\n]}\n';
}
