import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { openStore } from '../../sfu/store/worker/openStore.ts';
import { StartError } from '../../sfu/platform/startError.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { freePort } from '../support/ports.ts';
import {
	allOf,
	exportOf,
	newAuthor,
	newChat,
	newDatabase,
	newPostgresDatabase,
	postOne,
	silent,
	text,
} from '../support/stores.ts';

const ann = newAuthor('Ann');
const ben = newAuthor('Ben');
const folder = mkdtempSync(join(tmpdir(), 'parley-starting-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What an operator reads when the store cannot be opened. */
async function problemOf(config: { dir?: string; databaseUrl?: string }): Promise<string> {
	const dir = config.dir ?? join(folder, 'unused');
	const opened = openStore({ dir, databaseUrl: config.databaseUrl ?? '' }, silent);
	const error: unknown = await opened.then(
		(store) => store.close(),
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(StartError);
	return (error as StartError).message;
}

onEachDatabase('opening', (on) => {
	test('again after closing finds everything', async () => {
		const key = newChat();
		await on.store.rooms.enter(key.roomId, ann.personId, 'Ann', 1);
		const first = await on.database.open();
		const said = await postOne(first, text(key, ann, 'kept', { mentions: [ben.personId] }));
		await first.chats.edit(key, said.messageId, ann.personId, { body: 'kept 2', mentions: [] }, 2);
		await first.chats.react(key, said.messageId, ben.personId, '👍', true, 3);
		await first.chats.read(key, ben.personId, 1);
		const before = await exportOf(first, key);
		await first.close();
		await first.close();
		const again = await on.database.open();
		expect(await exportOf(again, key)).toEqual(before);
		expect(await again.rooms.members(key.roomId)).toHaveLength(1);
		expect(await again.chats.summary(key, ben.personId)).toMatchObject({ read: 1 });
		expect((await again.chats.search(key, 'kept', undefined, 5)).messages).toHaveLength(1);
		await again.close();
	});

	test('closing waits for what is under way, and after it everything is refused', async () => {
		const store = await on.database.open();
		const key = newChat();
		const posting = Array.from({ length: 20 }, (_, index) =>
			store.chats.post([text(key, ann, `m${index}`)]),
		);
		// Asked for one turn of the loop before.
		await Promise.resolve();
		await store.close();
		await Promise.all(posting);
		expect(await allOf(on.store, key)).toHaveLength(20);
		await expect(store.ping()).rejects.toThrow('closed');
		await expect(store.chats.post([text(key, ann, 'x')])).rejects.toThrow('closed');
	});

	test('several at once make the tables once', async () => {
		const database = await newDatabase(on.kind);
		const stores = await Promise.all(Array.from({ length: 4 }, () => database.open()));
		const key = newChat();
		await Promise.all(stores.map((store) => postOne(store, text(key, ann, 'x'))));
		expect(await allOf(stores[0] ?? on.store, key)).toHaveLength(4);
		await database.remove();
	});

	test('a database of a newer program is left alone', async () => {
		const database = await newDatabase(on.kind);
		await (await database.open()).close();
		const { dir, databaseUrl } = database.config;
		const newer = 'update schema_version set version = 4711';
		if (databaseUrl) {
			const client = new pg.Client(databaseUrl);
			await client.connect();
			await client.query(newer);
			await client.end();
		} else {
			const file = new DatabaseSync(join(dir, 'parley.sqlite'));
			file.exec(newer);
			file.close();
		}
		const problem = await problemOf(database.config);
		expect(problem).toMatch(databaseUrl ? /^data\.databaseUrl: / : /^data\.dir: /);
		expect(problem).toMatch(/newer Parley.*version 4711/);
		await database.remove();
	});
});

describe('the SQLite file', () => {
	test('is for the service alone, and so is what lies beside it', async () => {
		const dir = join(folder, 'fresh', 'data');
		const store = await openStore({ dir, databaseUrl: '' }, silent);
		await postOne(store, text(newChat(), ann, 'x'));
		for (const file of readdirSync(dir))
			expect([file, statSync(join(dir, file)).mode & 0o777]).toEqual([file, 0o600]);
		expect(readdirSync(dir)).toContain('parley.sqlite');
		await store.close();
	});

	test('that is no database is named', async () => {
		const dir = join(folder, 'nonsense');
		mkdirSync(dir);
		writeFileSync(join(dir, 'parley.sqlite'), 'This is a text, and a long one. '.repeat(200));
		const problem = await problemOf({ dir });
		expect(problem).toMatch(
			/^data\.dir: .*nonsense\/parley\.sqlite cannot be used: it is no database/,
		);
	});

	test('in a folder that cannot be made is named', async () => {
		writeFileSync(join(folder, 'file'), '');
		expect(await problemOf({ dir: join(folder, 'file', 'data') })).toMatch(
			/^data\.dir: .*file\/data\/parley\.sqlite cannot be used/,
		);
	});

	test('that is a folder is named', async () => {
		const dir = join(folder, 'folder');
		mkdirSync(join(dir, 'parley.sqlite'), { recursive: true });
		expect(await problemOf({ dir })).toMatch(/^data\.dir: /);
	});

	test('that another program keeps locked is named', async () => {
		const dir = join(folder, 'locked');
		await (await openStore({ dir, databaseUrl: '' }, silent)).close();
		const other = new DatabaseSync(join(dir, 'parley.sqlite'));
		other.exec('begin immediate');
		expect(await problemOf({ dir })).toMatch(/another program keeps it locked/);
		other.exec('rollback');
		other.close();
	});
});

describe('PostgreSQL', () => {
	const at = (change: (url: URL) => void): string => {
		const url = new URL(inject('postgresUrl'));
		change(url);
		return url.href;
	};

	test('where nobody listens is named, without the password', async () => {
		const port = String(await freePort());
		const problem = await problemOf({
			databaseUrl: at((url) => {
				url.port = port;
				url.password = 'geheim';
			}),
		});
		expect(problem).toMatch(/^data\.databaseUrl: .*no PostgreSQL listens there/);
		expect(problem).toContain(`127.0.0.1:${port}`);
		expect(problem).not.toContain('geheim');
	});

	test('with a wrong password is named, without the password', async () => {
		const problem = await problemOf({ databaseUrl: at((url) => (url.password = 'geheim')) });
		expect(problem).toMatch(/^data\.databaseUrl: .*the password is wrong/);
		expect(problem).not.toContain('geheim');
	});

	test('without such a database is named', async () => {
		const problem = await problemOf({ databaseUrl: at((url) => (url.pathname = '/nowhere')) });
		expect(problem).toMatch(/^data\.databaseUrl: .*nowhere.*there is no such database/);
	});

	test('at a host that does not exist is named', async () => {
		const problem = await problemOf({
			databaseUrl: at((url) => (url.hostname = 'nowhere.invalid')),
		});
		expect(problem).toMatch(/^data\.databaseUrl: .*nowhere\.invalid/);
	});

	test('keeps everything in the database, and nothing in the folder', async () => {
		const dir = join(folder, 'empty');
		const store = await openStore({ dir, databaseUrl: await newPostgresDatabase() }, silent);
		await postOne(store, text(newChat(), ann, 'x'));
		await store.close();
		expect(() => readdirSync(dir)).toThrow('ENOENT');
	});
});
