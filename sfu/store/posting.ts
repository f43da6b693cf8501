import type { Message } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { MessageId } from '#shared/ids.ts';
import { lockChats, nameOf, type ChatRow } from './chatRows.ts';
import type { Database, Tx } from './database.ts';
import {
	loadMessages,
	toFileInfo,
	toMessage,
	toQuote,
	type FileRow,
	type MessageRow,
	type NewRow,
} from './messageRows.ts';
import { insertMessages } from './newMessages.ts';
import { goneAmong } from './people.ts';
import type { ChatKey, Post, Posted } from './store.ts';

/** A message that is about to be stored, with the rows it goes together with. */
export type NewMessage = {
	row: NewRow;
	answered: NewRow | null;
	mentions: Post['author']['personId'][];
	files: FileRow[];
};

type Outcome =
	| { kind: 'stored' | 'repeated'; message: NewMessage }
	| { kind: 'known'; row: MessageRow }
	| { kind: 'refused'; error: CodedError };

/** A chat with those of its messages that a batch names, and with what of the batch goes into it. */
class OpenChat {
	readonly row: ChatRow;
	readonly stored = new Map<MessageId, MessageRow>();
	readonly added = new Map<MessageId, NewMessage>();

	constructor(row: ChatRow) {
		this.row = { ...row };
	}

	/** @returns the next seq and revision. */
	advance(at: number): { seq: number; revision: number } {
		const { row } = this;
		row.last_at = Math.max(row.last_at, at);
		return { seq: ++row.last_seq, revision: ++row.revision };
	}

	find(messageId: MessageId): NewRow | undefined {
		return this.stored.get(messageId) ?? this.added.get(messageId)?.row;
	}
}

/**
 * Stores a batch of messages. Its chats stay locked until the end of the transaction, so that their numbers
 * have no gaps and a repeat sees what it repeats.
 */
export async function post(database: Database, tx: Tx, posts: readonly Post[]): Promise<Posted[]> {
	const chats = await openChats(database, tx, posts);
	const files = await findFiles(tx, posts);
	const gone = await goneAmong(tx, [...new Set(posts.map(({ author }) => author.personId))]);
	const outcomes = posts.map((one) => judge(one, chatOf(chats, one.key), files, gone));

	const changed = [...chats.values()].filter(({ added }) => added.size > 0);
	for (const { row } of changed) {
		const { chat_id, last_seq, revision, last_at } = row;
		await tx
			.updateTable('chats')
			.set({ last_seq, revision, last_at })
			.where('chat_id', '=', chat_id)
			.execute();
	}
	await insertMessages(
		database,
		tx,
		changed.flatMap(({ added }) => [...added.values()]),
	);

	const known = await loadKnown(tx, outcomes);
	return outcomes.map((outcome) => {
		switch (outcome.kind) {
			case 'refused':
				return outcome;
			case 'known':
				return { kind: 'known', message: known(outcome.row) };
			case 'repeated':
				return { kind: 'known', message: asMessage(outcome.message) };
			case 'stored':
				return { kind: 'stored', message: asMessage(outcome.message) };
		}
	});
}

function chatOf(chats: ReadonlyMap<string, OpenChat>, key: ChatKey): OpenChat {
	const chat = chats.get(nameOf(key));
	if (!chat) throw new Error('a chat that was just made is not there');
	return chat;
}

async function openChats(
	database: Database,
	tx: Tx,
	posts: readonly Post[],
): Promise<Map<string, OpenChat>> {
	const keys = new Map(posts.map(({ key }) => [nameOf(key), key]));
	const rows = await lockChats(database, tx, [...keys.values()]);
	const chats = new Map(Array.from(rows, ([name, row]) => [name, new OpenChat(row)]));
	const byNumber = new Map(Array.from(chats.values(), (chat) => [chat.row.chat_id, chat]));

	const named = new Map<number, Set<MessageId>>();
	for (const { key, messageId, content } of posts) {
		const { chat_id } = chatOf(chats, key).row;
		const ids = named.get(chat_id) ?? new Set();
		named.set(chat_id, ids.add(messageId));
		if (content.kind === 'text' && content.replyTo) ids.add(content.replyTo);
	}
	const found = await tx
		.selectFrom('messages')
		.selectAll()
		.where((eb) =>
			eb.or(
				Array.from(named, ([chatId, ids]) =>
					eb.and([eb('chat_id', '=', chatId), eb('message_id', 'in', [...ids])]),
				),
			),
		)
		.execute();
	for (const row of found) byNumber.get(row.chat_id)?.stored.set(row.message_id, row);
	return chats;
}

