import { describe, expect, test } from 'vitest';
import type { TokenInfo } from '../../sfu/store/api/store.ts';
import {
	newCallId,
	newFileId,
	newPeerId,
	newPersonId,
	newRoomId,
	newSessionId,
	newTokenId,
	type RoomId,
} from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { between, newAuthor, newChat, postOne, text } from '../support/stores.ts';

const ann = newAuthor('Ann');
const ben = newAuthor('Ben');
const cem = newAuthor('Cem');
const hour = 60 * 60 * 1000;

onEachDatabase('people and rooms', (on) => {
	test('a person is seen again and again, in several sessions', async () => {
		const [one, other] = [newSessionId(), newSessionId()];
		await on.store.people.seen(ann.personId, one, 1);
		await on.store.people.seen(ann.personId, one, 5);
		await on.store.people.seen(ann.personId, other, 3);
	});

	test('the first member of a room is its host; members stand in the order in which they came', async () => {
		const { roomId } = newChat();
		const enter = (person: typeof ann, name = person.name) =>
			on.store.rooms.enter(roomId, person.personId, name, 1);
		expect(await on.store.rooms.member(roomId, ann.personId)).toBeNull();
		expect(await on.store.rooms.members(roomId)).toEqual([]);
		const host = { ...ben, role: 'host' };
		expect(await enter(ben)).toEqual({ member: host, isNew: true });
		expect(await enter(ann)).toEqual({ member: { ...ann, role: 'member' }, isNew: true });
		expect(await enter(ben)).toEqual({ member: host, isNew: false });
		expect(await enter(ann, 'Anna')).toEqual({
			member: { ...ann, name: 'Anna', role: 'member' },
			isNew: false,
		});
		const anna = { ...ann, name: 'Anna', role: 'member' };
		expect(await on.store.rooms.member(roomId, ann.personId)).toEqual(anna);
		expect(await on.store.rooms.members(roomId)).toEqual([host, anna]);
	});

	test('what was said in the room before somebody came counts as read', async () => {
		const key = newChat();
		await on.store.rooms.enter(key.roomId, ann.personId, ann.name, 1);
		await postOne(on.store, text(key, ann, 'before'));
		await on.store.rooms.enter(key.roomId, ben.personId, ben.name, 2);
		const summary = () => on.store.chats.summary(key, ben.personId);
		expect(await summary()).toMatchObject({ read: 1, unread: 0 });
		await postOne(on.store, text(key, ann, 'after'));
		await on.store.rooms.enter(key.roomId, ben.personId, 'Benjamin', 3);
		expect(await summary()).toMatchObject({ read: 1, unread: 1 });
	});

	test('of many who enter at once, from two stores, one is the host and each is new once', async () => {
		const { roomId } = newChat();
		const second = await on.database.open();
		const people = Array.from({ length: 12 }, (_, index) => newAuthor(`P${index}`));
		const entered = await Promise.all(
			people.flatMap(({ personId, name }) => [
				on.store.rooms.enter(roomId, personId, name, 1),
				second.rooms.enter(roomId, personId, name, 1),
			]),
		);
		expect(entered.filter(({ isNew }) => isNew)).toHaveLength(12);
		const members = await on.store.rooms.members(roomId);
		expect(members).toHaveLength(12);
		expect(members.map(({ role }) => role)).toEqual(['host', ...Array<string>(11).fill('member')]);
	});

	test('rooms of a person: the one with the latest message they may read first', async () => {
		const [quiet, busy, latest] = [newChat(), newChat(), newChat()];
		const person = newAuthor('Dan');
		for (const { roomId } of [quiet, busy, latest])
			await on.store.rooms.enter(roomId, person.personId, 'Dan', 1);
		await on.store.chats.post([
			text(busy, ann, 'a', { at: 10 }),
			text(between(busy, ann, person), ann, 'b', { at: 20 }),
			text(between(busy, ann, ben), ann, 'not for Dan', { at: 90 }),
			text(latest, person, 'own', { at: 30 }),
		]);
		const own = { name: null, host: true, people: [], others: 0 };
		expect(await on.store.rooms.roomsOf(person.personId)).toEqual([
			{ ...own, roomId: latest.roomId, lastAt: 30, unread: 0 },
			{ ...own, roomId: busy.roomId, lastAt: 20, unread: 2 },
			{ ...own, roomId: quiet.roomId, lastAt: null, unread: 0 },
		]);
		expect(await on.store.rooms.roomsOf(newPersonId())).toEqual([]);
	});

	test('ROOM-13: a name of a room is kept beside its id, and goes when it is removed', async () => {
		const { roomId } = newChat();
		const { rooms } = on.store;
		expect(await rooms.name(roomId)).toBeNull();
		await rooms.enter(roomId, ann.personId, ann.name, 1);
		expect(await rooms.rules(roomId)).toMatchObject({ name: null });
		await rooms.setName(roomId, 'Deutsch für Anfänger 🇩🇪');
		expect(await rooms.name(roomId)).toBe('Deutsch für Anfänger 🇩🇪');
		expect(await rooms.rules(roomId)).toMatchObject({ name: 'Deutsch für Anfänger 🇩🇪' });
		await rooms.setName(roomId, null);
		expect(await rooms.name(roomId)).toBeNull();
	});

	test('ROOM-13: the list of rooms tells names, hosts, and the first of the other members', async () => {
		const { roomId } = newChat();
		const { rooms } = on.store;
		const [host, member, removed] = ['Host', 'Member', 'Removed'].map(newAuthor);
		const more = ['C', 'D', 'E', 'F'].map(newAuthor);
		if (!host || !member || !removed) throw new Error();
		for (const { personId, name } of [host, member, removed, ...more])
			await rooms.enter(roomId, personId, name, 1);
		await rooms.setRole(roomId, removed, 'removed', 2);
		await rooms.setName(roomId, 'Lessons');
		expect(await rooms.roomsOf(member.personId)).toMatchObject([
			{ name: 'Lessons', host: false, people: ['Host', 'C', 'D'], others: 5 },
		]);
		expect(await rooms.roomsOf(host.personId)).toMatchObject([
			{ name: 'Lessons', host: true, people: ['Member', 'C', 'D'], others: 5 },
		]);
	});

	test('ROOM-14: a room that a member removed from the list is theirs, and listed when they join its call', async () => {
		const { roomId } = newChat();
		const { rooms, calls } = on.store;
		const [person, other] = [newAuthor('Eve'), newAuthor('Fay')];
		const listed = async (one: typeof person) => (await rooms.roomsOf(one.personId)).length;
		for (const { personId, name } of [person, other]) await rooms.enter(roomId, personId, name, 1);
		await rooms.setListed(roomId, person.personId, false);
		expect([await listed(person), await listed(other)]).toEqual([0, 1]);
		expect(await rooms.member(roomId, person.personId)).toMatchObject({ role: 'host' });
		await rooms.setListed(roomId, person.personId, true);
		expect(await listed(person)).toBe(1);
		await rooms.setListed(roomId, person.personId, false);
		const callId = newCallId();
		await calls.begin(callId, roomId, 5);
		await calls.joined(callId, newPeerId(), other, 5);
		expect(await listed(person)).toBe(0);
		await calls.joined(callId, newPeerId(), person, 5);
		expect(await listed(person)).toBe(1);
	});

	test('ROOM-15: past calls are those that are over, a page at a time, the latest first', async () => {
		const { roomId } = newChat();
		const { calls } = on.store;
		const ids = [];
		for (let at = 10; at <= 40; at += 10) {
			const callId = newCallId();
			await calls.begin(callId, roomId, at);
			await calls.joined(callId, newPeerId(), ann, at);
			if (at < 40) await calls.end(callId, at + 5);
			ids.push(callId);
		}
		const page = async (before: number) =>
			(await calls.past(roomId, before, 2)).map(({ callId }) => callId);
		expect(await page(1e12)).toEqual([ids[2], ids[1]]);
		expect(await page(20)).toEqual([ids[0]]);
		expect(await page(10)).toEqual([]);
	});

	test('ROOM-16: a label belongs to a member, and survives another name and another role', async () => {
		const { roomId } = newChat();
		const { rooms } = on.store;
		for (const { personId, name } of [ann, ben]) await rooms.enter(roomId, personId, name, 1);
		const labelled = { ...ben, role: 'member', label: 'Student' };
		expect(await rooms.setLabel(roomId, ben.personId, 'Student')).toEqual(labelled);
		expect(await rooms.setLabel(roomId, cem.personId, 'Nobody')).toBeNull();
		expect(await rooms.members(roomId)).toEqual([{ ...ann, role: 'host' }, labelled]);
		const { member } = await rooms.enter(roomId, ben.personId, 'Benjamin', 2);
		expect(member).toEqual({ ...labelled, name: 'Benjamin' });
		await rooms.setRole(roomId, ben, 'host', 3);
		expect((await rooms.rules(roomId)).labels).toEqual([[ben.personId, 'Student']]);
		expect(await rooms.setLabel(roomId, ben.personId, null)).toEqual({
			...{ personId: ben.personId, name: 'Benjamin', role: 'host' },
		});
	});

	test('the database answers', async () => {
		await on.store.ping();
	});

	describe('files', () => {
		const newFile = (size = 10) => ({
			fileId: newFileId(),
			name: 'Bericht «März».pdf',
			type: 'application/pdf',
			size,
			picture: null,
		});

		test('are for their owner until they are sent, then for those who may read the chat', async () => {
			const key = newChat();
			const pair = between(key, ann, ben);
			for (const { personId, name } of [ann, ben, cem])
				await on.store.rooms.enter(key.roomId, personId, name, 1);
			const [open, aside] = [newFile(), newFile()];
			await on.store.files.add({ info: open, key, owner: ann.personId, at: 1 });
			await on.store.files.add({ info: aside, key: pair, owner: ann.personId, at: 1 });
			const readers = async ({ fileId }: typeof open) => {
				const people = [ann, ben, cem, newAuthor('outside')];
				const seen = await Promise.all(
					people.map(({ personId }) => on.store.files.readable(fileId, personId)),
				);
				return people.filter((_, index) => seen[index] !== null).map(({ name }) => name);
			};
			expect(await on.store.files.readable(open.fileId, ann.personId)).toEqual(open);
			expect(await readers(open)).toEqual(['Ann']);
			expect(await readers(aside)).toEqual(['Ann']);
			await postOne(on.store, text(key, ann, '', { files: [open.fileId] }));
			await postOne(on.store, text(pair, ann, '', { files: [aside.fileId] }));
			expect(await readers(open)).toEqual(['Ann', 'Ben', 'Cem']);
			expect(await readers(aside)).toEqual(['Ann', 'Ben']);
			expect(await readers(newFile())).toEqual([]);
			const within = (room: RoomId) => on.store.files.readable(open.fileId, ann.personId, room);
			expect(await within(key.roomId)).toEqual(open);
			expect(await within(newChat().roomId)).toBeNull();
		});

		test('have a size that counts for their room until they are gone', async () => {
			const key = newChat();
			expect(await on.store.files.sizeOf(key.roomId)).toBe(0);
			const [one, two] = [newFile(4_000_000_000), newFile(5)];
			await on.store.files.add({ info: one, key, owner: ann.personId, at: 1 });
			await on.store.files.add({
				info: two,
				key: between(key, ann, ben),
				owner: ben.personId,
				at: 1,
			});
			expect(await on.store.files.sizeOf(key.roomId)).toBe(4_000_000_005);
			expect(await on.store.files.sizeOf(key.roomId, ben.personId)).toBe(5);
			expect(await on.store.files.sizeOf(newChat().roomId, ben.personId)).toBe(0);
			// Other tests have files as well.
			expect(await on.store.files.sizeOfAll()).toBeGreaterThanOrEqual(4_000_000_005);
			await on.store.files.abandon(2);
			await on.store.files.forget([one.fileId]);
			expect(await on.store.files.sizeOf(key.roomId)).toBe(5);
		});

		test('that were never sent are abandoned, doomed and forgotten', async () => {
			const key = newChat();
			const [old, sent, young] = [newFile(), newFile(), newFile()];
			for (const [info, at] of [
				[old, 100],
				[sent, 100],
				[young, 200],
			] as const)
				await on.store.files.add({ info, key, owner: ann.personId, at });
			await postOne(on.store, text(key, ann, '', { files: [sent.fileId] }));
			await on.store.files.abandon(200);
			const mine = async () => {
				const doomed = new Set(await on.store.files.pendingDeletion(1000));
				return [old, sent, young].map(({ fileId }) => doomed.has(fileId));
			};
			expect(await mine()).toEqual([true, false, false]);
			expect(await on.store.files.readable(old.fileId, ann.personId)).toBeNull();
			const late = await on.store.chats.post([text(key, ann, '', { files: [old.fileId] })]);
			expect(late).toMatchObject([{ kind: 'refused', error: { code: 'NOT_FOUND' } }]);
			// What is not doomed is not forgotten either.
			await on.store.files.forget([old.fileId, sent.fileId, young.fileId]);
			expect(await mine()).toEqual([false, false, false]);
			expect(await on.store.files.sizeOf(key.roomId)).toBe(20);
			await on.store.files.forget([]);
			expect(await on.store.files.pendingDeletion(0)).toEqual([]);
		});
	});

	describe('calls', () => {
		test('have a beginning, an end, and people who come and go', async () => {
			const roomId = newRoomId();
			const [first, second] = [newCallId(), newCallId()];
			const [peerA, peerB] = [newPeerId(), newPeerId()];
			await on.store.calls.begin(first, roomId, 10);
			await on.store.calls.begin(first, roomId, 11);
			await on.store.calls.joined(first, peerA, ann, 10);
			await on.store.calls.joined(first, peerB, ben, 12);
			await on.store.calls.joined(first, peerB, ben, 13);
			await on.store.calls.left(first, peerA, 15);
			await on.store.calls.left(first, peerA, 16);
			const record = {
				callId: first,
				beganAt: 10,
				endedAt: null as number | null,
				participants: [
					{ ...ann, joinedAt: 10, leftAt: 15 as number | null },
					{ ...ben, joinedAt: 12, leftAt: null as number | null },
				],
			};
			expect(await on.store.calls.history(roomId, 10)).toEqual([record]);
			await on.store.calls.end(first, 20);
			await on.store.calls.end(first, 21);
			await on.store.calls.begin(second, roomId, 30);
			const [now, before] = await on.store.calls.history(roomId, 10);
			expect(now).toMatchObject({ callId: second, endedAt: null, participants: [] });
			expect(before).toMatchObject({
				endedAt: 20,
				participants: [{ leftAt: 15 }, { leftAt: 20 }],
			});
			expect(await on.store.calls.history(roomId, 1)).toEqual([now]);
			expect(await on.store.calls.history(newRoomId(), 1)).toEqual([]);
		});

		test('that have not ended say who is in them, unless they were not heard of for long', async () => {
			const roomId = newRoomId();
			const [running, over] = [newCallId(), newCallId()];
			const gone = newPeerId();
			for (const [call, room] of [
				[over, newRoomId()],
				[running, roomId],
			] as const) {
				await on.store.calls.begin(call, room, 1);
				await on.store.calls.joined(call, newPeerId(), ann, 10);
			}
			await on.store.calls.joined(running, gone, ben, 20);
			await on.store.calls.joined(running, newPeerId(), ann, 21);
			expect((await on.store.calls.present(roomId, 15)).sort()).toEqual(
				[ann.personId, ben.personId].sort(),
			);
			await on.store.calls.left(running, gone, 30);
			expect(await on.store.calls.present(roomId, 15)).toEqual([ann.personId]);
			expect(await on.store.calls.present(roomId, 30)).toEqual([]);
			expect(await on.store.calls.present(newRoomId(), 0)).toEqual([]);
			await on.store.calls.end(running, 40);
			expect(await on.store.calls.present(roomId, 15)).toEqual([]);
			await on.store.calls.recover(Date.now());
		});

		test('end when they were last alive where the room begins another one', async () => {
			const roomId = newRoomId();
			const [left, next] = [newCallId(), newCallId()];
			await on.store.calls.begin(left, roomId, 1);
			await on.store.calls.joined(left, newPeerId(), ann, 10);
			await on.store.calls.alive([left], 20);
			await on.store.calls.begin(next, roomId, 50);
			const [now, before] = await on.store.calls.history(roomId, 10);
			expect(now).toMatchObject({ callId: next, endedAt: null });
			expect(before).toMatchObject({ callId: left, endedAt: 20, participants: [{ leftAt: 20 }] });
			expect(await on.store.calls.present(roomId, 0)).toEqual([]);
			await on.store.calls.recover(Date.now());
		});

		test('that a service left open end at the last time they were alive', async () => {
			const [lost, silent, ended] = [newCallId(), newCallId(), newCallId()];
			const rooms = [newRoomId(), newRoomId(), newRoomId()] as const;
			for (const [index, call] of [lost, silent, ended].entries()) {
				await on.store.calls.begin(call, rooms[index] ?? rooms[0], index);
				await on.store.calls.joined(call, newPeerId(), ann, 10);
			}
			const leftBefore = newPeerId();
			await on.store.calls.joined(lost, leftBefore, ben, 20);
			await on.store.calls.left(lost, leftBefore, 30);
			await on.store.calls.end(ended, 40);
			await on.store.calls.alive([lost, ended], 50);
			await on.store.calls.alive([], 60);
			await on.store.calls.recover(Date.now());
			await on.store.calls.recover(Date.now());
			const records = await Promise.all(rooms.map((room) => on.store.calls.history(room, 10)));
			expect(
				records
					.flat()
					.map(({ callId, endedAt, participants }) => [
						callId,
						endedAt,
						participants.map(({ leftAt }) => leftAt),
					]),
			).toEqual([
				[lost, 50, [50, 30]],
				[silent, 10, [10]],
				[ended, 40, [40]],
			]);
		});
	});

	describe('access tokens', () => {
		const newToken = (more: Partial<TokenInfo> = {}): TokenInfo => ({
			tokenId: newTokenId(),
			name: 'script',
			madeAt: 1,
			usedAt: null,
			expiresAt: 9 * hour,
			scope: 'write',
			...more,
		});

		test('stand for their person until they expire or are revoked', async () => {
			const person = newPersonId();
			const [lasting, expiring] = [
				newToken(),
				newToken({ madeAt: 2, expiresAt: 5 * hour, scope: 'read' }),
			];
			await on.store.tokens.add(person, lasting, `hash-${lasting.tokenId}`, newSessionId());
			await on.store.tokens.add(person, expiring, `hash-${expiring.tokenId}`, newSessionId());
			const use = ({ tokenId }: TokenInfo, at: number) =>
				on.store.tokens.use(`hash-${tokenId}`, at);
			expect(await on.store.tokens.list(person)).toEqual([lasting, expiring]);
			expect(await use(lasting, 3 * hour + 123)).toEqual({ personId: person, scope: 'write' });
			expect(await use(lasting, 2 * hour)).not.toBeNull();
			expect(await use(expiring, 5 * hour - 1)).toEqual({ personId: person, scope: 'read' });
			expect(await use(expiring, 5 * hour)).toBeNull();
			expect(await on.store.tokens.use('hash of nothing', 1)).toBeNull();
			expect((await on.store.tokens.list(person)).map(({ usedAt }) => usedAt)).toEqual([
				3 * hour,
				4 * hour,
			]);
			expect(await on.store.tokens.revoke(newPersonId(), lasting.tokenId)).toBe(false);
			expect(await on.store.tokens.revoke(person, lasting.tokenId)).toBe(true);
			expect(await on.store.tokens.revoke(person, lasting.tokenId)).toBe(false);
			expect(await use(lasting, 4 * hour)).toBeNull();
			expect(await on.store.tokens.list(person)).toHaveLength(1);
		});

		test('are limited in number, also when they are made at once', async () => {
			const person = newPersonId();
			const made = await Promise.allSettled(
				Array.from({ length: limits.tokensPerPerson + 5 }, () => {
					const token = newToken();
					return on.store.tokens.add(person, token, `hash-${token.tokenId}`, newSessionId());
				}),
			);
			const refused = made.filter(({ status }) => status === 'rejected');
			expect(refused).toHaveLength(5);
			expect(refused[0]).toMatchObject({ reason: { code: 'LIMIT_REACHED' } });
			expect(await on.store.tokens.list(person)).toHaveLength(limits.tokensPerPerson);
		});
	});
});
