import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Chats } from '../../sfu/chat/chats.ts';
import { Passwords } from '../../sfu/rooms/passwords.ts';
import { RoomAdmission } from '../../sfu/rooms/roomAdmission.ts';
import { RoomRules } from '../../sfu/rooms/roomRules.ts';
import { HostActions } from '../../sfu/signalling/room/hostActions.ts';
import { MediaPermissions } from '../../sfu/signalling/room/mediaPermissions.ts';
import { PeerSessions } from '../../sfu/signalling/room/peerSessions.ts';
import { WaitingRoom } from '../../sfu/signalling/room/waitingRoom.ts';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { Visit } from '../support/account.ts';
import { talking, two } from '../support/calls.ts';
import { Writer } from '../support/chat.ts';
import { Cast, eventually } from '../support/client.ts';
import { joinCode, hostAndGuest, inCall, inLobby } from '../support/people.ts';
import { enterInput, joinWith, newCheck } from '../support/encrypted.ts';
import { Person } from '../support/person.ts';
import { startService, type Service } from '../support/service.ts';
import { serviceFolder, startServiceProcess } from '../support/serviceProcess.ts';
import { newAuthor, newDatabase, silent, type TestDatabase } from '../support/stores.ts';

let service: Service;
let admin: Person;
let cast: Cast;
beforeAll(async () => {
	service = await startService({
		accounts: { administrators: ['root'] },
		rooms: { graceSeconds: 1 },
	});
	admin = await Person.of(service, (await Visit.account(service, 'root')).cookie);
});
beforeEach(() => (cast = new Cast(service)));
afterEach(() => cast.close());
afterAll(() => service.close());

/** What an attempt to open the room is answered with. */
async function openCode(roomId: RoomId, by = admin): Promise<string> {
	return (await by.ask('POST', `/api/admin/rooms/${roomId}/open`)).error?.code ?? 'OK';
}

/** The rooms that the log says were opened, the latest first. */
async function openedRooms(): Promise<RoomId[]> {
	type Entry = { action: string; roomId: RoomId | null };
	const { entries } = (await admin.ask('GET', '/api/admin/log')).data as { entries: Entry[] };
	return entries.flatMap(({ action, roomId }) =>
		action === 'open-room' && roomId !== null ? [roomId] : [],
	);
}

test('ADMISSION-7, B-14: who waits for a guest who was host and is gone comes in by themselves, and so do later ones', async () => {
	const host = await inCall(cast, 'Host');
	await host.client.ask('host:policy', { knocking: true });
	const { client } = await inLobby(cast);
	await client.ask('room:knock', { name: 'Guest' });
	// The cookie is gone with them.
	await host.client.ask('room:leave', {});
	host.client.close();
	await client.until('lobby:standing', ({ hostless }) => hostless === true);
	expect(await joinCode(cast, client)).toBe('NOT_ADMITTED');

	expect(await openCode(cast.roomId)).toBe('OK');
	expect(await client.until('lobby:standing', ({ admission }) => admission === 'open')).toEqual({
		admission: 'open',
		knock: 'none',
	});
	await client.until('room:policy', ({ policy }) => !policy.knocking);
	expect(await joinCode(cast, client)).toBe('OK');
	const late = await inLobby(cast);
	expect(late.admission).toBe('open');
	expect(await joinCode(cast, late.client)).toBe('OK');
	expect((await openedRooms())[0]).toBe(cast.roomId);
});

test('ADMISSION-7, B-14: a lock and a password end where others are inside, who are told by whom', async () => {
	const { host, guest } = await hostAndGuest(cast);
	const reader = await Writer.enter(cast, 'Guest', guest.client);
	await host.client.ask('host:policy', { locked: true, password: 'open sesame', sharing: 'hosts' });
	await host.client.ask('room:leave', {});
	const { client, admission } = await inLobby(cast);
	expect(admission).toBe('locked');

	expect(await openCode(cast.roomId)).toBe('OK');
	const { policy } = await guest.client.until('room:policy', (told) => !told.policy.locked);
	// What else hosts decided stays.
	expect(policy).toMatchObject({ locked: false, knocking: false, password: false });
	expect(policy.sharing).toBe('hosts');
	await client.until('lobby:standing', ({ admission: now }) => now === 'open');
	expect(await joinCode(cast, client)).toBe('OK');
	const lines = async () =>
		(await reader.latest()).flatMap(({ author, content }) =>
			content.kind === 'system' && author.personId === admin.id
				? [{ by: author.name, ...content.system }]
				: [],
		);
	await eventually(async () => (await lines()).length === 2);
	expect(await lines()).toEqual([
		{ by: 'root', event: 'locked', locked: false },
		{ by: 'root', event: 'password', set: false },
	]);
});

