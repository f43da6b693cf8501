import { expect, test } from 'vitest';
import { newCheck, newOlderBox } from '../support/encrypted.ts';
import { newAuthor, newChat } from '../support/stores.ts';
import { onEachDatabase } from '../support/onEach.ts';

onEachDatabase('rooms that are end-to-end encrypted', (on) => {
	const encryptionOf = async (roomId: ReturnType<typeof newChat>['roomId']) =>
		(await on.store.rooms.rules(roomId)).encryption;

	test('a new room is made one, once: a second check changes nothing', async () => {
		const [{ roomId }, check] = [newChat(), newCheck()];
		const kept = { epoch: 0, check, due: false };
		expect(await on.store.rooms.encrypt(roomId, check)).toEqual(kept);
		expect(await on.store.rooms.encrypt(roomId, newCheck())).toEqual(kept);
		expect(await encryptionOf(roomId)).toEqual(kept);
	});

	test('a room that is known already is made none', async () => {
		const [{ roomId }, host] = [newChat(), newAuthor('Host')];
		await on.store.rooms.enter(roomId, host.personId, host.name, 1);
		expect(await on.store.rooms.encrypt(roomId, newCheck())).toBeNull();
		expect(await encryptionOf(roomId)).toBeNull();
	});

	test('a new secret follows the one before, and the older ones are kept, sealed', async () => {
		const { roomId } = newChat();
		const { rooms } = on.store;
		await rooms.encrypt(roomId, newCheck());
		const boxes = [newOlderBox(), newOlderBox()];
		for (const [index, previous] of boxes.entries()) {
			const next = { epoch: index + 1, check: newCheck(), previous };
			expect(await rooms.rekey(roomId, next)).toBe(true);
			expect(await rooms.rekey(roomId, next)).toBe(false);
			expect(await encryptionOf(roomId)).toEqual({
				...{ epoch: next.epoch, check: next.check, due: false },
			});
		}
		expect(await rooms.olderSecrets(roomId)).toEqual(boxes);
	});

	test('of two new secrets at once one is kept', async () => {
		const { roomId } = newChat();
		const { rooms } = on.store;
		await rooms.encrypt(roomId, newCheck());
		const next = () => ({ epoch: 1, check: newCheck(), previous: newOlderBox() });
		const kept = await Promise.all([rooms.rekey(roomId, next()), rooms.rekey(roomId, next())]);
		expect(kept.sort()).toEqual([false, true]);
		expect(await rooms.olderSecrets(roomId)).toHaveLength(1);
	});

	test('when a member is removed, a new secret is due until it is there', async () => {
		const [{ roomId }, host, guest] = [newChat(), newAuthor('Host'), newAuthor('Guest')];
		const { rooms } = on.store;
		await rooms.encrypt(roomId, newCheck());
		for (const { personId, name } of [host, guest]) await rooms.enter(roomId, personId, name, 1);
		expect(await encryptionOf(roomId)).toMatchObject({ due: false });
		await rooms.setRole(roomId, guest, 'removed', 2);
		expect(await encryptionOf(roomId)).toMatchObject({ due: true });
		await rooms.rekey(roomId, { epoch: 1, check: newCheck(), previous: newOlderBox() });
		expect(await encryptionOf(roomId)).toMatchObject({ due: false });
	});

	test('ENCRYPTION-7: no site sends people into one by tokens', async () => {
		const { roomId } = newChat();
		await on.store.rooms.encrypt(roomId, newCheck());
		await expect(on.store.rooms.invite(roomId)).rejects.toMatchObject({ code: 'ENCRYPTED' });
	});
});
