import { expect, test } from '../support/browser.ts';
import { phone } from '../support/views.ts';

/** A phone held upright. */
const delivered = { width: 202, height: 360, frameRate: 7 };

/** Runs in the page: of the height of a picture the shares that its element cuts off above, and shows. */
function shownOf(video: HTMLVideoElement): { above: number; shown: number; wide: boolean } {
	const { objectFit, objectPosition } = getComputedStyle(video);
	const { clientWidth, clientHeight, videoWidth, videoHeight } = video;
	const across = clientWidth / videoWidth;
	const down = clientHeight / videoHeight;
	const scale = objectFit === 'cover' ? Math.max(across, down) : Math.min(across, down);
	const shown = Math.min(1, clientHeight / (videoHeight * scale));
	const place = Number.parseFloat(objectPosition.split(' ')[1] ?? '') / 100;
	return { above: (1 - shown) * place, shown, wide: clientWidth > clientHeight };
}

test('B-29: at least 70 % of an upright picture is shown in a wide tile, and its upper part', async ({
	joined,
}) => {
	await joined('Ana', { delivered });
	await joined('Bo');
	const cy = await joined('Cy');
	const picture = cy.tile('Ana').locator('video');
	await expect
		.poll(() => picture.evaluate((video: HTMLVideoElement) => video.videoHeight > video.videoWidth))
		.toBe(true);
	for (const size of [
		{ width: 1280, height: 800 },
		{ width: 1000, height: 420 },
		{ width: 740, height: 360 },
		phone,
	]) {
		await cy.page.setViewportSize(size);
		await expect
			.poll(async () => (await picture.evaluate(shownOf)).shown)
			.toBeGreaterThanOrEqual(0.7);
		expect((await picture.evaluate(shownOf)).above).toBeLessThan(0.1);
	}
	await cy.page.setViewportSize({ width: 1000, height: 420 });
	await expect.poll(async () => (await picture.evaluate(shownOf)).wide).toBe(true);
	// Wide pictures still fill their tiles.
	await expect(cy.tile('Bo').locator('video')).toHaveCSS('object-fit', 'cover');
});

test('B-29: an upright picture of the own camera is shown whole before the call', async ({
	person,
	roomId,
}) => {
	const { page } = await person('Ana', { delivered });
	for (const address of [`/room/${roomId}`, '/next']) {
		await page.goto(address);
		const video = page.getByRole('region', { name: 'Preview' }).locator('video');
		await expect.poll(() => video.evaluate((one: HTMLVideoElement) => one.videoHeight)).toBe(360);
		await expect.poll(async () => (await video.evaluate(shownOf)).shown).toBeCloseTo(1);
	}
});
