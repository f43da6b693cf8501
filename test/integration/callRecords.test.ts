import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../sfu/store/worker/openStore.ts';
import type { CallRecord } from '../../sfu/store/api/store.ts';
import { goodPassword, Visit } from '../support/account.ts';
import { textOf, Writer } from '../support/chat.ts';
import { Cast, eventually, type TestClient } from '../support/client.ts';
import { Person } from '../support/person.ts';
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

test('ROOM-8: a room that lost its worker is one call still, and nobody is said to have left', async () => {
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

describe('ROOM-15: the past calls of a room', () => {
	type Page = {
		calls: { beganAt: number; endedAt: number; people: { name: string; seconds: number }[] }[];
		more: boolean;
	};
	const at = (path: string) => `/api/rooms/${cast.roomId}/${path}`;
	const personOf = ({ cookie }: TestClient) => Person.of(service, cookie);
	const pageOf = async (person: Person, query = '') =>
		(await person.ask('GET', at(`calls${query}`))).data as Page;

	/** Two people in one call, which is over. */
	async function oneCall(visit?: Visit) {
		const one = await cast.joined('Ann');
		const two = await cast.connect(visit ? { cookie: visit.cookie } : {});
		await two.join(cast.roomId, '=1+1, "B"');
		const members = async () => (await one.ask('chat:open', { roomId: cast.roomId })).members;
		await eventually(async () => (await members()).length === 2);
		const [ann] = await members();
		if (!ann) throw new Error('nobody is a member');
		await one.ask('host:label', { personId: ann.personId, label: 'Tutor' });
		await one.ask('room:leave', {});
		await two.ask('room:leave', {});
		const [host, guest] = [await personOf(one), await personOf(two)];
		await eventually(async () => (await pageOf(host)).calls.length === 1);
		return { host, guest };
	}

	test('are told to its members, with who was there, and not while they run', async () => {
		const { host, guest } = await oneCall();
		for (const person of [host, guest]) {
			const { calls, more } = await pageOf(person);
			expect(more).toBe(false);
			expect(calls[0]?.people.map(({ name }) => name)).toEqual(['Ann', '=1+1, "B"']);
			expect(calls[0]?.endedAt).toBeGreaterThanOrEqual(calls[0]?.beganAt ?? Infinity);
		}
		const third = await personOf(await cast.joined('Third'));
		await eventually(async () => (await third.ask('GET', at('calls'))).error === null);
		expect((await pageOf(third)).calls).toHaveLength(1);
		const stranger = await Person.guest(service);
		expect((await stranger.ask('GET', at('calls'))).error?.code).toBe('NOT_MEMBER');
	});

	test('are downloaded by hosts as a table in which nothing is a formula', async () => {
		const { host, guest } = await oneCall();
		expect((await guest.ask('GET', at('calls.csv'))).error?.code).toBe('NOT_ALLOWED');
		const response = await host.fetch(at('calls.csv'));
		expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
		expect(response.headers.get('content-disposition')).toContain('.csv');
		const bytes = new Uint8Array(await response.arrayBuffer());
		expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
		const lines = new TextDecoder().decode(bytes).split('\r\n');
		expect(lines).toHaveLength(4);
		expect(lines[0]).toMatch(/^Call began \(UTC\),Call ended/);
		expect(lines[1]).toMatch(/^[\d-]{10} [\d:]{8},[\d-]{10} [\d:]{8},\d+\.\d,Ann,Tutor,/);
		expect(lines[2]).toContain(`,"'=1+1, ""B""",,`);
		expect(lines[3]).toBe('');
	});

	test('come at most 20 at a time, and each on one page', async () => {
		const { host } = await oneCall();
		for (const query of ['?limit=0', '?limit=21', '?limit=x', '?before=-1', '?before=soon'])
			expect((await host.ask('GET', at(`calls${query}`))).error?.code, query).toBe('BAD_REQUEST');
		const { calls } = await pageOf(host, '?limit=20');
		expect(calls).toHaveLength(1);
		expect(await pageOf(host, `?before=${calls[0]?.beganAt}`)).toEqual({ calls: [], more: false });
		const again = await cast.joined('Ann again');
		await again.ask('room:leave', {});
		await eventually(async () => (await pageOf(host)).calls.length === 2);
		const first = await pageOf(host, '?limit=1');
		expect(first).toMatchObject({ more: true, calls: [{ people: [{ name: 'Ann again' }] }] });
		const rest = await pageOf(host, `?limit=1&before=${first.calls[0]?.beganAt}`);
		expect(rest).toEqual({ more: false, calls });
	});

	test('do not name a person who deleted themselves', async () => {
		const leaver = await Visit.account(service);
		const { host } = await oneCall(leaver);
		await leaver.ask('POST', '/api/account/delete', {
			password: goodPassword,
			messages: 'keep',
		});
		await eventually(async () => {
			const { calls } = await pageOf(host);
			return calls[0]?.people[1]?.name === 'Deleted person';
		});
	});
});
