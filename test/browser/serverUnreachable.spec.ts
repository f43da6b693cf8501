import type { Page } from 'playwright/test';
import { expect, test } from '../support/browser.ts';
import { startService } from '../support/service.ts';

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
	{ path: '/people', then: (page: Page) => page.getByText('No contacts yet') },
	{ path: '/login', then: (page: Page) => page.getByRole('textbox', { name: 'Username' }) },
	{ path: '/next', then: (page: Page) => page.getByText('No one else is waiting.') },
];

test('pages say that their server cannot be reached and when they try again, and go on', async ({
	context,
}) => {
	await context.addInitScript(() => {
		localStorage['parley:preferences'] = JSON.stringify({ name: 'Ann' });
		localStorage['parley:next'] = JSON.stringify({ mode: 'text' });
	});
	// They wait most of the time: all at once take as long as one.
	await Promise.all(
		pages.map(({ path, then }) =>
			test.step(path, async () => {
				const page = await context.newPage();
				const { bringBack } = await takeAway(page);
				await page.goto(path);
				const notice = page.getByRole('alert').filter({ hasText: "Can't reach the server" });
				// Every way to connect is tried before.
				await expect(notice).toBeVisible({ timeout: 30_000 });
				await expect(notice.getByRole('link', { name: 'Try the demo' })).toBeVisible();
				const again = notice.getByRole('button', { name: 'Try again' });
				await again.click({ trial: true });
				// With time to press the button before the page tries by itself.
				await expect(page.getByRole('timer')).toHaveText(/Trying again in (?:[4-9]|\d\d) s/);
				bringBack();
				// Looks at nothing before it presses, which would take some of that time.
				await again.dispatchEvent('click');
				await expect(notice).toBeHidden();
				await expect(then(page)).toBeVisible();
			}),
		),
	);
});

test('a lobby whose server does not answer says so, and offers the demo', async ({ page }) => {
	// The files come from elsewhere: only what answers requests is away.
	await page.route(/\/(?:socket\.io|api)\//, (route) => route.abort());
	await page.routeWebSocket(/socket\.io/, (socket) => socket.close());
	await page.goto('/room/standup');
	const notice = page.getByRole('alert').filter({ hasText: "Can't reach the server" });
	await expect(notice).toBeVisible();
	await notice.getByRole('link', { name: 'Try the demo' }).click();
	await expect(page).toHaveURL(/\/demo$/);
	await expect(page.getByRole('group', { name: 'Guest 1', exact: true })).toBeVisible();
});

test('the landing page says that its server is gone, and goes on when it is back', async ({
	page,
}) => {
	let service = await startService();
	const { url } = service;
	await page.goto(url);
	// The page was written ahead of time: only when its scripts are there does it do anything.
	await expect(page.getByRole('combobox', { name: 'Language' })).toBeVisible();
	await service.close();
	await page.getByRole('button', { name: 'New room' }).click();
	const notice = page.getByRole('alert').filter({ hasText: "Can't reach the server" });
	await expect(notice).toBeVisible();
	await notice.getByRole('button', { name: 'Try again' }).click();
	await expect(notice).toBeVisible();
	service = await startService({ http: { port: Number(new URL(url).port) } });
	try {
		await expect(page).toHaveURL(/\/room\/[0-9a-z]{26}$/);
		await expect(page.getByRole('button', { name: 'Join', exact: true })).toBeVisible();
	} finally {
		await service.close();
	}
});

test('a WebSocket that hangs without failing becomes polling within 15 s, which a reload remembers', async ({
	person,
	roomId,
}) => {
	const { page } = await person('Ana');
	const asked: string[] = [];
	page.on('request', (request) => {
		const { pathname, searchParams } = new URL(request.url());
		if (pathname === '/socket.io/') asked.push(searchParams.get('transport') ?? '');
	});
	// It opens, and nothing ever comes.
	await page.routeWebSocket(/socket\.io/, () => asked.push('websocket'));
	await page.goto(`/room/${roomId}`);
	await expect(page.getByText(/Connected over (?:UDP|TCP)/)).toBeVisible({ timeout: 60_000 });
	expect(asked.slice(0, 2)).toEqual(['websocket', 'polling']);
	asked.length = 0;
	await page.reload();
	await expect(page.getByText(/Connected over (?:UDP|TCP)/)).toBeVisible();
	expect(asked[0]).toBe('polling');
});
