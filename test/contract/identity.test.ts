import { describe, expect, test } from 'vitest';
import { newRoomId, newSessionId, newTokenId } from '../../shared/ids.ts';
import { nameSkeleton } from '../../shared/userName.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { backTo } from '../support/olderTables.ts';
import { newAuthor, newDatabase } from '../support/stores.ts';

const day = 24 * 60 * 60 * 1000;
const fresh = (beginning: string) => `${beginning}${crypto.randomUUID().slice(0, 8)}`;

onEachDatabase('who somebody is', (on) => {
	test('A-H7, A-L13: tokens of an older program get an end, but those that an account made as a guest', async () => {
		const database = await newDatabase(on.kind);
		const before = await database.open();
		const [guest, account] = [newAuthor('Guest'), newAuthor('Account')];
		const add = async ({ personId }: typeof guest, madeAt: number) => {
			const [tokenId, hash] = [newTokenId(), fresh('hash')];
			const token = { tokenId, name: 't', madeAt, usedAt: null, expiresAt: 9e15, scope: 'write' };
			await before.tokens.add(personId, { ...token, scope: 'write' }, hash, newSessionId());
			return { tokenId, hash };
		};
		const [lasting, endless, planted] = [
			await add(guest, 1),
			await add(guest, 2),
			await add(account, 3),
		];
		await before.close();
		await backTo(
			7,
			database.config,
			`update access_tokens set expires_at = null where token_id = '${endless.tokenId}';
			update people set account_at = 4 where person_id = '${account.personId}';`,
		);
		const after = await database.open();
		const now = Date.now();
		expect(await after.tokens.use(planted.hash, now)).toBeNull();
		const ends = (await after.tokens.list(guest.personId)).map(({ expiresAt, scope }) => [
			Math.round((expiresAt - now) / day),
			scope,
		]);
		expect(ends).toEqual([
			[365, 'write'],
			[90, 'write'],
		]);
		for (const { hash } of [lasting, endless])
			expect(await after.tokens.use(hash, now)).toMatchObject({ personId: guest.personId });
		await database.remove();
	});

	describe('ACCOUNT-13: a room that a token names', () => {
		test('loses its hosts, once, and gets none by coming first', async () => {
			const { rooms } = on.store;
			const [roomId, first, second] = [newRoomId(), newAuthor('First'), newAuthor('Second')];
			await rooms.enter(roomId, first.personId, 'First', 1);
			expect(await rooms.invite(roomId)).toEqual([{ ...first, role: 'member' }]);
			await rooms.setRole(roomId, second, 'host', 2);
			expect(await rooms.invite(roomId)).toEqual([]);
			expect((await rooms.member(roomId, second.personId))?.role).toBe('host');
			const fresh = newRoomId();
			expect(await rooms.invite(fresh)).toEqual([]);
			const { member } = await rooms.enter(fresh, first.personId, 'First', 1);
			expect(member.role).toBe('member');
		});

		test('is no room of a call, and no chat of two', async () => {
			const { rooms, directs } = on.store;
			const [ann, ben, roomId] = [newAuthor('Ann'), newAuthor('Ben'), newRoomId()];
			await rooms.openCall(roomId, ann, 1);
			await expect(rooms.invite(roomId)).rejects.toMatchObject({ code: 'BAD_TOKEN' });
			const direct = await directs.open(ann, ben, newRoomId(), 1);
			await expect(rooms.invite(direct)).rejects.toMatchObject({ code: 'BAD_TOKEN' });
			expect(await rooms.member(roomId, ann.personId)).toMatchObject({ role: 'host' });
		});
	});

	test('ACCOUNT-14: a name is bound to the first account of it, once, and is nobody else’s', async () => {
		const { accounts } = on.store;
		const userName = fresh('boss');
		const account = { userName, skeleton: nameSkeleton(userName), passwordHash: null };
		expect(await accounts.bindAdministrator(userName, 1)).toBe('free');
		const { personId } = newAuthor('Boss');
		await accounts.signUp(personId, account, null, 2);
		expect(await accounts.profile(personId)).toMatchObject({ administrator: null });
		expect(await accounts.bindAdministrator(userName.toUpperCase(), 3)).toBe('bound');
		expect(await accounts.bindAdministrator(userName, 4)).toBe('known');
		expect(await accounts.profile(personId)).toMatchObject({ administrator: 'named' });
		await accounts.remove(personId, 'keep', 'Nobody', 5);
		expect(await accounts.bindAdministrator(userName, 6)).toBe('gone');
		const other = newAuthor('Other').personId;
		await expect(accounts.signUp(other, account, null, 7)).rejects.toMatchObject({
			code: 'NAME_TAKEN',
		});
		// Nor does who comes from elsewhere get it.
		await accounts.identify('x', fresh('sub'), other, { names: [account] }, 8);
		expect(await accounts.profile(other)).toMatchObject({ userName: null, administrator: null });
	});
});
