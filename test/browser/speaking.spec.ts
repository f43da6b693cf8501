import { expect, test, type Person } from '../support/browser.ts';
import { talk } from '../support/fakeMedia.ts';

/** Whether the ring around a tile is to be seen. */
const ring = (person: Person, name: string) =>
	person
		.tile(name)
		.evaluate((tile) => parseFloat(getComputedStyle(tile, '::after').borderTopWidth) > 2);

test('a ring tells who speaks, oneself too, and who speaks is large where that was chosen', async ({
	person,
	roomId,
}) => {
	const talking = async (name: string) => {
		const one = await person(name);
		await one.page.addInitScript(talk);
		await one.toLobby(roomId);
		await one.join();
		return one;
	};
	const [ana, bo] = [await talking('Ana'), await talking('Bo')];
	await ana.controls.getByRole('button', { name: 'Mute microphone' }).click();
	await expect(bo.tile('Ana').getByRole('img', { name: 'Microphone off' })).toBeAttached();
	await expect.poll(() => ring(ana, 'Bo')).toBe(true);
	await expect.poll(() => ring(bo, 'Bo (you)')).toBe(true);
	await expect.poll(() => ring(bo, 'Ana')).toBe(false);
	await bo.controls.getByRole('button', { name: 'Mute microphone' }).click();
	await expect.poll(() => ring(ana, 'Bo')).toBe(false);
	await expect.poll(() => ring(bo, 'Bo (you)')).toBe(false);

	// Large is who has the word, or had it last.
	const cy = await talking('Cy');
	await cy.controls.getByRole('button', { name: 'Mute microphone' }).click();
	await cy.controls.getByRole('button', { name: 'More' }).click();
	await cy.page.getByRole('menuitemradio', { name: 'Speaker' }).click();
	const large = async (name: string) => {
		const [one, own] = [await cy.tile(name).boundingBox(), await cy.tile('Cy (you)').boundingBox()];
		return (one?.width ?? 0) > 2 * (own?.width ?? 0);
	};
	await bo.controls.getByRole('button', { name: 'Unmute microphone' }).click();
	await expect.poll(() => large('Bo')).toBe(true);
	await bo.controls.getByRole('button', { name: 'Mute microphone' }).click();
	await ana.controls.getByRole('button', { name: 'Unmute microphone' }).click();
	await expect.poll(() => large('Ana')).toBe(true);
	expect(await large('Bo')).toBe(false);
});