test('ADMISSION-7: opening a room twice is no fault, and is in the log once', async () => {
	const { host, guest } = await hostAndGuest(cast);
	const reader = await Writer.enter(cast, 'Guest', guest.client);
	await host.client.ask('host:policy', { locked: true });
	const codes = await Promise.all([openCode(cast.roomId), openCode(cast.roomId)]);
	expect([...codes, await openCode(cast.roomId)]).toEqual(['OK', 'OK', 'OK']);
	expect((await openedRooms()).filter((roomId) => roomId === cast.roomId)).toHaveLength(1);
	// A host decides again.
	await host.client.ask('host:policy', { locked: true });
	expect((await inLobby(cast)).admission).toBe('locked');
	const locks = async () =>
		(await reader.latest()).flatMap(({ content }) =>
			content.kind === 'system' && content.system.event === 'locked' ? content.system.locked : [],
		);
	await eventually(async () => (await locks()).length === 3);
	expect(await locks()).toEqual([true, false, true]);
});

test('ADMISSION-7: people whom a host removed or moved to the waiting room stay out', async () => {
	const { host, guest } = await hostAndGuest(cast);
	const moved = await inCall(cast, 'Moved');
	await host.client.ask('host:policy', { locked: true });
	await host.client.ask('host:remove', { personId: guest.you.personId });
	await host.client.ask('host:make-wait', { personId: moved.you.personId });
	expect(await openCode(cast.roomId)).toBe('OK');
	expect((await inLobby(cast)).admission).toBe('open');
	expect((await inLobby(cast, guest.client.cookie)).admission).toBe('removed');
	expect((await inLobby(cast, moved.client.cookie)).admission).toBe('knock');
});

test('ADMISSION-7: an unknown room, the room of a call and a chat of two are not there to be opened', async () => {
	const before = await openedRooms();
	expect(await openCode(newRoomId())).toBe('NOT_FOUND');
	expect(await openCode('-' as RoomId)).toBe('BAD_REQUEST');
	const [ann, ben] = await two(cast);
	const about = { personId: ben.personId, name: ann.name };
	const direct = await ann.client.ask('people:direct', about);
	expect(await openCode(direct.roomId)).toBe('NOT_FOUND');
	const { roomId } = await talking(ann, ben);
	expect(await openCode(roomId)).toBe('NOT_FOUND');
	const outsider = await cast.connect();
	expect((await outsider.ask('lobby:enter', { roomId })).admission).toBe('locked');
	expect(await openedRooms()).toEqual(before);
});

test('ADMISSION-7: for people who are no administrators the request does not exist, for hosts neither', async () => {
	const host = await inCall(cast, 'Host');
	await host.client.ask('host:policy', { locked: true });
	expect(await openCode(cast.roomId, await Person.of(service, host.client.cookie))).toBe(
		'NOT_FOUND',
	);
	expect(await openCode(cast.roomId, await admin.withToken())).toBe('NOT_FOUND');
	expect((await inLobby(cast)).admission).toBe('locked');
});

test('ADMISSION-7: who comes into an end-to-end encrypted room still needs its key', async () => {
	const { roomId } = cast;
	const check = newCheck();
	const host = await cast.connect();
	await joinWith(host, roomId, check);
	await host.ask('host:policy', { locked: true });
	expect(await openCode(roomId)).toBe('OK');
	const stranger = await cast.connect();
	expect(await stranger.codeOf('lobby:enter', enterInput(roomId))).toBe('ENCRYPTED');
	const guest = await cast.connect();
	expect((await guest.ask('lobby:enter', enterInput(roomId, check))).admission).toBe('open');
});

