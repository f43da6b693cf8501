import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { inject } from 'vitest';
import type { Config } from '../../sfu/platform/config.ts';
import type { Exported } from '../../sfu/store/chat/exporting.ts';
import { openStore } from '../../sfu/store/worker/openStore.ts';
import type { ChatKey, ChatStore, Post, Posted, Store } from '../../sfu/store/api/store.ts';
import type { Author, Message } from '../../shared/chat.ts';
import { newMessageId, newPersonId, newRoomId, type MessageId } from '../../shared/ids.ts';

export const silent = pino({ level: process.env['TEST_LOG'] ?? 'silent' });

/** A new database, which any number of stores can be opened on. */
export type TestDatabase = {
	config: Config['data'];
	open(): Promise<Store>;
	remove(): Promise<void>;
};

export type DatabaseKind = 'SQLite' | 'PostgreSQL';
export const databaseKinds: DatabaseKind[] = ['SQLite', 'PostgreSQL'];

/** A new database in the server that runs for the tests. */
export async function newPostgresDatabase(): Promise<string> {
	const server = inject('postgresUrl');
	const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
	const client = new pg.Client(server);
	await client.connect();
	await client.query(`create database ${name}`);
	await client.end();
	const url = new URL(server);
	url.pathname = name;
	return url.href;
}

export async function newDatabase(kind: DatabaseKind): Promise<TestDatabase> {
	const dir = mkdtempSync(join(tmpdir(), 'parley-store-'));
	const databaseUrl = kind === 'PostgreSQL' ? await newPostgresDatabase() : '';
	const opened: Store[] = [];
	const config = { dir, databaseUrl };
	return {
		config,
		open: async () => {
			const store = await openStore(config, silent);
			opened.push(store);
			return store;
		},
		remove: async () => {
			for (const store of opened) await store.close();
			rmSync(dir, { recursive: true, force: true });
		},
	};
}

export const newAuthor = (name: string): Author => ({ personId: newPersonId(), name });

/** The chat of a new room. */
export const newChat = (): ChatKey => ({ roomId: newRoomId(), pair: null });

/** The chat between two people of a room. */
export function between(room: ChatKey, one: Author, other: Author): ChatKey {
	const [low, high] = [one.personId, other.personId].sort();
	if (!low || !high) throw new Error('a pair has two people');
	return { roomId: room.roomId, pair: [low, high] };
}

type Text = Extract<Post['content'], { kind: 'text' }>;

/** A text message that is posted now, unless it is said when. */
export function text(
	key: ChatKey,
	author: Author,
	body: string,
	{
		at = Date.now(),
		messageId = newMessageId(),
		...more
	}: Partial<Omit<Text, 'kind' | 'body'>> & { at?: number; messageId?: MessageId } = {},
): Post {
	return {
		key,
		messageId,
		author,
		at,
		content: { kind: 'text', body, replyTo: null, mentions: [], files: [], ...more },
	};
}

/** The message of a post that was stored, or was known. */
export function messageOf(posted: Posted | undefined): Message {
	if (!posted || posted.kind === 'refused')
		throw posted?.error ?? new Error('there is no such post');
	return posted.message;
}

/** As much of a store as these helpers use. */
type Chats = { chats: Pick<ChatStore, 'post' | 'page'> };

export async function postOne(store: Chats, post: Post): Promise<Message> {
	return messageOf((await store.chats.post([post]))[0]);
}

/** All messages of a chat, by pages. */
export async function allOf(store: Chats, key: ChatKey): Promise<Message[]> {
	const messages: Message[] = [];
	for (;;) {
		const after = messages.at(-1)?.seq ?? 0;
		const page = await store.chats.page(key, { kind: 'after', seq: after }, 200);
		if (page.messages.length === 0) return messages;
		messages.push(...page.messages);
	}
}

export async function exportOf(store: Store, key: ChatKey): Promise<Exported[]> {
	const messages: Exported[] = [];
	for await (const message of store.chats.export(key)) messages.push(message);
	return messages;
}

export const bodyOf = ({ content }: Message): string | null =>
	content.kind === 'text' ? content.body : null;
