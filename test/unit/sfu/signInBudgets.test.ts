import { describe, expect, test } from 'vitest';
import { SignInBudgets } from '../../../sfu/people/identity/signInBudgets.ts';

/** The number of tries until there are too many; at most as many as given. */
async function until(spend: (i: number) => Promise<unknown>, most = 200): Promise<number> {
	for (let i = 0; i < most; i++) {
		try {
			await spend(i);
		} catch (error) {
			expect(error).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
			return i;
		}
	}
	return most;
}

describe('ACCOUNT-2: wrong passwords', () => {
	const from = (address: string, device: string | null = null) => ({ address, device });

	test('for one name from one address', async () => {
		const budgets = new SignInBudgets();
		expect(await until(() => budgets.spend('ada', from('192.0.2.1')))).toBe(5);
		expect(await until(() => budgets.spend('bob', from('192.0.2.1')), 3)).toBe(3);
		expect(await until(() => budgets.spend('ada', from('192.0.3.2')), 3)).toBe(3);
	});

	test('for many names from one address, and from one network of IPv6', async () => {
		const budgets = new SignInBudgets();
		expect(await until((i) => budgets.spend(`name ${i}`, from('192.0.2.1')))).toBe(30);
		expect(await until((i) => budgets.spend(`name ${i}`, from(`2001:db8::${i}:1`)))).toBe(30);
		await budgets.spend('another', from('2001:db8:0:100::1'));
	});

	test('for one name from everywhere, but not in the browsers that its owner knows', async () => {
		const budgets = new SignInBudgets();
		expect(await until((i) => budgets.spend('ada', from(`198.51.${i}.100`)))).toBe(100);
		expect(await until(() => budgets.spend('ada', from('198.51.100.1', 'known')))).toBe(10);
		await budgets.spend('ada', from('198.51.100.1', 'also known'));
	});

	test('and new accounts, from one address', async () => {
		const budgets = new SignInBudgets();
		expect(await until(() => budgets.spendSignUp('192.0.2.1'))).toBe(100);
		await budgets.spendSignUp('192.0.3.2');
		await budgets.spend('ada', from('192.0.2.1'));
	});

	test('right ones cost nothing', async () => {
		const budgets = new SignInBudgets();
		for (let i = 0; i < 20; i++) await (await budgets.spend('ada', from('192.0.2.1')))();
		for (let i = 0; i < 20; i++) await (await budgets.spend('ada', from('192.0.2.1', 'd')))();
	});
});
