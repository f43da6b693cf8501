import type { Page } from 'playwright/test';
import { expect, test } from '../support/browser.ts';
import { startService } from '../support/service.ts';

const tiles = (page: Page) => page.getByTestId('tile');
const tile = (page: Page, name: string) => page.getByRole('group', { name, exact: true });
const bar = (page: Page) => page.getByRole('region', { name: 'Demo' });

/** What the page asks for beyond files, and every socket it opens. */
function watchRequests(page: Page): string[] {
	const asked: string[] = [];
	page.on('request', (request) => {
		const { pathname } = new URL(request.url());
		if (/^\/(?:api|socket\.io|healthz|readyz)/.test(pathname)) asked.push(pathname);
	});
	page.on('websocket', (socket) => asked.push(socket.url()));
	return asked;
}

/** Tiles with a picture get new frames. */
async function seesMoving(page: Page): Promise<void> {
	const counts = () =>
		tiles(page)
			.locator('video')
			.evaluateAll((videos) =>
				videos.map((video) =>
					video instanceof HTMLVideoElement && video.srcObject
						? video.getVideoPlaybackQuality().totalVideoFrames
						: null,
				),
			);
	const before = await counts();
	expect(before.filter((count) => count !== null).length).toBeGreaterThan(1);
	await expect
		.poll(async () => {
			const now = await counts();
			return now.every((count, place) => {
				const last = before[place] ?? null;
				return count === null || last === null || count > last;
			});
		})
		.toBe(true);
}

test('everybody moves, the layouts are there, a share takes the stage, and nothing is asked of a server', async ({
	page,
}) => {
	const asked = watchRequests(page);
	await page.goto('/demo?people=9&paused');
	await expect(tiles(page)).toHaveCount(9);
	await seesMoving(page);

	const width = async (name: string) => (await tile(page, name).boundingBox())?.width ?? 0;
	await page.getByRole('button', { name: 'More', exact: true }).click();
	await page.getByRole('menuitemradio', { name: 'Sidebar' }).click();
	await expect.poll(async () => (await width('Guest 1')) > 2 * (await width('Guest 2'))).toBe(true);

	await bar(page).getByRole('button', { name: 'Let somebody share' }).click();
	const screen = page.getByRole('group', { name: /screen/i });
	await expect(screen).toBeVisible();
	await expect
		.poll(async () => ((await screen.boundingBox())?.width ?? 0) > 2 * (await width('Guest 1')))
		.toBe(true);
	await bar(page).getByRole('button', { name: 'Let somebody share' }).click();
	await expect(screen).toHaveCount(0);

	await bar(page).getByRole('slider', { name: 'People' }).fill('25');
	await expect(page.getByRole('button', { name: 'People', exact: true })).toHaveAttribute(
		'title',
		'People (25)',
	);
	await expect(page).toHaveURL(/people=25/);
	expect(asked).toEqual([]);
});

test('simulated people speak and write, and take an answer', async ({ page }) => {
	const asked = watchRequests(page);
	await page.goto('/demo?people=4');
	await page.getByRole('button', { name: 'Chat', exact: true }).click();
	const log = page.getByRole('log', { name: 'Messages' });
	await expect(log).toContainText('Everybody here is simulated');
	await page.getByRole('textbox', { name: 'Message' }).fill('Hello, all of you');
	await page.getByRole('button', { name: 'Send', exact: true }).click();
	await expect(log).toContainText('Hello, all of you');
	await expect(log).toContainText('👍');
	await expect(page.locator('[data-testid="tile"].speaking').first()).toBeVisible();
	expect(asked).toEqual([]);
});

test('a host mutes simulated people, leaves the demo, and comes again', async ({ page }) => {
	await page.goto('/demo?people=4&paused');
	await page.getByRole('button', { name: 'People', exact: true }).click();
	await page.getByRole('button', { name: 'More about Guest 1' }).click();
	await page.getByRole('menuitem', { name: /^Mute/ }).click();
	await expect(tile(page, 'Guest 1').getByRole('img', { name: 'Microphone off' })).toBeVisible();
	await page
		.getByRole('toolbar', { name: 'Call controls' })
		.getByRole('button', { name: 'Leave' })
		.click();
	await expect(page.getByRole('heading', { name: 'You left the demo' })).toBeFocused();
	await page.getByRole('button', { name: 'Join again' }).click();
	await expect(tiles(page)).toHaveCount(4);
});

test('a weak line is told on its tile, in the words that real calls have', async ({ page }) => {
	await page.goto('/demo?people=4&paused');
	await bar(page).getByRole('button', { name: 'Weaken a line' }).click();
	await expect(tile(page, 'Guest 1').getByRole('img', { name: 'Poor connection' })).toBeVisible();
});

test('a lobby whose server does not answer says so, and offers the demo', async ({ page }) => {
	// The files come from elsewhere: only what answers requests is away.
	await page.route(/\/(?:socket\.io|api)\//, (route) => route.abort());
	await page.routeWebSocket(/socket\.io/, (socket) => socket.close());
	await page.goto('/room/standup');
	const notice = page.getByRole('alert').filter({ hasText: 'cannot be reached' });
	await expect(notice).toBeVisible();
	await notice.getByRole('link', { name: 'Look at the demo' }).click();
	await expect(page).toHaveURL(/\/demo$/);
	await expect(tile(page, 'Guest 1')).toBeVisible();
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
	const notice = page.getByRole('alert').filter({ hasText: 'cannot be reached' });
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
