import type { Locator } from 'playwright/test';
import { expect, test, type Person } from '../support/browser.ts';

test('the More menu opens by keyboard and puts the call on the whole screen', async ({
	joined,
}) => {
	const ana = await joined('Ana');
	const more = ana.controls.getByRole('button', { name: 'More' });
	await more.focus();
	await ana.page.keyboard.press('Enter');
	const menu = ana.page.getByRole('menu', { name: 'More' });
	await expect(menu.getByRole('menuitemradio', { name: 'Grid' })).toBeFocused();
	await ana.page.keyboard.press('End');
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

/** How many pixels of the page a tile covers. */
async function areaOf(tile: Locator): Promise<number> {
	const { width, height } = (await tile.boundingBox()) ?? { width: 0, height: 0 };
	return width * height;
}

/** Opens the menu and chooses a layout. */
async function chooseLayout(person: Person, name: string): Promise<void> {
	await person.controls.getByRole('button', { name: 'More' }).click();
	await person.page.getByRole('menuitemradio', { name }).click();
}

test('layouts can be chosen and are remembered; who is pinned is large wherever one looks', async ({
	joined,
	roomId,
}) => {
	const [ana] = [await joined('Ana'), await joined('Bo'), await joined('Cy')];
	const [bo, cy] = [ana.tile('Bo'), ana.tile('Cy')];
	await expect(cy).toBeVisible();
	await expect.poll(async () => (await areaOf(bo)) / (await areaOf(cy))).toBe(1);

	// By keyboard: the button is on the tile.
	await cy.getByRole('button', { name: 'Pin Cy' }).focus();
	await ana.page.keyboard.press('Enter');
	await expect(cy.getByRole('button', { name: 'Unpin Cy' })).toBeFocused();
	await expect.poll(async () => (await areaOf(cy)) / (await areaOf(bo))).toBeGreaterThan(4);
	await bo.getByRole('button', { name: 'Pin Bo' }).click();
	await expect.poll(async () => (await areaOf(cy)) / (await areaOf(bo))).toBe(1);
	await expect.poll(() => areaOf(ana.tile('Ana (you)'))).toBeLessThan((await areaOf(bo)) / 2);
	await ana.page.getByRole('button', { name: 'Unpin Cy' }).click();
	await ana.page.getByRole('button', { name: 'Unpin Bo' }).click();
	await expect.poll(async () => (await areaOf(bo)) / (await areaOf(cy))).toBe(1);

	await chooseLayout(ana, 'Sidebar');
	const others = [bo, cy, ana.tile('Ana (you)')];
	const largest = async () => Math.max(...(await Promise.all(others.map(areaOf))));
	const smallest = async () => Math.min(...(await Promise.all(others.map(areaOf))));
	await expect.poll(async () => (await largest()) / (await smallest())).toBeGreaterThan(4);

	await ana.page.reload();
	await ana.toLobby(roomId);
	await ana.join();
	await ana.controls.getByRole('button', { name: 'More' }).click();
	await expect(ana.page.getByRole('menuitemradio', { name: 'Sidebar' })).toBeChecked();
});

test('R27: a page of tiles that is not shown costs no video', async ({ joined }) => {
	const ana = await joined('Ana');
	await joined('Bo');
	await joined('Cy');
	for (const name of ['Bo', 'Cy']) await ana.seesMoving(name);
	// So little room that one tile fits at a time.
	await ana.page.setViewportSize({ width: 200, height: 330 });
	const pager = ana.page.getByRole('navigation', { name: 'Pages of tiles' });
	await expect(pager).toBeVisible();
	await expect(ana.page.getByTestId('tile')).toHaveCount(1);
	await expect(ana.tile('Ana (you)')).toBeVisible();

	const inOneSecond = async () => {
		const before = await ana.total('inbound-rtp', 'video', 'bytesReceived');
		await ana.page.waitForTimeout(1000);
		return (await ana.total('inbound-rtp', 'video', 'bytesReceived')) - before;
	};
	await expect.poll(inOneSecond).toBe(0);
	await pager.getByRole('button', { name: 'Next page' }).click();
	await ana.seesMoving('Bo');
	await expect(ana.tile('Cy')).toHaveCount(0);
	await ana.page.keyboard.press('PageDown');
	await ana.seesMoving('Cy');
	await expect(ana.tile('Bo')).toHaveCount(0);
	// Who comes while their page is not shown is not received at all.
	await ana.page.keyboard.press('PageUp');
	await ana.page.keyboard.press('PageUp');
	await expect(ana.tile('Ana (you)')).toBeVisible();
	await expect.poll(inOneSecond).toBe(0);
	await joined('Di');
	await expect(pager.getByText('Page 1 of 4')).toBeAttached();
	await ana.page.waitForTimeout(500);
	await expect.poll(inOneSecond).toBe(0);
});
