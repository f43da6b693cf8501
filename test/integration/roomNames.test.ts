import { describe, expect, test } from 'vitest';
import { newRingId, newRoomId, type RoomId } from '../../shared/ids.ts';
import { textOf, Writer } from '../support/chat.ts';
import { Cast, eventually, type TestClient } from '../support/client.ts';
import { hostAndGuest, inCall, inLobby } from '../support/people.ts';
import { Person } from '../support/person.ts';
import { PostgresServer } from '../support/postgres.ts';
import type { Service } from '../support/service.ts';
import { serviceFolder, startServiceProcess } from '../support/serviceProcess.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on));

const nameIn = (client: TestClient, name: string | null, roomId: RoomId = cast.roomId) =>
	client.codeOf('room:name', { roomId, name });

/** The rooms in the list of this client's person. */
async function listOf(client: TestClient) {
	const { data } = await (await Person.of(service, client.cookie)).ask('GET', '/api/rooms');
	return (data as { rooms: { roomId: RoomId; name: string | null; people: string[] }[] }).rooms;
}

describe('ROOM-13: the name of a room', () => {
	test('is told to the call, the lobby and readers of the chat, and to everyone who comes', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const waiting = await inLobby(cast);
		const reader = await Writer.enter(cast, 'Reader');
		expect(await nameIn(host.client, '  German, group 2  ')).toBe('OK');
		const told = { roomId: cast.roomId, name: 'German, group 2' };
		for (const client of [host.client, guest.client, waiting.client, reader.client])
			expect(await client.until('room:named')).toEqual(told);
		const late = await inLobby(cast);
		const { room } = await late.client.join(cast.roomId);
		expect(room).toMatchObject({ id: cast.roomId, title: 'German, group 2' });
		const opened = await late.client.ask('chat:open', { roomId: cast.roomId });
		expect(opened.name).toBe('German, group 2');
		await eventually(() => reader.heard.some((line) => textOf(line) === '(named-room)'));
		expect(reader.heard.find((line) => textOf(line) === '(named-room)')).toMatchObject({
			author: { name: 'Host' },
			content: { system: { event: 'named-room', name: 'German, group 2' } },
		});
	});

	test('is told once, and not again for the same name', async () => {
		const { host, guest } = await hostAndGuest(cast);
		for (const name of ['One', 'One', 'Two', null])
			expect(await nameIn(host.client, name)).toBe('OK');
		await guest.client.until('room:named', ({ name }) => name === null);
		expect(guest.client.told('room:named').map(({ name }) => name)).toEqual(['One', 'Two', null]);
		const late = await inLobby(cast);
		expect((await late.client.join(cast.roomId)).room.title).toBe(cast.roomId);
	});

	test('is given by hosts alone, by socket and by HTTP, in the call and outside of it', async () => {
		const { host, guest } = await hostAndGuest(cast);
		expect(await nameIn(guest.client, 'Mine')).toBe('NOT_ALLOWED');
		const outside = await cast.connect();
		expect(await nameIn(outside, 'Mine')).toBe('NOT_MEMBER');
		expect(await nameIn(outside, 'Mine', newRoomId())).toBe('NOT_MEMBER');
		const at = `/api/rooms/${cast.roomId}/name`;
		const [hostPerson, guestPerson] = [
			await Person.of(service, host.client.cookie),
			await Person.of(service, guest.client.cookie),
		];
		const body = { name: 'By HTTP' };
		expect((await guestPerson.ask('PUT', at, { body })).error?.code).toBe('NOT_ALLOWED');
		expect(guest.client.told('room:named')).toEqual([]);
		await host.client.ask('room:leave', {});
		expect((await hostPerson.ask('PUT', at, { body })).error).toBeNull();
		expect(await guest.client.until('room:named')).toMatchObject({ name: 'By HTTP' });
		expect(await nameIn(host.client, 'By socket')).toBe('OK');
	});

	test.each([
		['nothing', ''],
		['spaces', '   '],
		['61 characters', 'x'.repeat(61)],
		['a character that turns the text', 'a\u202Eb'],
		['a line break', 'a\nb'],
		['joiners alone', '\u200D\u200D'],
		['a number', 7],
		['no name at all', undefined],
	])('is not %s', async (_, name) => {
		const host = await inCall(cast, 'Host');
		expect(await host.client.codeOf('room:name', { roomId: cast.roomId, name })).toBe(
			'BAD_REQUEST',
		);
		expect(host.client.told('room:named')).toEqual([]);
	});

	test('may have 60 characters of any script', async () => {
		const host = await inCall(cast, 'Host');
		const name = 'نص'.repeat(30);
		expect(await nameIn(host.client, name)).toBe('OK');
		expect(await host.client.until('room:named')).toMatchObject({ name });
	});

	test('is not given to the room of a call', async () => {
		const caller = await inCall(cast, 'Caller');
		const roomId = newRoomId();
		const friend = await inCall(cast, 'Friend');
		await caller.client.ask('people:enter', { name: 'Caller', idle: false });
		await friend.client.ask('people:enter', { name: 'Friend', idle: false });
		await eventually(async () => {
			const { people } = await caller.client.ask('people:open', {});
			return people.some(({ personId }) => personId === friend.you.personId);
		});
		await caller.client.ask('room:leave', {});
		const { personId } = friend.you;
		const ring = { ringId: newRingId(), roomId, personId, name: 'Caller', video: false };
		await caller.client.ask('call:start', ring);
		expect(await nameIn(caller.client, 'Call', roomId)).toBe('NOT_ALLOWED');
	});

	test('is in the list of rooms, and before it the people who are in the room', async () => {
		const { host, guest } = await hostAndGuest(cast);
		await eventually(async () => (await listOf(guest.client)).length === 1);
		await eventually(async () => (await listOf(host.client))[0]?.people[0] === 'Guest');
		expect(await listOf(guest.client)).toMatchObject([
			{ roomId: cast.roomId, name: null, host: false, people: ['Host'], others: 1 },
		]);
		await nameIn(host.client, 'Lessons');
		expect(await listOf(guest.client)).toMatchObject([{ name: 'Lessons' }]);
	});
});

