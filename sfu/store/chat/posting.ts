import type { Message } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { MessageId } from '#shared/ids.ts';
import { lockChats, nameOf, type ChatRow } from './chatRows.ts';
import type { Database, Tx } from '../database/database.ts';
import {
	loadMessages,
	toFileInfo,
	toMessage,
	toQuote,
	type FileRow,
	type MessageRow,
	type NewRow,
} from './messageRows.ts';
import { insertMessages, type NewMessage } from './newMessages.ts';
import { goneAmong } from '../people/people.ts';
import { slowModeOf } from './pacing.ts';
import type { ChatKey, Post, Posted } from '../api/store.ts';

type Outcome =
	| { kind: 'stored' | 'repeated'; message: NewMessage }
	| { kind: 'known'; row: MessageRow }
	| { kind: 'refused'; error: CodedError };

/** A chat, its messages that a batch names, and the messages of the batch that go into it. */
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
 * Stores a batch of messages. Its chats stay locked until the end of the transaction, so that their numbers have no
 * gaps and a repeated post finds the stored message.
 */
export async function post(database: Database, tx: Tx, posts: readonly Post[]): Promise<Posted[]> {
	const chats = await openChats(database, tx, posts);
	const files = await findFiles(tx, posts);
	const gone = await goneAmong(tx, [...new Set(posts.map(({ author }) => author.personId))]);
	const tooEarly = await slowModeOf(tx, posts, (key) => chatOf(chats, key).row.chat_id);
	const outcomes = posts.map((one) =>
		validate(one, chatOf(chats, one.key), { files, gone, tooEarly }),
	);

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

/** Whether this author may send the file in this chat. */
const isUsable = (file: FileRow, chat: OpenChat, { personId }: Post['author']) =>
	file.owner_id === personId &&
	file.chat_id === chat.row.chat_id &&
	file.message_row === null &&
	file.doomed === 0;

/** The result of a post whose message exists already; null if it is new. */
function knownOutcome({ messageId, author }: Post, chat: OpenChat): Outcome | null {
	const before = chat.find(messageId);
	if (before && before.author_id !== author.personId) return refused('CONFLICT');
	const stored = chat.stored.get(messageId);
	if (stored) return { kind: 'known', row: stored };
	const repeated = chat.added.get(messageId);
	return repeated ? { kind: 'repeated', message: repeated } : null;
}

/** The content of a message by columns; a system line answers no message and has no files. */
const partsOf = (content: Post['content']) =>
	content.kind === 'text'
		? {
				body: content.body,
				system: null,
				replyTo: content.replyTo,
				files: [...new Set(content.files)],
				mentions: [...new Set(content.mentions)],
			}
		: { body: '', system: JSON.stringify(content.system), replyTo: null, files: [], mentions: [] };

/** What a batch is checked against. */
type Known = {
	files: Map<string, FileRow>;
	gone: Awaited<ReturnType<typeof goneAmong>>;
	tooEarly: Awaited<ReturnType<typeof slowModeOf>>;
};

/** The result of one post, given those before it in the batch. Its files are removed from the map. */
function validate(post: Post, chat: OpenChat, { files, gone, tooEarly }: Known): Outcome {
	const known = knownOutcome(post, chat);
	if (known) return known;
	const { messageId, author, at, content } = post;
	// The message was on its way when its author deleted themselves. The system line about leaving is still posted.
	if (content.kind === 'text' && gone.has(author.personId)) return refused('NOT_MEMBER');
	const { body, system, replyTo, files: ids, mentions } = partsOf(content);
	const answered = replyTo ? chat.find(replyTo) : null;
	if (answered === undefined || answered?.kind === 'deleted')
		return refused('NOT_FOUND', 'The message you replied to no longer exists.');
	const usable = ids
		.flatMap((id) => files.get(id) ?? [])
		.filter((file) => isUsable(file, chat, author));
	if (usable.length < ids.length)
		return refused('NOT_FOUND', 'A file in this message no longer exists.');
	const early = tooEarly(post);
	if (early) return { kind: 'refused', error: early };
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
			body,
			system,
			reply_to: answered?.seq ?? null,
			edited_at: null,
			deleted_by_host: 0,
		},
		answered,
		mentions,
		files: usable,
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

/** Messages that existed before the batch, in their current state. */
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
