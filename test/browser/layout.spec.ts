import { expect, test } from '../support/browser.ts';

test('the More menu opens by keyboard and puts the call on the whole screen', async ({
	joined,
}) => {
	const ana = await joined('Ana');
	const more = ana.controls.getByRole('button', { name: 'More' });
	await more.focus();
	await ana.page.keyboard.press('Enter');
	const menu = ana.page.getByRole('menu', { name: 'More' });
	await expect(menu.getByRole('menuitem', { name: 'Full screen' })).toBeFocused();
	await ana.page.keyboard.press('Enter');
	await expect(menu).toBeHidden();
	await expect(more).toBeFocused();
	const isFull = () => ana.page.evaluate(() => document.fullscreenElement !== null);
	await expect.poll(isFull).toBe(true);
	await ana.page.keyboard.press('f');
	await expect.poll(isFull).toBe(false);
	// A second press closes what the first one opened.
	await more.click();
	await expect(menu).toBeVisible();
	await more.click();
	await expect(menu).toBeHidden();
});
