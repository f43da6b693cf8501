import type { Page } from 'playwright/test';
import { expect, test } from '../support/browser.ts';

/** The network is away: code that the page has not loaded yet does not come, until it is let through. */
async function cutOff(page: Page): Promise<{ asked: () => number; letThrough: () => void }> {
	let away = true;
	let asked = 0;
	await page.route(/\/(?:_app\/immutable|healthz)/, (route) => {
		if (!away) return route.continue();
		asked++;
		return route.abort();
	});
	return { asked: () => asked, letThrough: () => (away = false) };
}

const words = (page: Page) => page.getByRole('alert').filter({ hasText: "didn't load" });

/** What is pressed in a call, and what opens. */
const parts = [
	{ press: 'More', opens: (page: Page) => page.getByRole('menu', { name: 'More' }) },
	{ press: 'People', opens: (page: Page) => page.getByRole('heading', { name: /^People/ }) },
];

for (const { press, opens } of parts)
	test(`B-9: ${press} does not load: words say so, and a second press works when the network is back`, async ({
		page,
	}) => {
		await page.goto('/demo');
		const controls = page.getByRole('toolbar', { name: 'Call controls' });
		await expect(controls).toBeVisible();
		const { asked, letThrough } = await cutOff(page);
		await controls.getByRole('button', { name: press, exact: true }).click();
		await expect(words(page)).toBeVisible();
		expect(asked()).toBeGreaterThan(0);
		// It is the line: a press changes nothing but that it is tried.
		const before = asked();
		await words(page).getByRole('button', { name: 'Try again' }).click();
		await expect.poll(asked).toBeGreaterThan(before + 1);
		await expect(words(page)).toBeVisible();
		letThrough();
		await words(page).getByRole('button', { name: 'Try again' }).click();
		await expect(opens(page)).toBeVisible();
		await expect(words(page)).toHaveCount(0);
	});

test('B-9: a part that is gone for a moment comes by itself', async ({ page }) => {
	await page.goto('/demo');
	const controls = page.getByRole('toolbar', { name: 'Call controls' });
	await expect(controls).toBeVisible();
	const { asked, letThrough } = await cutOff(page);
	await controls.getByRole('button', { name: 'More' }).click();
	await expect.poll(asked).toBeGreaterThan(0);
	letThrough();
	await expect(page.getByRole('menu', { name: 'More' })).toBeVisible();
	await expect(words(page)).toHaveCount(0);
});

/** What a page begins with. */
const beginnings = [
	{ missing: 'its entry', files: /\/_app\/immutable\/entry\/(?:start|app)\./ },
	{ missing: 'its chunks', files: /\/_app\/immutable\/chunks\// },
	{ missing: 'its nodes', files: /\/_app\/immutable\/nodes\// },
];

for (const { missing, files } of beginnings)
	test(`B-9: a room's page without ${missing} says so, and begins when it is loaded again`, async ({
		page,
		roomId,
	}) => {
		await page.route(files, (route) => route.abort());
		await page.goto(`/room/${roomId}`);
		await expect(words(page)).toBeVisible();
		await page.unroute(files);
		await words(page).getByRole('button', { name: 'Load again' }).click();
		await expect(page.getByRole('button', { name: 'Join', exact: true })).toBeVisible();
		await expect(words(page)).toHaveCount(0);
	});

test.describe('in German', () => {
	test.use({ locale: 'de-DE' });
	test('B-9: a page that does not begin says so in the language of the person', async ({
		page,
	}) => {
		await page.route(/\/_app\/immutable\/entry\/start\./, (route) => route.abort());
		await page.goto('/');
		await expect(page.getByRole('alert')).toContainText('Die Seite wurde nicht geladen');
		await expect(page.getByRole('heading', { name: 'Talk face to face' })).toBeVisible();
	});
});
