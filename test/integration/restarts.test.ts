import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { RetentionKeeper } from '../../sfu/chat/retentionKeeper.ts';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { childEnvironment } from '../support/childEnvironment.ts';
import { Writer } from '../support/chat.ts';
import { Cast, eventually } from '../support/client.ts';
import { freePort } from '../support/ports.ts';
import {
	serviceFolder,
	startServiceProcess,
	type ServiceProcess,
} from '../support/serviceProcess.ts';

const main = fileURLToPath(new URL('../../sfu/main.ts', import.meta.url));
const folders: string[] = [];
let running: ServiceProcess | null = null;
afterEach(async () => {
	await running?.kill();
	running = null;
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
	const folder = serviceFolder();
	folders.push(folder);
	return folder;
}

/** A call in a room that keeps its chat until it is empty, and somebody who reads it. */
async function callIn(service: ServiceProcess) {
	const cast = new Cast(service);
	const reader = await Writer.enter(cast, 'Reader');
	await reader.client.ask('chat:retain', {
		roomId: cast.roomId,
		retention: { kind: 'until-empty' },
	});
	const caller = await cast.joined('Caller');
	await eventually(async () => (await reader.texts()).includes('(joined)'));
	await reader.post('said in the call');
	return { cast, reader, caller };
}

test('A-H8: a second process on the same folder says whose it is, and the call of the first keeps its chat', async () => {
	const folder = newFolder();
	running = await startServiceProcess(folder);
	const { cast, reader } = await callIn(running);
	const second = spawn(process.execPath, [main], {
		cwd: folder,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			...childEnvironment,
			PARLEY_HTTP_PORT: '0',
			PARLEY_HTTP_ADDRESS: '127.0.0.1',
			PARLEY_MEDIA_PORT: String(await freePort()),
			PARLEY_MEDIA_WORKERS: '1',
			PARLEY_MEDIA_LISTENADDRESS: '127.0.0.1',
		},
	});
	let said = '';
	for (const stream of [second.stdout, second.stderr])
		stream.setEncoding('utf8').on('data', (text: string) => {
			said += text;
			// Should it start, it is not to run for ever.
			if (said.includes('listens on')) second.kill('SIGTERM');
		});
	const code = await new Promise((resolve) => second.once('close', resolve));
	expect(said).toContain(`is in use by another Parley (process ${running.pid} on `);
	expect(code).toBe(1);
	expect(await reader.texts()).toContain('said in the call');
	cast.close();
});

for (const how of ['stop', 'kill'] as const) {
	test(`A-H8, CHAT-13: a chat that is kept until the room is empty outlives a restart (${how})`, async () => {
		const folder = newFolder();
		running = await startServiceProcess(folder);
		const before = await callIn(running);
		await running[how]();
		before.cast.close();
		running = await startServiceProcess(folder);
		const cast = new Cast(running, before.cast.roomId);
		const reader = await Writer.enter(
			cast,
			'Reader',
			await cast.connect({ cookie: before.reader.client.cookie }),
		);
		// One of them is back and leaves, while others may still be on their way.
		const caller = await cast.joined('Caller');
		await caller.ask('room:leave', {});
		await eventually(async () => (await reader.texts()).at(-1) === '(left)');
		expect(await reader.texts()).toContain('said in the call');
		cast.close();
	});
}

test('A-H8, CHAT-13: rooms from before the start are swept after the grace period, where nobody came back', async () => {
	vi.useFakeTimers();
	const [empty, back, fresh] = [newRoomId(), newRoomId(), newRoomId()];
	const swept: RoomId[] = [];
	let sweepable = [empty, back];
	const store = {
		sweep: () => Promise.resolve([]),
		sweepable: () => Promise.resolve(sweepable),
		sweepEmpty: (roomId: RoomId) => {
			swept.push(roomId);
			return Promise.resolve([]);
		},
	};
	const keeper = new RetentionKeeper(
		{ clear: (sweep) => sweep() },
		store,
		pino({ level: 'silent' }),
		(roomId) => roomId === back,
		90_000,
	);
	await vi.advanceTimersByTimeAsync(1);
	sweepable = [empty, back, fresh];
	await keeper.emptied(empty);
	await keeper.emptied(fresh);
	expect(swept).toEqual([fresh]);
	await vi.advanceTimersByTimeAsync(89_000);
	expect(swept).toEqual([fresh]);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(swept).toEqual([fresh, empty, fresh]);
	await keeper.close();
	vi.useRealTimers();
});
