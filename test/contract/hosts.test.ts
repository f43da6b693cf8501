import { describe, expect, test } from 'vitest';
import { newChat, newAuthor, postOne, text } from '../support/stores.ts';
import { onEachDatabase } from '../support/onEach.ts';
import type { FileInfo } from '../../shared/chat.ts';
import { newFileId } from '../../shared/ids.ts';

const open = {
	locked: false,
	knocking: false,
	passwordHash: null,
	sharing: 'everybody',
	unmuting: 'everybody',
	slowMode: 0,
};

onEachDatabase('what hosts decide', (on) => {
	/** A room that two people have entered, the first of whom is its host. */
	async function twoIn() {
		const [{ roomId }, host, guest] = [newChat(), newAuthor('Host'), newAuthor('Guest')];
		for (const { personId, name } of [host, guest])
			await on.store.rooms.enter(roomId, personId, name, 1);
		return { roomId, host, guest };
	}

	test('a room that nobody knows is open and has no host', async () => {
		const rules = await on.store.rooms.rules(newChat().roomId);
		expect(rules).toEqual({
			...{ kind: 'open', name: null, encryption: null, policy: open },
			...{ hosts: [], members: [], removed: [], labels: [] },
		});
	});

	test('a policy is changed in parts, and how long the chat is kept stays', async () => {
		const { roomId } = newChat();
		const { rooms } = on.store;
		await rooms.setPolicy(roomId, {});
		await rooms.setPolicy(roomId, { locked: true, passwordHash: 'hash' });
		await rooms.setRetention(roomId, { kind: 'days', days: 3 });
		await rooms.setPolicy(roomId, { locked: false, sharing: 'hosts' });
		await rooms.setPolicy(roomId, { knocking: true, unmuting: 'hosts' });
		const expected = { ...open, knocking: true, passwordHash: 'hash' };
		expect((await rooms.rules(roomId)).policy).toEqual({
			...expected,
			sharing: 'hosts',
			unmuting: 'hosts',
		});
		await rooms.setPolicy(roomId, { passwordHash: null });
		expect((await rooms.rules(roomId)).policy.passwordHash).toBeNull();
		expect(await rooms.retention(roomId)).toEqual({ kind: 'days', days: 3 });
	});

	test('hosts are named and unnamed, but not the last one', async () => {
		const { roomId, host, guest } = await twoIn();
		const { rooms } = on.store;
		await expect(rooms.setRole(roomId, host, 'member', 2)).rejects.toMatchObject({
			code: 'CONFLICT',
		});
		expect((await rooms.rules(roomId)).hosts).toEqual([host.personId]);
		expect(await rooms.setRole(roomId, guest, 'host', 2)).toEqual({ ...guest, role: 'host' });
		expect(await rooms.setRole(roomId, host, 'member', 2)).toEqual({ ...host, role: 'member' });
		expect((await rooms.rules(roomId)).hosts).toEqual([guest.personId]);
	});

	test('two who are unnamed at the same moment leave one host', async () => {
		const { roomId, host, guest } = await twoIn();
		const { rooms } = on.store;
		await rooms.setRole(roomId, guest, 'host', 2);
		const ends = await Promise.allSettled([
			rooms.setRole(roomId, host, 'member', 3),
			rooms.setRole(roomId, guest, 'member', 3),
		]);
		expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect((await rooms.rules(roomId)).hosts).toHaveLength(1);
	});

	test('of many who enter at the same moment one is host', async () => {
		const { roomId } = newChat();
		const people = Array.from({ length: 8 }, (_, i) => newAuthor(`Person ${i}`));
		const entered = await Promise.all(
			people.map(({ personId, name }) => on.store.rooms.enter(roomId, personId, name, 1)),
		);
		expect(entered.filter(({ member }) => member.role === 'host')).toHaveLength(1);
		expect(await on.store.rooms.members(roomId)).toHaveLength(8);
	});

	describe('who is removed', () => {
		test('is no member and becomes none, until allowed', async () => {
			const { roomId, host, guest } = await twoIn();
			const { rooms } = on.store;
			const { personId } = guest;
			expect(await rooms.setRole(roomId, guest, 'removed', 2)).toBeNull();
			expect(await rooms.member(roomId, personId)).toBeNull();
			expect((await rooms.members(roomId)).map(({ name }) => name)).toEqual(['Host']);
			expect((await rooms.rules(roomId)).removed).toEqual([guest]);
			expect(await rooms.roomsOf(personId)).toEqual([]);
			await expect(rooms.enter(roomId, personId, 'Guest', 3)).rejects.toMatchObject({
				code: 'REMOVED',
			});
			await rooms.setRole(roomId, guest, 'member', 4);
			expect(await rooms.member(roomId, personId)).toEqual({ ...guest, role: 'member' });
			expect((await rooms.rules(roomId)).hosts).toEqual([host.personId]);
		});

		test('reads no file any more', async () => {
			const { roomId, host, guest } = await twoIn();
			const key = { roomId, pair: null };
			const info: FileInfo = {
				...{ fileId: newFileId(), name: 'a.txt', type: 'text/plain', size: 1 },
				picture: null,
			};
			await on.store.files.add({ info, key, owner: host.personId, at: 1 });
			await postOne(on.store, text(key, host, 'a file', { files: [info.fileId] }));
			expect(await on.store.files.readable(info.fileId, guest.personId)).toEqual(info);
			await on.store.rooms.setRole(roomId, guest, 'removed', 2);
			expect(await on.store.files.readable(info.fileId, guest.personId)).toBeNull();
		});

		test('may be somebody who was never written down, and the next one is still host', async () => {
			const { roomId } = newChat();
			const [stranger, first] = [newAuthor('Stranger'), newAuthor('First')];
			await on.store.rooms.setRole(roomId, stranger, 'removed', 1);
			const { member } = await on.store.rooms.enter(roomId, first.personId, first.name, 2);
			expect(member.role).toBe('host');
		});
	});
});