test('ADMISSION-7, B-14: a room that was opened is open after a restart of the service', async () => {
	const folder = serviceFolder();
	const settings = { PARLEY_ACCOUNTS_ADMINISTRATORS: '["root"]' };
	const first = await startServiceProcess(folder, settings);
	const before = new Cast(first);
	const host = await inCall(before, 'Host');
	await host.client.ask('host:policy', { knocking: true, password: 'open sesame' });
	const { cookie } = await Visit.account(first, 'root');
	expect(await openCode(before.roomId, await Person.of(first, cookie))).toBe('OK');
	before.close();
	await first.stop();
	const second = await startServiceProcess(folder, settings);
	const after = new Cast(second, before.roomId);
	const { client, admission } = await inLobby(after);
	expect(admission).toBe('open');
	expect(await joinCode(after, client)).toBe('OK');
	after.close();
	await second.close();
	rmSync(folder, { recursive: true, force: true });
});

describe('ADMISSION-7, HOST-2: an opening and a decision of a host at the same moment', () => {
	const [host, root] = [newAuthor('Host'), newAuthor('Root')];
	let database: TestDatabase;
	beforeEach(async () => (database = await newDatabase('SQLite')));
	afterEach(() => database.remove());

	/** What hosts decide in a locked room, with the news of another node that comes when the test says so. */
	async function lockedRoom() {
		const store = await database.open();
		const chats = new Chats(store, silent);
		const roomId = newRoomId();
		await chats.enter(host.personId, { roomId, name: host.name });
		await chats.setPolicy(roomId, { locked: true, passwordHash: 'hash' });
		const rules = new RoomRules(9, await store.rooms.rules(roomId));
		const peerSessions = new PeerSessions(rules);
		const passwords = new Passwords();
		const roomAdmission = new RoomAdmission(
			rules,
			() => false,
			() => true,
		);
		const nothing = () => undefined;
		const parts = { roomId, rules, roomAdmission, peerSessions, passwords };
		const hostActions = new HostActions({
			...parts,
			waitingRoom: new WaitingRoom({ ...parts, expect: nothing }),
			mediaPermissions: new MediaPermissions(rules, peerSessions, nothing),
			chats,
			records: { note: nothing },
			...{ eject: nothing, removed: nothing, roleChanged: nothing },
		});
		const open = () => store.moderation.openRoom({ roomId, by: root.personId, at: 1 });
		const kept = async () => (await store.rooms.rules(roomId)).policy;
		return { chats, rules, hostActions, open, kept };
	}

	test('a lock that is stored after the opening stays, although the news comes after both', async () => {
		const { rules, hostActions, open, kept } = await lockedRoom();
		await open();
		await hostActions.change(host, { locked: true }, '');
		await hostActions.takeStoredPolicy();
		expect(await kept()).toMatchObject({ locked: true, passwordHash: null });
		expect(rules.policy).toMatchObject({ locked: true, password: false });
	});

	test('an opening that is stored after a lock is in force, although the lock is told after the news', async () => {
		const { chats, rules, hostActions, open, kept } = await lockedRoom();
		const stored = Promise.withResolvers<void>();
		const told = Promise.withResolvers<void>();
		const setPolicy = chats.setPolicy.bind(chats);
		vi.spyOn(chats, 'setPolicy').mockImplementation(async (...change) => {
			await setPolicy(...change);
			stored.resolve();
			await told.promise;
		});
		const deciding = hostActions.change(host, { locked: true, sharing: 'hosts' }, '');
		await stored.promise;
		await open();
		const taking = hostActions.takeStoredPolicy();
		// By now it would have been read, if it were not for its turn.
		await kept();
		told.resolve();
		await Promise.all([deciding, taking]);
		expect(await kept()).toMatchObject({ locked: false, sharing: 'hosts' });
		expect(rules.policy).toMatchObject({ locked: false, password: false, sharing: 'hosts' });
	});
});
