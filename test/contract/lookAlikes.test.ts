import { expect, test } from 'vitest';
import { nameSkeleton } from '../../shared/userName.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { backTo } from '../support/olderTables.ts';
import { newAuthor, newDatabase } from '../support/stores.ts';

onEachDatabase('names from before they were look-alikes', (on) => {
	test('ACCOUNT-20: each account is found by its name again, and nobody takes one of them', async () => {
		const database = await newDatabase(on.kind);
		const before = await database.open();
		/** An account as an older program made it. */
		const made = async (userName: string, skeleton: string, at: number) => {
			const { personId } = newAuthor(userName);
			const account = { userName, skeleton, passwordHash: `of ${userName}` };
			await before.accounts.signUp(personId, account, null, at);
			return personId;
		};
		const accounts = {
			plain: await made('Plain', 'plaln', 1),
			// Was no look-alike of anything, and had the key that another one has now.
			bjørn: await made('Bjørn', 'bjørn', 9),
			bjorn: await made('bjorn', 'an older key', 3),
			mike: await made('rnike', 'rnike', 5),
			late: await made('Mike', 'mike', 6),
			latest: await made('MlKE', 'another older key', 7),
		};
		await before.close();
		await backTo(5, database.config);

		const after = await database.open();
		const found = async (userName: string) =>
			(await after.accounts.credentials(userName))?.personId ?? null;
		expect(await found('PLAIN')).toBe(accounts.plain);
		expect(await found('bjorn')).toBe(accounts.bjorn);
		expect(await found('BJØRN')).toBe(accounts.bjørn);
		expect(await found('rnike')).toBe(accounts.mike);
		expect(await found('mike')).toBe(accounts.late);
		expect(await found('mlke')).toBe(accounts.latest);
		// Who looks like them and is none of them is taken for the oldest.
		expect(await found('m1ke')).toBe(accounts.mike);
		for (const userName of ['m1ke', 'MIKE', 'mLke', 'bjorn', 'bjørn'])
			await expect(
				after.accounts.signUp(
					newAuthor(userName).personId,
					{ userName, skeleton: nameSkeleton(userName), passwordHash: null },
					null,
					10,
				),
			).rejects.toMatchObject({ code: 'NAME_TAKEN' });
		// The oldest one goes: the others keep their names.
		await after.accounts.remove(accounts.mike, 'keep', 'Deleted person', 11);
		expect(await found('mike')).toBe(accounts.late);
		await expect(
			after.accounts.signUp(
				newAuthor('mike').personId,
				{ userName: 'mike', skeleton: nameSkeleton('mike'), passwordHash: null },
				null,
				12,
			),
		).rejects.toMatchObject({ code: 'NAME_TAKEN' });
		await after.close();
		// Once more changes nothing.
		await backTo(5, database.config);
		const again = await database.open();
		expect((await again.accounts.credentials('Bjørn'))?.personId).toBe(accounts.bjørn);
		await database.remove();
	});
});
