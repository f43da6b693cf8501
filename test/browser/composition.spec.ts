import type { Page } from 'playwright/test';
import { expect, test } from '../support/browser.ts';

/** Composes a text as an input method does, and ends that by a key, which the page hears of as a key of the method. */
async function compose(page: Page, text: string, end: 'Enter' | 'Escape'): Promise<void> {
	const session = await page.context().newCDPSession(page);
	const at = text.length;
	await session.send('Input.imeSetComposition', { text, selectionStart: at, selectionEnd: at });
	const key = { key: end, code: end, windowsVirtualKeyCode: 229, nativeVirtualKeyCode: 229 };
	await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key });
	if (end === 'Enter') await session.send('Input.insertText', { text });
	else
		await session.send('Input.imeSetComposition', { text: '', selectionStart: 0, selectionEnd: 0 });
	await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
	await session.detach();
}

test('B-4: a key that ends a composition does nothing else, wherever people write', async ({
	page,
}) => {
	await page.goto('/demo?people=3&paused');
	await page.getByRole('button', { name: 'Chat', exact: true }).click();
	const field = page.getByRole('textbox', { name: 'Message', exact: true });
	await field.focus();

	await test.step('Enter sends no message', async () => {
		await compose(page, 'こんにちは', 'Enter');
		await expect(field).toHaveValue('こんにちは');
		await expect(page.getByRole('article').filter({ hasText: 'こんにちは' })).toHaveCount(0);
	});

	await test.step('Escape leaves the chat open', async () => {
		await compose(page, '你好', 'Escape');
		await expect(field).toHaveValue('こんにちは');
		await expect(page.locator('#chat')).toBeVisible();
	});

	await test.step('the next Enter sends it', async () => {
		await page.keyboard.press('Enter');
		await expect(page.getByRole('article').filter({ hasText: 'こんにちは' })).toBeVisible();
	});

	await test.step('Escape leaves the search open', async () => {
		await page.getByRole('button', { name: 'Search', exact: true }).click();
		const search = page.getByRole('searchbox', { name: 'Search messages' });
		await search.focus();
		await compose(page, '今日', 'Escape');
		await expect(search).toBeVisible();
		await compose(page, 'こん', 'Enter');
		await expect(search).toHaveValue('こん');
	});

	await test.step('Enter opens no room, and gives no name away', async () => {
		await page.goto('/');
		const code = page.getByRole('textbox', { name: 'Room link or code' });
		await code.focus();
		await compose(page, 'へや', 'Enter');
		await expect(code).toHaveValue('へや');
		await expect(page.getByRole('alert')).toHaveCount(0);
		expect(new URL(page.url()).pathname).toBe('/');

		await page.goto('/settings');
		const name = page.getByRole('textbox', { name: 'Your name' });
		await name.focus();
		await compose(page, '花子', 'Enter');
		await expect(name).toHaveValue('花子');
		await expect(page.getByText('Saved. You')).toHaveCount(0);
		await page.keyboard.press('Enter');
		await expect(page.getByText('Saved. You')).toBeVisible();
	});
});
