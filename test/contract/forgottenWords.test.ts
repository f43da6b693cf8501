import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqliteFile } from '../../sfu/store/database/sqlite.ts';
import type { Store } from '../../sfu/store/api/store.ts';
import {
	between,
	newAuthor,
	newChat,
	newDatabase,
	postOne,
	text,
	type TestDatabase,
} from '../support/stores.ts';

const ann = newAuthor('Ann');
const ben = newAuthor('Ben');
let database: TestDatabase;
let store: Store;
beforeAll(async () => {
	database = await newDatabase('SQLite');
	store = await database.open();
});
afterAll(() => database.remove());

/** How many of the files hold these letters anywhere: in rows, in the index, in free space, or in the log. */
function filesWith(letters: string): number {
	const file = sqliteFile(database.config.dir);
	return [file, `${file}-wal`, `${file}-shm`].filter(
		(one) =>
			existsSync(one) && readFileSync(one).toString('latin1').toLowerCase().includes(letters),
	).length;
}

/** The word without its first letters, which an index may keep elsewhere. */
const gone = (letters: string) =>
	expect.poll(() => filesWith(letters), { timeout: 20_000 }).toBe(0);

test('A-M18: words of a deleted message, of its edits and corrections leave the files', async () => {
	const key = newChat();
	await postOne(store, text(key, ann, 'before zebra and after'));
	const said = await postOne(store, text(key, ann, 'the Quaxolotl said '.repeat(300)));
	await store.chats.post(Array.from({ length: 200 }, (_, i) => text(key, ben, `more ${i} words`)));
	const { messageId } = said;
	await store.chats.edit(key, messageId, ann.personId, { body: 'Wuxembourg', mentions: [] }, 2);
	await store.chats.correct(key, messageId, ben, 'Vixtopherus', 3);
	const letters = ['axolotl', 'xembourg', 'xtopherus'];
	for (const part of letters) expect(filesWith(part)).toBeGreaterThan(0);
	await store.chats.delete(key, messageId, ann.personId, 4);
	for (const part of letters) await gone(part);
	expect((await store.chats.search(key, 'zebra', undefined, 5)).messages).toHaveLength(1);
	expect((await store.chats.search(key, 'quax', undefined, 5)).messages).toEqual([]);
});

test('A-M18: words that retention removes, and those of people who go, leave the files', async () => {
	const key = newChat();
	await store.rooms.setRetention(key.roomId, { kind: 'until-empty' });
	await store.chats.post(
		Array.from({ length: 50 }, (_, i) => text(key, ann, `Brixlewood ${i} ${'x'.repeat(200)}`)),
	);
	await store.rooms.enter(key.roomId, ben.personId, 'Ben', 1);
	const pair = between(key, ann, ben);
	await postOne(store, text(pair, ben, 'Drogomentix'));
	expect(filesWith('ixlewood')).toBeGreaterThan(0);
	await store.chats.sweepEmpty(key.roomId);
	await gone('ixlewood');
	await store.accounts.remove(ben.personId, 'remove', 'Deleted person', 5);
	await gone('ogomentix');
	expect((await store.chats.page(pair, { kind: 'latest' }, 5)).messages).toMatchObject([
		{ content: { kind: 'deleted' } },
	]);
});