async function findFiles(tx: Tx, posts: readonly Post[]): Promise<Map<string, FileRow>> {
	const ids = posts.flatMap(({ content }) => (content.kind === 'text' ? content.files : []));
	if (ids.length === 0) return new Map();
	const rows = await tx.selectFrom('files').selectAll().where('file_id', 'in', ids).execute();
	return new Map(rows.map((row) => [row.file_id, row]));
}

const refused = (code: 'CONFLICT' | 'NOT_FOUND' | 'NOT_MEMBER', message?: string): Outcome => ({
	kind: 'refused',
	error: new CodedError(code, message),
});

/** What becomes of one post, after those before it in the batch. Its files are taken out of the map. */
function judge(
	{ key: _, messageId, author, at, content }: Post,
	chat: OpenChat,
	files: Map<string, FileRow>,
	gone: Awaited<ReturnType<typeof goneAmong>>,
): Outcome {
	const before = chat.find(messageId);
	if (before && before.author_id !== author.personId) return refused('CONFLICT');
	const stored = chat.stored.get(messageId);
	if (stored) return { kind: 'known', row: stored };
	const repeated = chat.added.get(messageId);
	if (repeated) return { kind: 'repeated', message: repeated };

	const isText = content.kind === 'text';
	// It was on its way when they went. That they left is told all the same.
	if (isText && gone.has(author.personId)) return refused('NOT_MEMBER');
	const answered = isText && content.replyTo ? chat.find(content.replyTo) : null;
	if (answered === undefined || answered?.kind === 'deleted')
		return refused('NOT_FOUND', 'The message that this one answers is not there any more.');
	const ids = isText ? [...new Set(content.files)] : [];
	const own = ids.map((id) => files.get(id)).filter((file) => file !== undefined);
	const usable = own.every(
		(file) =>
			file.owner_id === author.personId &&
			file.chat_id === chat.row.chat_id &&
			file.message_row === null &&
			file.doomed === 0,
	);
	if (!usable || own.length < ids.length)
		return refused('NOT_FOUND', 'A file of this message is not there any more.');
	for (const id of ids) files.delete(id);

	const message: NewMessage = {
		row: {
			chat_id: chat.row.chat_id,
			...chat.advance(at),
			message_id: messageId,
			sent_at: at,
			author_id: author.personId,
			author_name: gone.get(author.personId) ?? author.name,
			kind: content.kind,
			body: isText ? content.body : '',
			system: isText ? null : JSON.stringify(content.system),
			reply_to: answered?.seq ?? null,
			edited_at: null,
		},
		answered,
		mentions: isText ? [...new Set(content.mentions)] : [],
		files: own,
	};
	chat.added.set(messageId, message);
	return { kind: 'stored', message };
}

const asMessage = ({ row, answered, mentions, files }: NewMessage): Message =>
	toMessage(row, {
		quote: answered && toQuote(answered),
		mentions,
		files: files.map(toFileInfo),
		reactions: [],
		corrections: [],
	});

/** Messages that were there before the batch, as they are now. */
async function loadKnown(
	tx: Tx,
	outcomes: readonly Outcome[],
): Promise<(row: MessageRow) => Message> {
	const rows = outcomes.flatMap((outcome) => (outcome.kind === 'known' ? outcome.row : []));
	const loaded = new Map<number, Message>();
	for (const chatId of new Set(rows.map(({ chat_id }) => chat_id))) {
		const ofChat = rows.filter(({ chat_id }) => chat_id === chatId);
		const messages = await loadMessages(tx, ofChat);
		ofChat.forEach(({ id }, index) => {
			const message = messages[index];
			if (message) loaded.set(id, message);
		});
	}
	return ({ id }) => {
		const message = loaded.get(id);
		if (!message) throw new Error('a message that was just found is not there');
		return message;
	};
}
