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

test('B-9: a part does not load: words say so, and a second press works when the network is back; a moment passes unseen', async ({
	page,
}) => {
	// Few people, who keep still: it is about what is loaded.
	await page.goto('/demo?people=2&paused');
	const controls = page.getByRole('toolbar', { name: 'Call controls' });
	await expect(controls).toBeVisible();
	// What comes after the first picture is there: only what is pressed is missing then.
	for (const name of ['Hide self-view', /^Options for /])
		await expect(page.getByRole('button', { name, includeHidden: true }).first()).toBeAttached();
	await page.waitForLoadState('networkidle');
	for (const { press, opens } of parts)
		await test.step(press, async () => {
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
			await page.keyboard.press('Escape');
		});
	await test.step('what is gone for a moment comes by itself', async () => {
		const { asked, letThrough } = await cutOff(page);
		await controls.getByRole('button', { name: 'React', exact: true }).click();
		await expect.poll(asked).toBeGreaterThan(0);
		letThrough();
		await expect(page.getByRole('dialog', { name: 'React' })).toBeVisible();
		await expect(words(page)).toHaveCount(0);
	});
});

test('a key that is pressed before the code of the keys is there does what it does, once it is there', async ({
	page,
}) => {
	let letThrough = () => {};
	const held = new Promise<void>((resolve) => (letThrough = resolve));
	let asked = false;
	await page.route(/\/_app\/immutable\/chunks\//, async (route) => {
		const response = await route.fetch();
		// What a key did is said by the code of the keys alone.
		if ((await response.text()).includes('Hand lowered')) {
			asked = true;
			await held;
		}
		await route.fulfill({ response });
	});
	await page.goto('/demo?people=2&paused');
	await expect(page.getByRole('toolbar', { name: 'Call controls' })).toBeVisible();
	await expect.poll(() => asked).toBe(true);
	await page.keyboard.press('?');
	const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
	await expect(list).toHaveCount(0);
	letThrough();
	await expect(list).toBeVisible();
	// Other files may be on their way still.
	await page.unrouteAll({ behavior: 'ignoreErrors' });
});

/** What a page begins with. */
const beginnings = [
	{ missing: 'its entry', files: /\/_app\/immutable\/entry\/(?:start|app)\./ },
	{ missing: 'its chunks', files: /\/_app\/immutable\/chunks\// },
	{ missing: 'its nodes', files: /\/_app\/immutable\/nodes\// },
];

test('B-9: a room’s page without its entry, chunks or nodes says so, and begins when it is loaded again', async ({
	context,
	roomId,
}) => {
	// They wait most of the time: all at once take as long as one.
	await Promise.all(
		beginnings.map(({ missing, files }) =>
			test.step(missing, async () => {
				const page = await context.newPage();
				await page.route(files, (route) => route.abort());
				await page.goto(`/room/${roomId}`);
				await expect(words(page)).toBeVisible();
				await page.unroute(files);
				await words(page).getByRole('button', { name: 'Reload' }).click();
				await expect(page.getByRole('button', { name: 'Join', exact: true })).toBeVisible();
				await expect(words(page)).toHaveCount(0);
			}),
		),
	);
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

test('the page of a room names the code of its lobby, which comes at once then, in few files', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana');
	const opened = ana.page.waitForResponse((response) => response.request().isNavigationRequest());
	await ana.toLobby(roomId);
	const html = await (await opened).text();
	const loaded = await ana.page.evaluate(() =>
		performance
			.getEntriesByType('resource')
			// Later the page loads what is not for the lobby.
			.filter(({ startTime }) => startTime < 2400)
			.map(({ name }) => new URL(name).pathname)
			.filter((path) => path.endsWith('.js')),
	);
	expect(loaded.length).toBeGreaterThan(5);
	expect(loaded.length).toBeLessThan(40);
	// A few parts come after the lobby: who the person is, and what is shown at the end.
	const unnamed = loaded.filter((path) => !html.includes(path));
	expect(unnamed.length).toBeLessThan(12);
});
