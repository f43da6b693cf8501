import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../../sfu/platform/config.ts';
import { backUp } from '../../sfu/store/worker/backup.ts';
import { openOwnedStore } from '../../sfu/store/worker/ownership.ts';
import type { Store } from '../../sfu/store/api/store.ts';
import { StartError } from '../../sfu/platform/startError.ts';
import { childEnvironment } from '../support/childEnvironment.ts';
import {
	databaseKinds,
	newAuthor,
	newChat,
	newDatabase,
	postOne,
	silent,
	text,
} from '../support/stores.ts';

const program = fileURLToPath(new URL('../support/owner.ts', import.meta.url));
const children: ChildProcess[] = [];
const stores: Store[] = [];
const folders: string[] = [];
afterEach(async () => {
	for (const child of children.splice(0)) child.kill('SIGKILL');
	for (const store of stores.splice(0)) await store.close();
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'parley-owner-'));
	folders.push(folder);
	return folder;
}

/** A process that tries to own the data. */
async function start(data: Config['data']): Promise<{ said: string; child: ChildProcess }> {
	const child = spawn(process.execPath, [program, JSON.stringify(data)], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: childEnvironment,
	});
	children.push(child);
	for await (const said of createInterface({ input: child.stdout })) return { said, child };
	throw new Error('it said nothing');
}

async function open(data: Config['data'], lost = (_: Error) => {}): Promise<Store> {
	const store = await openOwnedStore(data, silent, { lost });
	stores.push(store);
	return store;
}

describe.each(databaseKinds)('A-H8: data on %s', (kind) => {
	test('are of one process: a second start stops with a sentence that names the first', async () => {
		const { config } = await newDatabase(kind);
		const { said, child } = await start(config);
		expect(said).toBe('owner');
		const refused = await start(config);
		expect(refused.said).toContain(`in use by another Parley (process ${child.pid} on `);
		expect(refused.said).toContain(hostname().slice(0, 40));
		expect(refused.said).toMatch(/since 20\d\d-\d\d-\d\dT.*\. Stop that one first/);
		await expect(open(config)).rejects.toBeInstanceOf(StartError);
	});

	test('are free again when the process was killed, and when it closed them', async () => {
		const { config } = await newDatabase(kind);
		const { child } = await start(config);
		const ended = new Promise((resolve) => child.once('exit', resolve));
		child.kill('SIGKILL');
		await ended;
		const store = await open(config);
		await store.close();
		expect((await start(config)).said).toBe('owner');
	});

	test('can be backed up while they are in use', async () => {
		const { config } = await newDatabase(kind);
		const store = await open(config);
		await postOne(store, text(newChat(), newAuthor('Ann'), 'kept'));
		await expect(backUp(config, join(newFolder(), 'backup'))).resolves.toContain('backup');
		await store.ping();
	});
});

describe('A-H8: a PostgreSQL database', () => {
	const admin = async (url: string, sql: string) => {
		const client = new pg.Client(url);
		await client.connect();
		const { rows } = await client.query<{ pid: number }>(sql);
		await client.end();
		return rows;
	};
	const holders = `select pid from pg_locks where locktype = 'advisory' and granted and objid = 7272652
		and database = (select oid from pg_database where datname = current_database())`;

	test('is of one process, also for those with other folders', async () => {
		const { config } = await newDatabase('PostgreSQL');
		await open(config);
		const refused = await start({ ...config, dir: newFolder() });
		expect(refused.said).toContain('data.databaseUrl: the PostgreSQL database');
		expect(refused.said).toContain(`process ${process.pid} on `);
	});

	test('is taken again when the connection that holds it was lost', async () => {
		const { config } = await newDatabase('PostgreSQL');
		const lost: Error[] = [];
		await open(config, (error) => lost.push(error));
		const [before] = await admin(config.databaseUrl, holders);
		await admin(config.databaseUrl, `select pg_terminate_backend(${before?.pid})`);
		await expect
			.poll(async () => (await admin(config.databaseUrl, holders))[0]?.pid ?? before?.pid)
			.not.toBe(before?.pid);
		expect((await start({ ...config, dir: newFolder() })).said).toContain('in use by another');
		expect(lost).toEqual([]);
	});

	test('that another process took meanwhile ends this one', async () => {
		const { config } = await newDatabase('PostgreSQL');
		let tell: (error: Error) => void;
		const lost = new Promise<Error>((resolve) => (tell = resolve));
		await open(config, (error) => tell(error));
		const thief = new pg.Client({
			connectionString: config.databaseUrl,
			application_name: 'thief',
		});
		await thief.connect();
		// Waits in the line for the lock, so that it gets it in the moment in which it is free.
		const taken = thief.query('select pg_advisory_lock(7272652)');
		const [owner] = await admin(config.databaseUrl, holders);
		await admin(config.databaseUrl, `select pg_terminate_backend(${owner?.pid})`);
		await taken;
		expect((await lost).message).toContain('in use by another Parley (thief, since ');
		await thief.end();
	});
});
