import type { Page } from 'playwright/test';
import { expect, test } from '../support/browser.ts';

/** The files come from elsewhere: only what answers requests is away, as long as it is not brought back. */
async function takeAway(page: Page): Promise<{ bringBack: () => void }> {
	let away = true;
	await page.route(/\/(?:socket\.io|api|healthz)/, (route) =>
		away ? route.abort() : route.continue(),
	);
	await page.routeWebSocket(/socket\.io/, (socket) =>
		away ? void socket.close() : void socket.connectToServer(),
	);
	return { bringBack: () => (away = false) };
}

const pages = [
	{
		path: '/room/standup/chat',
		then: (page: Page) => page.getByRole('textbox', { name: 'Your name' }),
	},
	{ path: '/people', then: (page: Page) => page.getByText('nobody', { exact: false }) },
	{ path: '/login', then: (page: Page) => page.getByRole('textbox', { name: 'User name' }) },
	{ path: '/next', then: (page: Page) => page.getByText('Nobody waits right now.') },
];

for (const { path, then } of pages) {
	test(`${path} says that its server cannot be reached and when it tries again, and goes on`, async ({
		page,
	}) => {
		await page.addInitScript(() => {
			localStorage['parley:preferences'] = JSON.stringify({ name: 'Ann' });
			localStorage['parley:next'] = JSON.stringify({ mode: 'text' });
		});
		const { bringBack } = await takeAway(page);
		await page.goto(path);
		const notice = page.getByRole('alert').filter({ hasText: 'cannot be reached' });
		// Every way to connect is tried before.
		await expect(notice).toBeVisible({ timeout: 30_000 });
		// With time to press the button before the page tries by itself.
		await expect(page.getByRole('timer')).toHaveText(/Next try in (?:[4-9]|\d\d) s/);
		await expect(notice.getByRole('link', { name: 'Look at the demo' })).toBeVisible();
		bringBack();
		await notice.getByRole('button', { name: 'Try again' }).click();
		await expect(notice).toBeHidden();
		await expect(then(page)).toBeVisible();
	});
}