test('ROOM-14: a room that a person removed from the list is theirs, and listed when they join again', async () => {
	const { host } = await hostAndGuest(cast);
	const person = await Person.of(service, host.client.cookie);
	const listed = (value: unknown) =>
		person.ask('PUT', `/api/rooms/${cast.roomId}/listed`, { body: { listed: value } });
	await eventually(async () => (await listOf(host.client)).length === 1);
	await host.client.ask('room:leave', {});
	expect((await listed('no')).error?.code).toBe('BAD_REQUEST');
	expect((await listed(false)).error).toBeNull();
	expect(await listOf(host.client)).toEqual([]);
	const { you } = await host.client.ask('chat:open', { roomId: cast.roomId });
	expect(you.role).toBe('host');
	await listed(true);
	expect(await listOf(host.client)).toHaveLength(1);
	await listed(false);
	await host.client.join(cast.roomId, 'Host');
	await eventually(async () => (await listOf(host.client)).length === 1);
	const stranger = await Person.guest(service);
	const refused = await stranger.ask('PUT', `/api/rooms/${cast.roomId}/listed`, {
		body: { listed: false },
	});
	expect(refused.error?.code).toBe('NOT_MEMBER');
});

describe('ROOM-16: the label of a person', () => {
	test('is told to everyone in the call and the chat, and to everyone who comes', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const reader = await Writer.enter(cast, 'Reader');
		const { peerId, personId } = guest.you;
		await host.client.ask('host:label', { personId, label: ' Student ' });
		for (const { client } of [host, guest])
			expect(await client.until('peer:updated', ({ label }) => label !== undefined)).toMatchObject({
				peerId,
				name: 'Guest',
				role: 'member',
				label: 'Student',
			});
		expect(
			await reader.client.until('chat:member', ({ member }) => member.label !== undefined),
		).toMatchObject({ member: { personId, label: 'Student' } });
		const late = await inCall(cast, 'Late');
		const { members } = await late.client.ask('chat:open', { roomId: cast.roomId });
		expect(members.find((one) => one.personId === personId)?.label).toBe('Student');
		// With the second tab of the same person, and under another name.
		await guest.client.ask('room:rename', { name: 'Gast' });
		await host.client.until('peer:updated', ({ name, label }) => {
			return name === 'Gast' && label === 'Student';
		});
		await host.client.ask('host:label', { personId, label: null });
		await reader.client.until(
			'chat:member',
			({ member }) => member.name === 'Gast' && member.label === undefined,
		);
	});

	test('gives no rights, and goes back with a host who is one no longer', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const { personId } = guest.you;
		await host.client.ask('host:label', { personId, label: 'Host' });
		expect(await guest.client.codeOf('host:mute-all', {})).toBe('NOT_ALLOWED');
		await host.client.ask('host:name', { personId, host: true });
		await guest.client.until(
			'peer:updated',
			({ role, label }) => role === 'host' && label === 'Host',
		);
	});

	test('is for people in the call and members, and has 24 visible characters', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const { personId } = guest.you;
		const code = (input: object) => host.client.codeOf('host:label', { personId, ...input });
		for (const label of ['', ' ', 'x'.repeat(25), 'a\u202Eb', 7, undefined])
			expect(await code({ label }), String(label)).toBe('BAD_REQUEST');
		expect(await code({ label: 'x'.repeat(24) })).toBe('OK');
		const elsewhere = await Person.guest(service);
		expect(await code({ personId: elsewhere.id, label: 'Nobody' })).toBe('NOT_FOUND');
		await guest.client.ask('room:leave', {});
		expect(await code({ label: 'Away' })).toBe('OK');
	});
});

describe.each(['SQLite', 'PostgreSQL'])('on %s', (kind) => {
	test('ROOM-13, ROOM-16: names and labels survive a service that is killed', async () => {
		const postgres = kind === 'PostgreSQL' ? await PostgresServer.start() : null;
		const settings: Record<string, string> = postgres
			? { PARLEY_DATA_DATABASEURL: await postgres.createDatabase() }
			: {};
		const folder = serviceFolder();
		const first = await startServiceProcess(folder, settings);
		const before = new Cast(first);
		const { host, guest } = await hostAndGuest(before);
		await host.client.ask('room:name', { roomId: before.roomId, name: 'Kept' });
		await host.client.ask('host:label', { personId: guest.you.personId, label: 'Student' });
		await first.kill();
		before.close();
		const second = await startServiceProcess(folder, settings);
		const after = new Cast(second, before.roomId);
		try {
			const client = await after.connect({ cookie: guest.client.cookie });
			const { room, you } = await client.join(before.roomId, 'Guest');
			expect(room.title).toBe('Kept');
			expect(you.label).toBe('Student');
		} finally {
			after.close();
			await second.close();
			await postgres?.stop();
		}
	});
});
