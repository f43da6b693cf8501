import type { Locator } from 'playwright/test';
import { expect, test, type Person } from '../support/browser.ts';

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
	cast,
	roomId,
}) => {
	const ana = await joined('Ana');
	for (const name of ['Bo', 'Cy']) await cast.joined(name);
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
