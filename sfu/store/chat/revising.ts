import { CodedError } from '#shared/errors.ts';
import type { Message } from '#shared/chat.ts';
import type { MessageId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { lockChat } from './chatRows.ts';
import type { Database, Tx } from '../database/database.ts';
import { loadMessages, type MessageRow } from './messageRows.ts';
import { insertMentions } from './newMessages.ts';
import type { ChatKey, ChatStore } from '../api/store.ts';
import { goneAmong } from '../people/people.ts';
import { words } from '../database/words.ts';

/** Returns whether it made a change. */
type Change = (tx: Tx, row: MessageRow) => Promise<boolean>;

const notFound = () => new CodedError('NOT_FOUND');

export function revisingStore(
	database: Database,
): Pick<ChatStore, 'edit' | 'delete' | 'react' | 'correct'> {
	/** Changes a message, which gets the next revision of its chat. */
	const change = (key: ChatKey, messageId: MessageId, make: Change): Promise<Message> =>
		database.write(async (tx) => {
			const chat = await lockChat(database, tx, key);
			const row = chat && (await findMessage(tx, chat.chat_id, messageId));
			if (!row) throw notFound();
			if (await make(tx, row)) {
				const revision = chat.revision + 1;
				await tx
					.updateTable('chats')
					.set({ revision })
					.where('chat_id', '=', chat.chat_id)
					.execute();
				await tx.updateTable('messages').set({ revision }).where('id', '=', row.id).execute();
			}
			const changed = await findMessage(tx, row.chat_id, messageId);
			const [message] = await loadMessages(tx, changed ? [changed] : []);
			if (!message) throw notFound();
			return message;
		});

	return {
		edit: (key, messageId, author, { body, mentions }, at) =>
			change(key, messageId, async (tx, row) => {
				if (row.kind !== 'text' || row.author_id !== author) throw notFound();
				const people = [...new Set(mentions)];
				const before = await tx
					.selectFrom('mentions')
					.select('person_id')
					.where('message_row', '=', row.id)
					.orderBy('place')
					.execute();
				const samePeople =
					before.length === people.length &&
					before.every(({ person_id }, place) => person_id === people[place]);
				if (row.body === body && samePeople) return false;

				const { edits } = await tx
					.selectFrom('edits')
					.select((eb) => eb.fn.countAll<number>().as('edits'))
					.where('message_row', '=', row.id)
					.executeTakeFirstOrThrow();
				if (Number(edits) >= limits.editsPerMessage)
					throw new CodedError(
						'LIMIT_REACHED',
						"This message can't be edited any more. Send a new one.",
					);
				await tx
					.insertInto('edits')
					.values({
						message_row: row.id,
						body: row.body,
						written_at: row.edited_at ?? row.sent_at,
					})
					.execute();
				await tx
					.updateTable('messages')
					.set({ body, edited_at: at })
					.where('id', '=', row.id)
					.execute();
				if (!samePeople) {
					await tx.deleteFrom('mentions').where('message_row', '=', row.id).execute();
					await insertMentions(tx, [{ ...row, mentions: people }]);
				}
				const { id, chat_id: chatId, seq } = row;
				await database.search.drop(tx, [{ row: id, chatId, words: words(row.body) }]);
				await database.search.put(tx, [{ row: id, chatId, seq, words: words(body) }]);
				return true;
			}),

		delete: (key, messageId, person, at, asHost = false) =>
			change(key, messageId, async (tx, row) => {
				const mine = row.author_id === person;
				if (row.kind === 'system' || !(mine || asHost)) throw notFound();
				if (row.kind === 'deleted') return false;
				const { id, chat_id: chatId, body } = row;
				await database.search.drop(tx, [{ row: id, chatId, words: words(body) }]);
				for (const table of ['edits', 'mentions', 'reactions', 'corrections'] as const)
					await tx.deleteFrom(table).where('message_row', '=', row.id).execute();
				await tx
					.updateTable('files')
					.set({ doomed: 1, message_row: null })
					.where('message_row', '=', row.id)
					.execute();
				await tx
					.updateTable('messages')
					.set({ kind: 'deleted', body: '', edited_at: at, deleted_by_host: mine ? 0 : 1 })
					.where('id', '=', row.id)
					.execute();
				return true;
			}),

		react: (key, messageId, person, emoji, on, at) =>
			change(key, messageId, async (tx, row) => {
				if (row.kind !== 'text') throw notFound();
				if (!on) {
					const { numDeletedRows } = await tx
						.deleteFrom('reactions')
						.where('message_row', '=', row.id)
						.where('emoji', '=', emoji)
						.where('person_id', '=', person)
						.executeTakeFirstOrThrow();
					return numDeletedRows > 0n;
				}
				if ((await goneAmong(tx, [person])).size > 0) throw notFound();
				const given = await tx
					.selectFrom('reactions')
					.select(['emoji', 'place', 'person_id'])
					.where('message_row', '=', row.id)
					.execute();
				const same = given.filter((one) => one.emoji === emoji);
				if (same.some(({ person_id }) => person_id === person)) return false;
				const places = new Set(given.map(({ place }) => place));
				if (same.length === 0 && places.size >= limits.reactionsPerMessage)
					throw new CodedError('LIMIT_REACHED', "This message can't take more reactions.");
				// An emoji keeps its place until nobody reacts with it any more.
				const place = same[0]?.place ?? Math.max(0, ...places) + 1;
				await tx
					.insertInto('reactions')
					.values({ message_row: row.id, emoji, place, person_id: person, given_at: at })
					.execute();
				return true;
			}),

		correct: (key, messageId, by, body, at) =>
			change(key, messageId, async (tx, row) => {
				if (row.kind !== 'text') throw notFound();
				if (row.author_id === by.personId)
					throw new CodedError('NOT_ALLOWED', 'Edit your own message instead.');
				const proposed = await tx
					.selectFrom('corrections')
					.select(['person_id', 'body'])
					.where('message_row', '=', row.id)
					.execute();
				const before = proposed.find(({ person_id }) => person_id === by.personId);
				if ((before?.body ?? null) === body) return false;
				if (!before && proposed.length >= limits.correctionsPerMessage)
					throw new CodedError('LIMIT_REACHED', "This message can't take more corrections.");
				if ((await goneAmong(tx, [by.personId])).size > 0) throw notFound();
				await tx
					.deleteFrom('corrections')
					.where('message_row', '=', row.id)
					.where('person_id', '=', by.personId)
					.execute();
				if (body !== null)
					await tx
						.insertInto('corrections')
						.values({
							message_row: row.id,
							person_id: by.personId,
							name: by.name,
							body,
							proposed_at: at,
						})
						.execute();
				return true;
			}),
	};
}

function findMessage(
	tx: Tx,
	chatId: number,
	messageId: MessageId,
): Promise<MessageRow | undefined> {
	return tx
		.selectFrom('messages')
		.selectAll()
		.where('chat_id', '=', chatId)
		.where('message_id', '=', messageId)
		.executeTakeFirst();
}
