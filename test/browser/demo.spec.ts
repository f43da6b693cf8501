import type { Page } from 'playwright/test';
import { expect, test } from '../support/browser.ts';

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

	await bar(page).getByRole('button', { name: 'Start a share' }).click();
	const screen = page.getByRole('group', { name: /screen/i });
	await expect(screen).toBeVisible();
	await expect
		.poll(async () => ((await screen.boundingBox())?.width ?? 0) > 2 * (await width('Guest 1')))
		.toBe(true);
	await bar(page).getByRole('button', { name: 'Start a share' }).click();
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
	await expect(log).toContainText('Everyone here is simulated');
	await page.getByRole('textbox', { name: 'Message' }).fill('Hello, all of you');
	await page.getByRole('button', { name: 'Send', exact: true }).click();
	await expect(log).toContainText('Hello, all of you');
	await expect(log).toContainText('👍');
	await expect(page.locator('[data-testid="tile"].speaking').first()).toBeVisible();
	await test.step('a phone that is turned keeps the end of the chat and the focus', async () => {
		const box = page.getByRole('textbox', { name: 'Message' });
		for (let line = 1; line <= 12; line++) {
			await box.fill(`line ${line}`);
			await box.press('Enter');
		}
		for (const [width, height] of [
			[844, 390],
			[390, 844],
			[844, 390],
		] as const) {
			await page.setViewportSize({ width, height });
			await expect(box).toBeFocused();
			await expect(log.getByRole('article').last()).toBeInViewport();
		}
	});
	expect(asked).toEqual([]);
});

test('a host mutes simulated people, leaves the demo, and comes again', async ({ page }) => {
	await page.goto('/demo?people=4&paused');
	await page.getByRole('button', { name: 'People', exact: true }).click();
	await page.getByRole('button', { name: 'More about Guest 1' }).click();
	await page.getByRole('menuitem', { name: /^Mute/ }).click();
	await expect(tile(page, 'Guest 1').getByRole('img', { name: 'Microphone off' })).toBeVisible();
	// The same from the tile.
	const guest = tile(page, 'Guest 2');
	await guest.hover();
	await guest.getByRole('button', { name: 'Options for Guest 2' }).click();
	await page.getByRole('menuitem', { name: 'Stop their camera' }).click();
	await expect(guest.getByRole('img', { name: 'Camera off' })).toBeAttached();
	await guest.getByRole('button', { name: 'Options for Guest 2' }).click();
	await page.getByRole('menuitem', { name: 'Remove…' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
	await expect(guest).toHaveCount(0);
	await page
		.getByRole('toolbar', { name: 'Call controls' })
		.getByRole('button', { name: 'Leave' })
		.click();
	await page.getByRole('menuitem', { name: 'Leave', exact: true }).click();
	await expect(page.getByRole('heading', { name: 'You left the demo' })).toBeFocused();
	await page.getByRole('button', { name: 'Join again' }).click();
	await expect(tiles(page)).toHaveCount(3);
});

test('a weak line is told on its tile, in the words that real calls have', async ({ page }) => {
	await page.goto('/demo?people=4&paused');
	await bar(page).getByRole('button', { name: 'Simulate a bad connection' }).click();
	await expect(tile(page, 'Guest 1').getByRole('img', { name: 'Poor connection' })).toBeVisible();
});

test('in a call of two the other one fills the stage, and oneself floats, moves, shrinks and hides', async ({
	page,
}) => {
	await page.goto('/demo?people=2&paused');
	const [own, other] = [tile(page, 'Visitor (you)'), tile(page, 'Guest 1')];
	await expect(own).toBeVisible();
	const box = async (of: typeof own) =>
		(await of.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
	// All of the picture: its shape is the tile's.
	await expect
		.poll(async () => {
			const { width, height } = await box(other);
			return Math.abs(width / height - 16 / 9);
		})
		.toBeLessThan(0.02);
	const large = await box(own);
	expect(large.width).toBeLessThan((await box(other)).width / 3);

	// What moves it comes after the first pictures.
	await expect(
		own.getByRole('button', { name: 'Hide self-view', includeHidden: true }),
	).toBeAttached();
	// Dragged to the other side, it stays in the corner that is nearest, and does so after a reload.
	await page.mouse.move(large.x + 60, large.y + 20);
	await page.mouse.down();
	await page.mouse.move(300, 400, { steps: 3 });
	await page.mouse.move(100, 200, { steps: 3 });
	await page.mouse.up();
	const isTopLeft = async () => {
		const { x, y } = await box(own);
		return x < 40 && y < 200;
	};
	await expect.poll(isTopLeft).toBe(true);
	await page.reload();
	await expect.poll(isTopLeft).toBe(true);

	// By keyboard, from the menu; it is as far as what is on the tile.
	const choose = async (name: string) => {
		await page.getByRole('button', { name: 'More', exact: true }).focus();
		await page.keyboard.press('Enter');
		await page.getByRole('menuitem', { name }).focus();
		await page.keyboard.press('Enter');
	};
	await choose('Move self-view');
	await expect.poll(async () => (await box(own)).x).toBeGreaterThan(600);
	await choose('Shrink self-view');
	await expect.poll(async () => (await box(own)).width).toBeLessThan(large.width * 0.6);
	await choose('Enlarge self-view');
	await own.hover();
	await own.getByRole('button', { name: 'Hide self-view' }).click();
	await expect(own).toHaveCount(0);
	await expect(page.getByRole('button', { name: 'Show self-view' })).toBeFocused();
	// So it is in every layout.
	await bar(page).getByRole('slider', { name: 'People' }).fill('4');
	await expect(tiles(page)).toHaveCount(3);
	await page.getByRole('button', { name: 'Show self-view' }).click();
	await expect(tiles(page)).toHaveCount(4);
	// No button of a tile is a stop of the Tab key.
	await expect(page.locator('[data-testid="tile"] button:not([tabindex="-1"])')).toHaveCount(0);
});
