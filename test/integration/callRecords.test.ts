import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../sfu/store/openStore.ts';
import type { CallRecord } from '../../sfu/store/store.ts';
import { textOf, Writer } from '../support/chat.ts';
import { Cast, eventually } from '../support/client.ts';
import { startService, type Service } from '../support/service.ts';
import { serviceFolder, startServiceProcess } from '../support/serviceProcess.ts';

let service: Service;
let cast: Cast;
let dir: string;
beforeEach(async () => {
	dir = mkdtempSync(join(tmpdir(), 'parley-test-'));
	service = await startService({ data: { dir }, rooms: { graceSeconds: 0 } });
	cast = new Cast(service);
});
afterEach(async () => {
	cast.close();
	await service.close();
});

/** What was written down, as it is found when the service has ended. */
async function historyIn(folder: string): Promise<CallRecord[]> {
	const store = await openStore({ dir: folder, databaseUrl: '' }, pino({ level: 'silent' }));
	try {
		return await store.calls.history(cast.roomId, 10);
	} finally {
		await store.close();
	}
}

test('a call is from the first join to the last leave, with who was there when', async () => {
	const one = await cast.joined('One');
	const two = await cast.joined('Two');
	await one.ask('room:leave', {});
	await two.ask('room:leave', {});
	await cast.joined('Three');
	cast.close();
	await service.app.close();

	const [second, first, ...none] = await historyIn(dir);
	expect(none).toEqual([]);
	expect(first?.participants.map(({ name }) => name)).toEqual(['One', 'Two']);
	expect(second?.participants.map(({ name }) => name)).toEqual(['Three']);
	for (const call of [first, second]) {
		expect(call?.endedAt).toBeGreaterThanOrEqual(call?.beganAt ?? Infinity);
		for (const { joinedAt, leftAt } of call?.participants ?? []) {
			expect(joinedAt).toBeGreaterThanOrEqual(call?.beganAt ?? Infinity);
			expect(leftAt).toBeGreaterThanOrEqual(joinedAt);
			expect(leftAt).toBeLessThanOrEqual(call?.endedAt ?? 0);
		}
	}
});

test('R22: a room that lost its worker is one call still, and nobody is said to have left', async () => {
	const reader = await Writer.enter(cast, 'Reader');
	const one = await cast.joined('One');
	await eventually(() => reader.heard.length === 1);
	for (const pid of service.app.workerPids()) process.kill(pid, 'SIGKILL');
	await one.until('room:ended', ({ code }) => code === 'MEDIA_LOST');
	await eventually(() => service.app.workerPids().length === 1);
	await one.join(cast.roomId, 'One');
	await cast.joined('Two');
	await eventually(() => reader.heard.length === 2);
	expect(reader.heard.map((line) => `${line.author.name} ${textOf(line)}`)).toEqual([
		'One (joined)',
		'Two (joined)',
	]);
	cast.close();
	await service.app.close();
	const [call, ...none] = await historyIn(dir);
	expect(none).toEqual([]);
	expect(call?.participants.map(({ name }) => name)).toEqual(['One', 'One', 'Two']);
});

test('a call that was under way when the service died has an end after the next start', async () => {
	const folder = serviceFolder();
	const first = await startServiceProcess(folder);
	const outside = new Cast(first);
	await outside.joined('One');
	const reader = await Writer.enter(outside, 'Reader');
	// The line is the last thing that is written down about a join.
	await eventually(async () => (await reader.texts()).includes('(joined)'));
	await first.kill();
	outside.close();
	const second = await startServiceProcess(folder);
	await eventually(async () => {
		const store = await openStore(
			{ dir: join(folder, 'data'), databaseUrl: '' },
			pino({ level: 'silent' }),
		);
		const [call] = await store.calls.history(outside.roomId, 1);
		await store.close();
		return call !== undefined && call.endedAt !== null && call.participants[0]?.leftAt !== null;
	});
	await second.close();
});
