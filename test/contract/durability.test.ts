import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localStore } from '../../sfu/store/worker/localStore.ts';
import { openStore } from '../../sfu/store/worker/openStore.ts';
import { openSqlite } from '../../sfu/store/database/sqlite.ts';
import { childEnvironment } from '../support/childEnvironment.ts';
import { PostgresServer } from '../support/postgres.ts';
import { onEachDatabase } from '../support/onEach.ts';
import {
	allOf,
	bodyOf,
	newAuthor,
	newChat,
	newDatabase,
	postOne,
	silent,
	text,
} from '../support/stores.ts';

const ann = newAuthor('Ann');
const storm = fileURLToPath(new URL('../support/storm.ts', import.meta.url));

onEachDatabase('a process killed in the middle of a storm', ({ kind }) => {
	test(
		'has stored all it acknowledged, each once, without gaps',
		{ timeout: 120_000 },
		async () => {
			const database = await newDatabase(kind);
			const key = newChat();
			const acknowledged: string[] = [];
			for (const batches of [3, 20, 41]) {
				const settings = JSON.stringify({ ...database.config, key, author: ann });
				const child = spawn(process.execPath, [storm, settings], {
					stdio: ['ignore', 'pipe', 'inherit'],
					env: childEnvironment,
				});
				const ended = new Promise((resolve) => child.once('exit', resolve));
				let lines = 0;
				for await (const line of createInterface({ input: child.stdout })) {
					acknowledged.push(...line.split(' '));
					if (++lines === batches) child.kill('SIGKILL');
				}
				await ended;
				expect(lines).toBeGreaterThanOrEqual(batches);
			}
			const store = await database.open();
			const stored = await allOf(store, key);
			expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
			const ids = stored.map(({ messageId }) => messageId as string);
			expect(new Set(ids).size).toBe(ids.length);
			expect(stored.map(bodyOf)).toEqual(ids);
			const kept = new Set(ids);
			expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
			// Batches are whole or not there at all.
			expect(ids.length % 5).toBe(0);
			await database.remove();
		},
	);
});

describe('a full disk', () => {
	test('fails the post, stores no half of it, and is over when there is room again', async () => {
		const dir = mkdtempSync(join(tmpdir(), 'parley-full-'));
		const database = await openSqlite(dir);
		const store = localStore(database);
		const { chats } = store;
		const key = newChat();
		await postOne(store, text(key, ann, 'before'));
		const pages = await sql<{ page_count: number }>`pragma page_count`.execute(database.db);
		await sql`pragma max_page_count = ${sql.lit((pages.rows[0]?.page_count ?? 0) + 2)}`.execute(
			database.db,
		);

		const large = Array.from({ length: 50 }, (_, index) =>
			text(key, ann, `large ${index} `.repeat(600)),
		);
		await expect(chats.post(large)).rejects.toThrow('full');
		await expect(chats.post(large)).rejects.toThrow('full');
		expect((await allOf(store, key)).map(bodyOf)).toEqual(['before']);
		expect((await chats.search(key, 'large', undefined, 5)).messages).toEqual([]);

		await sql`pragma max_page_count = 1000000`.execute(database.db);
		const stored = await chats.post(large);
		expect(stored.map((one) => one.kind === 'stored' && one.message.seq)).toEqual(
			large.map((_, index) => index + 2),
		);
		const check = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(
			database.db,
		);
		expect(check.rows).toEqual([{ integrity_check: 'ok' }]);
		await database.close();
		rmSync(dir, { recursive: true, force: true });
	});
});

describe('PostgreSQL that goes away', () => {
	let server: PostgresServer;
	beforeAll(async () => {
		server = await PostgresServer.start();
	});
	afterAll(() => server.close());

	/** In seconds, how long it takes to be told: a bound for what would else hang, not a measurement. */
	async function timeToFail(work: Promise<unknown>): Promise<number> {
		const began = performance.now();
		await expect(work).rejects.not.toHaveProperty('name', 'CodedError');
		return (performance.now() - began) / 1000;
	}

	test(
		'fails what is asked within seconds, and loses nothing when it is back',
		{ timeout: 120_000 },
		async () => {
			const databaseUrl = await server.createDatabase();
			const store = await openStore({ dir: tmpdir(), databaseUrl }, silent);
			const key = newChat();
			const acknowledged: string[] = [];
			let lost = 0;
			const stop = new AbortController();
			const posting = (async () => {
				while (!stop.signal.aborted) {
					const post = text(key, ann, 'x');
					await store.chats.post([post]).then(
						() => acknowledged.push(post.messageId),
						() => lost++,
					);
					await new Promise((resolve) => setTimeout(resolve, 5));
				}
			})();
			for (let round = 0; round < 2; round++) {
				const before = acknowledged.length;
				await expect
					.poll(() => acknowledged.length, { timeout: 30_000 })
					.toBeGreaterThan(before + 5);
				await server.stop();
				expect(await timeToFail(store.chats.post([text(key, ann, 'nobody')]))).toBeLessThan(20);
				expect(await timeToFail(store.ping())).toBeLessThan(20);
				expect(await timeToFail(store.chats.page(key, { kind: 'latest' }, 5))).toBeLessThan(20);
				await server.resume();
			}
			const before = acknowledged.length;
			await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before);
			stop.abort();
			await posting;
			expect(lost).toBeGreaterThan(0);
			const stored = await allOf(store, key);
			expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
			const kept = new Set<string>(stored.map(({ messageId }) => messageId));
			expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
			await store.close();
		},
	);

	test(
		'and does not say so: what is asked fails within seconds, and new connections work',
		{ timeout: 120_000 },
		async () => {
			const direct = new URL(await server.createDatabase());
			/** Passes everything on, until it is told to be silent. */
			let silence = false;
			const sockets = new Set<Socket>();
			const proxy = createServer((socket) => {
				const silenced = silence;
				const upstream = connect(server.port, '127.0.0.1');
				for (const [from, to] of [
					[socket, upstream],
					[upstream, socket],
				] as const) {
					sockets.add(from);
					from.on('data', (data) => {
						if (!silence && !silenced) to.write(data);
					});
					from.on('error', () => to.destroy());
					from.on('close', () => to.destroy());
				}
			});
			const port = await new Promise<number>((resolve) => {
				proxy.listen(0, '127.0.0.1', () => {
					const address = proxy.address();
					resolve(typeof address === 'object' && address ? address.port : 0);
				});
			});
			const url = new URL(direct);
			url.port = String(port);
			const store = await openStore({ dir: tmpdir(), databaseUrl: url.href }, silent);
			const key = newChat();
			await postOne(store, text(key, ann, 'before'));
			silence = true;
			const failing = Array.from({ length: 4 }, () =>
				timeToFail(store.chats.post([text(key, ann, 'x')])),
			);
			expect(Math.max(...(await Promise.all(failing)))).toBeLessThan(20);
			silence = false;
			await postOne(store, text(key, ann, 'after'));
			expect((await allOf(store, key)).map(bodyOf)).toEqual(['before', 'after']);
			await store.close();
			for (const socket of sockets) socket.destroy();
			proxy.close();
		},
	);
});
