import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { sqliteFile } from '../../sfu/store/database/sqlite.ts';
import { backTo } from '../support/olderTables.ts';
import { onEachDatabase } from '../support/onEach.ts';
import {
	bodyOf,
	newAuthor,
	newChat,
	newDatabase,
	postOne,
	text,
	type TestDatabase,
} from '../support/stores.ts';

const ann = newAuthor('Ann');
/** Gives the database the index of words that it had before words were marked. */
async function backToSeven({ config }: TestDatabase, said: [number, string][]): Promise<void> {
	const older = config.databaseUrl
		? `update message_search set words = array_to_tsvector(array(
			select regexp_replace(word, '^_\\d+_', '') from unnest(tsvector_to_array(words)) as word))`
		: `drop table message_search; create virtual table message_search using fts5 (
			words, content='', contentless_delete=1, tokenize="ascii tokenchars '_'", prefix='2')`;
	await backTo(7, config, older);
	if (config.databaseUrl) return;
	const file = new DatabaseSync(sqliteFile(config.dir));
	const put = file.prepare('insert into message_search (rowid, words) values (?, ?)');
	for (const [row, words] of said) put.run(row, `_1 ${words}`);
	file.close();
}

onEachDatabase('the index of words of an older program', (on) => {
	test('A-M14, A-M18: finds, forgets and goes on after the start of this one', async () => {
		const database = await newDatabase(on.kind);
		const before = await database.open();
		const key = newChat();
		const one = await postOne(before, text(key, ann, 'Apples, and pears'));
		await before.chats.post(
			Array.from({ length: 1200 }, (_, i) => text(key, ann, `apples number ${i}`)),
		);
		await before.close();
		await backToSeven(database, [
			[1, 'apples and pears'],
			...Array.from({ length: 1200 }, (_, i): [number, string] => [i + 2, `apples number ${i}`]),
		]);
		const store = await database.open();
		const found = async (query: string) =>
			(await store.chats.search(key, query, undefined, 5)).messages.map(bodyOf);
		expect(await found('pea')).toEqual(['Apples, and pears']);
		expect(await found('number 1199')).toEqual(['apples number 1199']);
		await store.chats.edit(key, one.messageId, ann.personId, { body: 'plums', mentions: [] }, 2);
		expect(await found('pea')).toEqual([]);
		expect(await found('p')).toEqual(['plums']);
		await database.remove();
	});
});
