import { spawnSync, type ChildProcess, spawn } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { openStore } from '../../sfu/store/worker/openStore.ts';
import { childEnvironment } from '../support/childEnvironment.ts';
import {
	allOf,
	databaseKinds,
	exportOf,
	newAuthor,
	newChat,
	newDatabase,
	newPostgresDatabase,
	postOne,
	silent,
	text,
	type TestDatabase,
} from '../support/stores.ts';

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const ann = newAuthor('Ann');
const folder = mkdtempSync(join(tmpdir(), 'parley-backups-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the program as an operator does, configured by the environment. */
function backUp(
	config: TestDatabase['config'],
	args: string[] = [],
	settings: Record<string, string> = {},
) {
	return spawnSync(process.execPath, [inProject('sfu/backup.ts'), ...args], {
		cwd: folder,
		encoding: 'utf8',
		env: {
			...childEnvironment,
			PATH: inject('postgresPrograms'),
			PARLEY_DATA_DIR: config.dir,
			PARLEY_DATA_DATABASEURL: config.databaseUrl,
			...settings,
		},
	});
}

/** Puts a backup where a service finds it, as docs/operating.md says. */
async function restore(from: string, { databaseUrl }: TestDatabase['config']) {
	const dir = mkdtempSync(join(folder, 'restored-'));
	if (!databaseUrl) {
		writeFileSync(join(dir, 'parley.sqlite'), readFileSync(join(from, 'parley.sqlite')));
		return openStore({ dir, databaseUrl }, silent);
	}
	const url = await newPostgresDatabase();
	const restoring = spawnSync(
		join(inject('postgresPrograms'), 'pg_restore'),
		['--clean', '--if-exists', '--no-owner', `--dbname=${url}`, join(from, 'parley.dump')],
		{ encoding: 'utf8' },
	);
	expect(restoring.stderr).toBe('');
	return openStore({ dir, databaseUrl: url }, silent);
}

/** The programs from npm can run a server and not dump it: then an operator is told what to do. */
const canDump = existsSync(join(inject('postgresPrograms'), 'pg_dump'));

if (!canDump)
	test('without pg_dump, PostgreSQL’s backup is left to the operator', async () => {
		const database = await newDatabase('PostgreSQL');
		const { status, stderr } = backUp(database.config);
		expect(status).toBe(1);
		expect(stderr).toMatch(/pg_dump is not on this machine: install/);
		expect(readdirSync(join(database.config.dir, 'backups'))).toEqual([]);
		await database.remove();
	});

describe.each(databaseKinds.filter((kind) => kind === 'SQLite' || canDump))(
	'a backup on %s',
	(kind) => {
		test('taken in the middle of a storm is whole, and what was said before it is in it', async () => {
			const database = await newDatabase(kind);
			const key = newChat();
			const settings = JSON.stringify({ ...database.config, key, author: ann });
			const child: ChildProcess = spawn(
				process.execPath,
				[inProject('test/support/storm.ts'), settings],
				{ stdio: ['ignore', 'pipe', 'inherit'], env: childEnvironment },
			);
			if (!child.stdout) throw new Error('it has one');
			const acknowledged: string[] = [];
			const heard = createInterface({ input: child.stdout });
			heard.on('line', (line) => acknowledged.push(...line.split(' ')));
			await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(200);
			const before = [...acknowledged];
			const target = join(folder, `storm-${kind}`);
			expect(backUp(database.config, [target])).toMatchObject({
				status: 0,
				stdout: `The backup is ${target}\n`,
				stderr: '',
			});
			await expect
				.poll(() => acknowledged.length, { timeout: 30_000 })
				.toBeGreaterThan(before.length + 100);
			const ended = new Promise((resolve) => child.once('exit', resolve));
			child.kill('SIGKILL');
			await ended;

			if (kind === 'SQLite') {
				const file = new DatabaseSync(join(target, 'parley.sqlite'));
				expect(file.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
				expect(file.prepare('pragma foreign_key_check').all()).toEqual([]);
				file.close();
			}
			const store = await restore(target, database.config);
			const stored = await allOf(store, key);
			expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
			expect(stored.length % 5).toBe(0);
			const kept = new Set<string>(stored.map(({ messageId }) => messageId));
			expect(before.filter((id) => !kept.has(id))).toEqual([]);
			const [first] = stored;
			const found = await store.chats.search(key, String(first?.messageId), undefined, 5);
			expect(found.messages).toEqual([first]);
			await store.close();
			await database.remove();
		});

		test('holds everything, the files and the secret too, for the service alone', async () => {
			const database = await newDatabase(kind);
			const store = await database.open();
			const key = newChat();
			const said = await postOne(store, text(key, ann, 'Crème brûlée'));
			await store.chats.edit(
				key,
				said.messageId,
				ann.personId,
				{ body: 'Éclair', mentions: [] },
				5,
			);
			const { dir } = database.config;
			mkdirSync(join(dir, 'files', 'ab'), { recursive: true });
			writeFileSync(join(dir, 'files', 'ab', 'abcdef'), 'content');
			writeFileSync(join(dir, 'session-secret'), 'secret', { mode: 0o600 });
			expect(backUp(database.config)).toMatchObject({ status: 0, stderr: '' });

			const [name = ''] = readdirSync(join(dir, 'backups'));
			expect(name).toMatch(/^parley-\d{8}-\d{6}$/);
			const target = join(dir, 'backups', name);
			expect(readdirSync(target).sort()).toEqual(
				['files', kind === 'SQLite' ? 'parley.sqlite' : 'parley.dump', 'session-secret'].sort(),
			);
			expect(statSync(target).mode & 0o777).toBe(0o700);
			for (const file of readdirSync(target).filter((one) => one !== 'files'))
				expect([file, statSync(join(target, file)).mode & 0o777]).toEqual([file, 0o600]);
			expect(readFileSync(join(target, 'files', 'ab', 'abcdef'), 'utf8')).toBe('content');
			expect(readFileSync(join(target, 'session-secret'), 'utf8')).toBe('secret');
			// The service removes a file: the backup has it still.
			rmSync(join(dir, 'files', 'ab', 'abcdef'));
			expect(readFileSync(join(target, 'files', 'ab', 'abcdef'), 'utf8')).toBe('content');

			const restored = await restore(target, database.config);
			expect(await exportOf(restored, key)).toEqual(await exportOf(store, key));
			await restored.close();
			await database.remove();
		});
	},
);

test('a backup says that the files of a bucket are not in it', async () => {
	const database = await newDatabase('SQLite');
	await (await database.open()).close();
	const target = join(folder, 'bucket');
	expect(backUp(database.config, [target], { PARLEY_FILES_S3_BUCKET: 'attic' })).toMatchObject({
		status: 0,
		stdout: `The backup is ${target}, without files: copy the bucket attic after it.\n`,
	});
	expect(readdirSync(target)).toEqual(['parley.sqlite']);
	await database.remove();
});

test('a backup that cannot be made leaves nothing behind and says why', async () => {
	const database = await newDatabase('SQLite');
	const nothing = backUp(database.config);
	expect(nothing).toMatchObject({ status: 1, stdout: '' });
	expect(nothing.stderr).toMatch(/^There is no backup\. data\.dir: there is no database in /);

	await (await database.open()).close();
	const taken = join(folder, 'taken');
	mkdirSync(taken);
	expect(backUp(database.config, [taken]).stderr).toMatch(/taken is there already/);

	writeFileSync(join(database.config.dir, 'parley.sqlite'), 'no database '.repeat(1000));
	const target = join(folder, 'damaged');
	expect(backUp(database.config, [target])).toMatchObject({ status: 1, stdout: '' });
	expect(readdirSync(folder).filter((name) => name.startsWith('damaged'))).toEqual([]);

	const away = { ...database.config, databaseUrl: 'postgres://me:geheim@127.0.0.1:1/none' };
	const unreachable = backUp(away, [target]);
	expect(unreachable.status).toBe(1);
	expect(unreachable.stderr).not.toContain('geheim');
	expect(existsSync(target)).toBe(false);

	expect(backUp(database.config, ['one', 'two']).stderr).toMatch(/Only one folder/);
	expect(backUp(database.config, ['--help']).stdout).toMatch(/^Usage: npm run backup/);
	await database.remove();
});
