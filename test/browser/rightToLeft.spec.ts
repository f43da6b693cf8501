import type { Locator, Page } from 'playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { expect, test } from '../support/browser.ts';
import { desktop, phone } from '../support/views.ts';

test.use({ locale: 'ar-EG' });

const box = async (locator: Locator) =>
	(await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
const controls = (page: Page) => page.getByRole('toolbar', { name: 'عناصر التحكم في المكالمة' });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** The page runs from right to left, and nothing is wider than the window, on a desktop and on a phone. */
async function expectMirrored(page: Page, where: string): Promise<void> {
	await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
	await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
	for (const size of [phone, desktop]) {
		await page.setViewportSize(size);
		const beside = () =>
			page.evaluate(() => document.documentElement.scrollWidth - document.body.clientWidth);
		await expect.poll(beside, `${where} at ${size.width}`).toBe(0);
	}
}

test('pages in Arabic run from right to left before their code is there, and fit the window', async ({
	page,
	roomId,
}) => {
	// Nothing but the first script of a page: what it says holds from the first picture on.
	await page.route('**/_app/immutable/{chunks,nodes}/**', (route) => route.abort());
	await page.goto('/', { waitUntil: 'commit' });
	await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
	await page.unrouteAll();

	for (const [path, heading] of [
		['/', 'تحدّث وجهًا لوجه.'],
		['/settings', 'الإعدادات'],
		['/next', 'قابل شخصًا جديدًا'],
		['/people', 'ما اسمك؟'],
	] as const) {
		await page.goto(path);
		await expect(page.getByRole('heading', { name: heading }).first()).toBeVisible();
		await expectMirrored(page, path);
		const logo = await box(page.getByRole('link', { name: 'Parley، الصفحة الرئيسية' }));
		expect(logo.x).toBeGreaterThan(desktop.width / 2);
		if (path === '/settings' || path === '/') await expectAccessible(page, path);
	}

	await page.goto(`/room/${roomId}`);
	await expect(button(page, 'انضمام')).toBeVisible();
	await expectMirrored(page, 'lobby');
	// A link reads as it is typed, with its host before its path.
	const link = page.getByRole('main').getByText(`/room/${roomId}`);
	expect(await link.evaluate((text) => getComputedStyle(text).direction)).toBe('ltr');
});

test('a call in Arabic keeps the order of reading: tiles, toolbar, panels and keys', async ({
	page,
}) => {
	await page.goto('/demo?people=6&paused');
	const tile = (name: string) => page.getByRole('group', { name, exact: true });
	await expect(tile('ضيف 1')).toBeVisible();
	await expectMirrored(page, 'call');

	// Who comes first is at the right: one's own tile, and the microphone.
	const tiles = await Promise.all(
		(await page.getByTestId('tile').all()).map(async (one) => ({
			own: /أنت/.test((await one.getAttribute('aria-label')) ?? ''),
			...(await box(one)),
		})),
	);
	const first = tiles.filter(({ y }) => y === Math.min(...tiles.map((one) => one.y)));
	expect(first.toSorted((one, other) => other.x - one.x)[0]?.own).toBe(true);
	expect(first.length).toBeGreaterThan(1);

	const buttons = await controls(page).getByRole('button').all();
	const places = await Promise.all(buttons.map(async (one) => (await box(one)).x));
	expect(places).toEqual(places.toSorted((one, other) => other - one));
	expect(await buttons[0]?.getAttribute('aria-label')).toMatch(/الميكروفون/);

	// Arrows go where they point.
	await buttons[1]?.focus();
	await page.keyboard.press('ArrowLeft');
	await expect(buttons[2] as Locator).toBeFocused();
	await page.keyboard.press('ArrowRight');
	await page.keyboard.press('ArrowRight');
	await expect(buttons[0] as Locator).toBeFocused();

	await button(page, 'المزيد').click();
	const menu = page.getByRole('menu', { name: 'المزيد' });
	const more = await box(button(page, 'المزيد'));
	const opened = await box(menu);
	// Their ends lie on one line, as far as there is place in the window.
	expect(Math.abs(opened.x - more.x)).toBeLessThanOrEqual(2);
	await page.keyboard.press('Escape');

	for (const [name, panel] of [
		['الأشخاص', '#people'],
		['المحادثة', '#chat'],
	] as const) {
		await button(page, name).click();
		await expect(page.locator(panel)).toBeVisible();
		await expectMirrored(page, name);
		const { x } = await box(page.locator(panel));
		expect(x).toBeLessThan((await box(tile('ضيف 1'))).x);
		await expectAccessible(page, name);
	}

	// What people write runs as they write it.
	const field = page.getByRole('textbox', { name: 'رسالة', exact: true });
	await field.fill('Hello, *world*!');
	await page.keyboard.press('Enter');
	const message = page.getByRole('article').filter({ hasText: 'Hello' }).getByText('Hello');
	expect(await message.evaluate((text) => getComputedStyle(text).direction)).toBe('ltr');
	await button(page, 'رموز تعبيرية').click();
	const search = page.locator('emoji-picker').getByRole('combobox');
	await expect(search).toBeVisible();
	expect(await search.evaluate((one) => getComputedStyle(one).direction)).toBe('rtl');
	await expectMirrored(page, 'emoji');
});

test('another language turns the page around at once', async ({ page }) => {
	await page.goto('/settings');
	await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
	await page.getByRole('combobox', { name: 'اللغة' }).selectOption({ label: '日本語' });
	await expect(page.getByRole('heading', { name: '設定' })).toBeVisible();
	await expect(page.locator('html')).toHaveAttribute('dir', 'ltr');
	await page.reload();
	await expect(page.getByRole('heading', { name: '設定' })).toBeVisible();
	await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
	await page.getByRole('combobox', { name: '言語' }).selectOption({ label: 'العربية' });
	await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
});
