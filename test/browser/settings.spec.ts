import { expectAccessible } from '../support/axe.ts';
import { expect, test } from '../support/browser.ts';

test('a chosen theme is there before the page is drawn, and the settings are in one place', async ({
	page,
}) => {
	await page.emulateMedia({ colorScheme: 'light' });
	await page.goto('/settings');
	for (const name of ['Profile', 'Appearance', 'Audio and video', 'Notifications and sounds'])
		await expect(page.getByRole('region', { name, exact: true })).toBeVisible();
	await expect(
		page.getByRole('region', { name: 'Account' }).getByText("You're a guest"),
	).toBeVisible();
	const ground = () =>
		page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
	const light = await ground();
	await page.getByRole('radio', { name: 'Dark' }).check();
	await expect.poll(ground).not.toBe(light);
	const dark = await ground();
	await expectAccessible(page, 'settings in the dark');

	// The page's own code does not come, and the colours are there all the same.
	await page.route(/\/_app\/immutable\/(?:chunks|nodes|entry\/(?:start|app))/, (route) =>
		route.abort(),
	);
	await page.goto('/');
	expect(await ground()).toBe(dark);
	const bars = page.locator('meta[name="theme-color"]');
	expect(await bars.evaluateAll((all) => all.map((bar) => bar.getAttribute('media')))).toEqual([
		'not all',
		'all',
	]);
});

test('in a call the settings open over it, and the devices are those of the call', async ({
	page,
}) => {
	await page.goto('/demo?people=2&paused');
	await expect(page.getByTestId('tile')).toHaveCount(2);
	await page.getByRole('button', { name: 'More' }).click();
	await page.getByRole('menuitem', { name: 'Settings', exact: true }).click();
	const dialog = page.getByRole('dialog', { name: 'Settings' });
	await dialog.getByRole('link', { name: 'Keyboard' }).click();
	await expect(dialog.getByRole('region', { name: 'Keyboard' })).toBeFocused();
	await expect(page).toHaveURL(/\/demo/);
	await expectAccessible(page, 'settings over a call');
	await expect(dialog.getByRole('combobox', { name: 'Camera' })).toBeVisible();
	const done = dialog.getByRole('button', { name: 'Done' });
	await page.setViewportSize({ width: 640, height: 400 });
	await expect(done).toBeInViewport();
	await done.click();
	await expect(page.getByTestId('tile')).toHaveCount(2);
});
