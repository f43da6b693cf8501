import { describe, expect, test } from 'vitest';
import type { Author } from '../../shared/chat.ts';
import { newPersonId, newRoomId, newSessionId } from '../../shared/ids.ts';
import { nameSkeleton } from '../../shared/userName.ts';
import type { NewAccount } from '../../sfu/store/api/accountStore.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { newAuthor } from '../support/stores.ts';

const named = (userName: string, passwordHash: string | null = 'hash'): NewAccount => ({
	userName,
	skeleton: nameSkeleton(userName),
	passwordHash,
});
/** A name that no other test has. */
const fresh = (beginning: string) => `${beginning}${crypto.randomUUID().slice(0, 8)}`;
const session = (more = {}) => ({
	...{ sessionId: newSessionId(), device: 'Browser', roomId: null, endsAt: null },
	...more,
});

onEachDatabase('accounts', (on) => {
	async function account(beginning = 'user'): Promise<Author & { userName: string }> {
		const [{ personId, name }, userName] = [newAuthor('Somebody'), fresh(beginning)];
		await on.store.accounts.signUp(personId, named(userName), name, 5);
		return { personId, name, userName };
	}

	describe('signing up', () => {
		test('makes a guest an account and changes nothing else', async () => {
			const { accounts, people, rooms } = on.store;
			const [personId, roomId, userName] = [newPersonId(), newRoomId(), fresh('Ada')];
			expect(await accounts.profile(personId)).toBeNull();
			const sessionId = newSessionId();
			await people.seen(personId, sessionId, 1);
			await rooms.enter(roomId, personId, 'Ada', 2);
			expect(await accounts.profile(personId)).toMatchObject({ accountAt: null, userName: null });
			await accounts.signUp(personId, named(userName), 'Ada L', 5);
			expect(await accounts.profile(personId)).toEqual({
				...{ accountAt: 5, userName, skeleton: nameSkeleton(userName), name: 'Ada L' },
				...{ colour: null, suspended: null, deleted: false, administrator: null },
			});
			expect(await rooms.member(roomId, personId)).toMatchObject({ role: 'host' });
			expect(await accounts.credentials(userName.toUpperCase())).toEqual({
				personId,
				passwordHash: 'hash',
			});
			expect(await accounts.passwordHash(personId)).toBe('hash');
			// The session of before is over with it (ACCOUNT-11).
			expect((await on.store.sessions.find(personId, sessionId)).session?.endsAt).toBe(5);
		});

		test('is refused for a name that looks like another one, and twice', async () => {
			const { accounts } = on.store;
			const { personId, userName } = await account('lily');
			const twin = named(userName.replace('lily', 'LI1y'));
			await expect(accounts.signUp(newPersonId(), twin, null, 6)).rejects.toMatchObject({
				code: 'NAME_TAKEN',
			});
			await expect(accounts.signUp(personId, named(fresh('b')), null, 6)).rejects.toMatchObject({
				code: 'CONFLICT',
			});
		});

		test('of two at the same moment one gets the name', async () => {
			const userName = fresh('race');
			const ends = await Promise.allSettled(
				Array.from({ length: 6 }, () =>
					on.store.accounts.signUp(newPersonId(), named(userName), null, 1),
				),
			);
			expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
			for (const end of ends)
				if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'NAME_TAKEN' });
		});

		test('nobody has a name that nobody took', async () => {
			expect(await on.store.accounts.credentials(fresh('none'))).toBeNull();
			expect(await on.store.accounts.passwordHash(newPersonId())).toBeNull();
		});
	});

	test('a profile is changed in parts', async () => {
		const { accounts } = on.store;
		const { personId } = await account();
		await accounts.setProfile(personId, { colour: 3 }, 9);
		await accounts.setProfile(personId, {}, 9);
		await accounts.setProfile(personId, { name: 'Other' }, 9);
		expect(await accounts.profile(personId)).toMatchObject({ name: 'Other', colour: 3 });
		await accounts.setProfile(personId, { colour: null }, 9);
		await accounts.setPassword(personId, 'new hash', newSessionId(), 9);
		expect(await accounts.profile(personId)).toMatchObject({ name: 'Other', colour: null });
		expect(await accounts.passwordHash(personId)).toBe('new hash');
	});

	test('ACCOUNT-8: somebody is suspended until a time, for a reason, or not any more', async () => {
		const { accounts } = on.store;
		const { personId } = await account();
		await accounts.suspend(personId, { until: 99, reason: 'Spam' }, 9);
		const { suspended } = (await accounts.profile(personId)) ?? {};
		expect(suspended).toEqual({ until: 99, reason: 'Spam' });
		await accounts.suspend(personId, null, 9);
		expect((await accounts.profile(personId))?.suspended).toBeNull();
	});

	describe('sessions', () => {
		test('are found with whom they belong to, and with nobody else', async () => {
			const { sessions, people } = on.store;
			const { personId } = await account();
			const begun = session({ roomId: newRoomId(), endsAt: 500 });
			await sessions.begin(personId, begun, 7);
			const found = await sessions.find(personId, begun.sessionId);
			expect(found).toMatchObject({ session: begun, profile: { accountAt: 5 } });
			expect(await sessions.find(newPersonId(), begun.sessionId)).toEqual({
				profile: null,
				session: null,
			});
			const guest = newPersonId();
			const sessionId = newSessionId();
			await people.seen(guest, sessionId, 3, 'Phone');
			await people.seen(guest, sessionId, 4);
			expect((await sessions.find(guest, sessionId)).session).toEqual(
				session({ sessionId, device: 'Phone' }),
			);
		});

		test('are listed by their last use, until they are over', async () => {
			const { sessions, people } = on.store;
			const { personId } = await account();
			const [first, second, third] = [session(), session(), session({ endsAt: 50 })];
			for (const [i, one] of [first, second, third].entries())
				await sessions.begin(personId, one, i + 1);
			await people.seen(personId, first.sessionId, 9);
			const listed = (at: number) =>
				sessions.list(personId, at).then((all) => all.map(({ sessionId }) => sessionId));
			expect(await listed(10)).toEqual([first, third, second].map((one) => one.sessionId));
			expect(await listed(50)).toEqual([first, second].map((one) => one.sessionId));
			expect((await sessions.list(personId, 10))[0]).toMatchObject({
				firstSeenAt: 1,
				lastSeenAt: 9,
			});
		});

		test('ACCOUNT-3: end one by one, all but one, or all', async () => {
			const { sessions } = on.store;
			const { personId } = await account();
			const all = [session(), session(), session(), session()];
			for (const one of all) await sessions.begin(personId, one, 1);
			const [a, b, c, d] = all.map(({ sessionId }) => sessionId);
			if (!a || !b || !c || !d) throw new Error('there are four');
			expect(await sessions.end(personId, { only: a }, 2)).toEqual([a]);
			expect(await sessions.end(personId, { only: a }, 3)).toEqual([]);
			expect(await sessions.end(newPersonId(), { only: b }, 3)).toEqual([]);
			expect((await sessions.find(personId, a)).session?.endsAt).toBe(2);
			expect((await sessions.end(personId, { except: b }, 4)).sort()).toEqual([c, d].sort());
			expect(await sessions.end(personId, { except: null }, 5)).toEqual([b]);
			expect(await sessions.list(personId, 6)).toEqual([]);
		});
	});

	describe('ACCOUNT-6: identities', () => {
		test('make the guest who comes first an account, and are that person from then on', async () => {
			const { accounts } = on.store;
			const [guest, subject, taken] = [newPersonId(), fresh('sub'), await account('free')];
			const free = fresh('free');
			const names = [taken.userName, free].map((userName) => ({
				userName,
				skeleton: nameSkeleton(userName),
			}));
			expect(await accounts.hasIdentity(guest)).toBe(false);
			const identify = (newcomer = guest) =>
				accounts.identify('https://id.example', subject, newcomer, { names }, 8);
			expect(await identify()).toEqual({ personId: guest, isNew: true });
			expect(await identify(newPersonId())).toEqual({ personId: guest, isNew: false });
			expect(await accounts.profile(guest)).toMatchObject({ userName: free, accountAt: 8 });
			expect(await accounts.hasIdentity(guest)).toBe(true);
			expect(await accounts.credentials(free)).toMatchObject({ passwordHash: null });
		});

		test('of the same subject at another issuer is somebody else', async () => {
			const { accounts } = on.store;
			const [one, other, subject] = [newPersonId(), newPersonId(), fresh('sub')];
			await accounts.identify('a', subject, one, { names: [] }, 1);
			await accounts.identify('b', subject, other, null, 1);
			expect(await accounts.profile(one)).toMatchObject({ accountAt: 1, userName: null });
			expect(await accounts.profile(other)).toMatchObject({ accountAt: null });
		});

		test('at the same moment are one person', async () => {
			const subject = fresh('sub');
			const found = await Promise.all(
				Array.from({ length: 5 }, () =>
					on.store.accounts.identify('c', subject, newPersonId(), null, 1),
				),
			);
			expect(new Set(found.map(({ personId }) => personId)).size).toBe(1);
			expect(found.filter(({ isNew }) => isNew)).toHaveLength(1);
		});
	});

	test('ACCOUNT-9: a token is used once, also at the same moment', async () => {
		const { accounts } = on.store;
		const id = fresh('jti');
		const used = await Promise.all(Array.from({ length: 5 }, () => accounts.useToken(id, 100, 1)));
		expect(used.filter(Boolean)).toHaveLength(1);
		expect(await accounts.useToken(id, 100, 99)).toBe(false);
		// Expired long ago: whoever checks that refuses it before.
		expect(await accounts.useToken(id, 300, 200)).toBe(true);
	});
});
