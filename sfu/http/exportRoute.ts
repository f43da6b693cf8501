import type { RequestHandler } from 'express';
import * as v from 'valibot';
import type { ChatMember } from '#shared/chat.ts';
import { roomId, type RoomId } from '#shared/ids.ts';
import type { Chats } from '../chat/chats.ts';
import type { Store } from '../store/store.ts';
import type { Authentication } from './authentication.ts';
import { attachment, sendText } from './downloads.ts';
import { asText, day, type Exported } from './exportText.ts';
import { parsed } from './input.ts';

const wanted = v.object({
	roomId,
	format: v.optional(v.picklist(['json', 'text'], 'must be json or text'), 'json'),
});

type Whole = {
	roomId: RoomId;
	at: number;
	members: ChatMember[];
	messages: AsyncIterable<Exported>;
};

/** A room's whole chat as a file, for its hosts. However long it is, only a part is in memory at a time. */
export function exportRoute(
	authentication: Authentication,
	chats: Chats,
	store: Pick<Store, 'rooms' | 'chats'>,
): RequestHandler<{ roomId: string }> {
	return async (request, response) => {
		const person = authentication.personOf(request);
		const asked = { roomId: request.params.roomId, format: request.query['format'] };
		const { roomId, format } = parsed(wanted, asked);
		await chats.access.host(person, roomId);
		const { members, messages } = await chats.access.reading(async () => ({
			members: await store.rooms.members(roomId),
			messages: await begun(store.chats.export({ roomId, pair: null })),
		}));
		const whole = { roomId, at: Date.now(), members, messages };
		const isText = format === 'text';
		const name = `parley-${roomId}-${day(whole.at)}.${isText ? 'txt' : 'json'}`;
		response.setHeader('Content-Disposition', attachment(name));
		response.type(isText ? 'text/plain' : 'application/json');
		await sendText(isText ? asText(whole) : asJson(whole), response);
	};
}

/** The same, once its first part is there: what fails at once can still be answered. */
async function begun<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
	const rest = items[Symbol.asyncIterator]();
	const first = await rest.next();
	return (async function* () {
		for (let item = first; !item.done; item = await rest.next()) yield item.value;
	})();
}

async function* asJson({ messages, ...about }: Whole): AsyncGenerator<string> {
	const { roomId, at, members } = about;
	yield `${JSON.stringify({ roomId, exportedAt: at, members }).slice(0, -1)},"messages":[`;
	let comma = '\n';
	for await (const message of messages) {
		yield comma + JSON.stringify(message);
		comma = ',\n';
	}
	yield '\n]}\n';
}
