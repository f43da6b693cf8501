import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { newMessageId, newRoomId } from '../../shared/ids.ts';
import { Writer } from '../support/chat.ts';
import { Cast, eventually } from '../support/client.ts';
import { PostgresServer } from '../support/postgres.ts';
import {
	serviceFolder,
	startServiceProcess,
	type ServiceProcess,
} from '../support/serviceProcess.ts';

let service: ServiceProcess | null = null;
let cast: Cast | null = null;
afterEach(async () => {
	cast?.close();
	await service?.close();
	[service, cast] = [null, null];
});

/** Posts until one is not accepted; what was acknowledged, and how that one was answered. */
async function postUntilRefused(writer: Writer): Promise<{ kept: string[]; error: unknown }> {
	const kept: string[] = [];
	for (;;) {
		const body = `${kept.length} ${'x'.repeat(4000)}`;
		try {
			await writer.post(body);
		} catch (error) {
			return { kept, error };
		}
		kept.push(body);
		// Within the budget of one person.
		await new Promise((resolve) => setTimeout(resolve, 60));
	}
}

// The limit on a running process is Linux's own.
const onLinux = test.skipIf(process.platform !== 'linux');

onLinux(
	'CHAT-11: with the disk full the writer is told, the call goes on, and it recovers by itself',
	async () => {
		const folder = serviceFolder();
		service = await startServiceProcess(folder, { PARLEY_LOG_LEVEL: 'error' });
		cast = new Cast(service);
		const caller = await cast.joined('Caller');
		const writer = await Writer.enter(cast, 'Writer');
		await writer.post('before');

		// From here on no file of the service grows beyond a little more than the database's log has now.
		const log = statSync(join(folder, 'data', 'parley.sqlite-wal')).size;
		const limit = (bytes: string) =>
			execFileSync('prlimit', ['--pid', String(service?.pid), `--fsize=${bytes}:`]);
		limit(String(log + 100_000));
		const { kept, error } = await postUntilRefused(writer);
		expect(error).toMatchObject({ code: 'NOT_SAVED' });
		expect(await caller.codeOf('media:want', { wants: [] })).toBe('OK');
		await cast.joined('Latecomer');
		expect(
			await writer.client.codeOf('chat:page', { chat: writer.chat(), from: { kind: 'latest' } }),
		).toBe('OK');

		limit('unlimited');
		const messageId = newMessageId();
		await eventually(async () => {
			const input = { chat: writer.chat(), messageId, draft: { body: 'after' } };
			return (await writer.client.codeOf('chat:post', input)) === 'OK';
		});
		const said = (await writer.texts()).filter((text) => !text.startsWith('('));
		expect(said).toEqual(['before', ...kept, 'after']);
		const all = await writer.latest();
		expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
	},
);

test('CHAT-11: with the database away the writer is told, the call goes on, and it recovers by itself', async () => {
	const postgres = await PostgresServer.start();
	try {
		const folder = serviceFolder();
		service = await startServiceProcess(folder, {
			PARLEY_DATA_DATABASEURL: await postgres.createDatabase(),
			PARLEY_LOG_LEVEL: 'error',
		});
		cast = new Cast(service);
		const caller = await cast.joined('Caller');
		const writer = await Writer.enter(cast, 'Writer');
		const before = Array.from({ length: 10 }, (_, i) => `before ${i}`);
		for (const text of before) await writer.post(text);

		await postgres.stop();
		const messageId = newMessageId();
		const again = { chat: writer.chat(), messageId, draft: { body: 'meanwhile' } };
		expect(await writer.client.codeOf('chat:post', again)).toBe('NOT_SAVED');
		expect(await caller.codeOf('media:want', { wants: [] })).toBe('OK');
		const latecomer = await cast.joined('Latecomer');
		expect(await latecomer.codeOf('room:leave', {})).toBe('OK');
		const page = { chat: writer.chat(), from: { kind: 'latest' } };
		expect(await writer.client.codeOf('chat:page', page)).toBe('UNAVAILABLE');
		const stranger = await cast.connect();
		expect(await stranger.codeOf('chat:open', { roomId: newRoomId() })).toBe('UNAVAILABLE');

		await postgres.resume();
		await eventually(async () => (await writer.client.codeOf('chat:post', again)) === 'OK');
		const said = (await writer.texts()).filter((text) => !text.startsWith('('));
		expect(said).toEqual([...before, 'meanwhile']);
		// What nobody waited for is made up for.
		await eventually(async () =>
			(await writer.latest()).some(({ author }) => author.name === 'Latecomer'),
		);
	} finally {
		await postgres.close();
	}
}, 60_000);
