import { expectAccessible } from '../support/axe.ts';
import { expect, test, type Person } from '../support/browser.ts';

async function choose(person: Person, mode: string): Promise<void> {
	await person.controls.getByRole('button', { name: 'More', exact: true }).click();
	await person.page.getByRole('menuitemradio', { name: mode }).click();
}

/** How much a figure of the videos grows in a second. */
async function grown(person: Person, type: string, figure: string): Promise<number> {
	const before = await person.total(type, 'video', figure);
	await person.page.waitForTimeout(1000);
	return (await person.total(type, 'video', figure)) - before;
}

test('save data takes the smallest pictures, audio only none, and one press brings all back', async ({
	joined,
}) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	await test.step('save data: the smallest picture of others, and a small one of oneself', async () => {
		const width = (of: Person, name: string) =>
			of
				.tile(name)
				.locator('video')
				.evaluate((video: HTMLVideoElement) => video.videoWidth);
		await bo.seesMoving('Ana');
		await ana.seesMoving('Bo');
		await expect.poll(() => width(bo, 'Ana'), { timeout: 30_000 }).toBe(640);
		await choose(bo, 'Data saver');
		await expect(bo.page.getByText(/^Data saver is on/)).toBeVisible();
		await expect.poll(() => width(bo, 'Ana'), { timeout: 30_000 }).toBe(320);
		await expect.poll(() => width(ana, 'Bo'), { timeout: 30_000 }).toBe(320);
		// Ana, who saves nothing, still sees pictures move.
		await ana.seesMoving('Bo');
		await choose(bo, 'All videos');
		await expect.poll(() => width(ana, 'Bo'), { timeout: 30_000 }).toBe(640);
		await expect.poll(() => width(bo, 'Ana'), { timeout: 30_000 }).toBe(640);
	});
	await test.step('audio only: no video comes or goes, voices do, and one press brings it all back', async () => {
		await bo.seesMoving('Ana');
		await ana.seesMoving('Bo');
		await choose(bo, 'Audio only');
		const bar = bo.page.getByRole('region', { name: 'Video', exact: true });
		await expect(bar).toContainText('Audio only');
		await expect(bo.controls.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
		await expect(ana.tile('Bo').getByRole('img', { name: 'Camera off' })).toBeVisible();
		// The picture of Ana does not stand still: there is none.
		await expect(bo.tile('Ana').locator('video.seen')).toHaveCount(0);
		await expect.poll(() => grown(bo, 'inbound-rtp', 'bytesReceived')).toBe(0);
		await expect.poll(() => grown(bo, 'outbound-rtp', 'bytesSent')).toBe(0);
		// Nobody else looks at Ana: nothing is encoded either.
		await expect.poll(() => grown(ana, 'outbound-rtp', 'framesEncoded')).toBe(0);
		const packets = await bo.total('inbound-rtp', 'audio', 'packetsReceived');
		await expect
			.poll(() => bo.total('inbound-rtp', 'audio', 'packetsReceived'))
			.toBeGreaterThan(packets);

		// It lasts: whoever loads the page anew is back without a camera.
		await bo.page.reload();
		await expect(bo.tile('Ana')).toBeVisible();
		await expect(bar).toContainText('Audio only');
		await expect(bo.controls.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
		await expect.poll(() => grown(bo, 'inbound-rtp', 'framesDecoded')).toBe(0);
		await expectAccessible(bo.page, 'audio only');
		await bar.getByRole('button', { name: 'Show all videos' }).press('Enter');
		await expect(bar).toBeHidden();
		await expect(bo.page.getByText('Showing all videos.')).toBeAttached();
		// The keyboard is still in the call.
		await expect(bo.page.getByRole('main', { name: 'Call' })).toBeFocused();
		await bo.seesMoving('Ana');
		// The camera was off when Bo came: it stays so until it is asked for.
		await bo.controls.getByRole('button', { name: 'Turn camera on' }).click();
		await ana.seesMoving('Bo');
		await choose(bo, 'Audio only');
		await expect(ana.tile('Bo').getByRole('img', { name: 'Camera off' })).toBeVisible();
		await bar.getByRole('button', { name: 'Show all videos' }).click();
		await ana.seesMoving('Bo');
	});
});

test('saving is offered where the browser saves data, and not pressed on anybody', async ({
	person,
	roomId,
}) => {
	const bo = await person('Bo');
	await bo.page.addInitScript(() => {
		Object.defineProperty(navigator, 'connection', { value: { saveData: true } });
	});
	await bo.toLobby(roomId);
	await bo.join();
	const offer = bo.page.getByText(/Your browser is saving data/);
	await expect(offer).toBeVisible();
	await expect(bo.page.getByText(/^Data saver is on/)).toBeHidden();
	await bo.page.getByRole('button', { name: 'Data saver' }).click();
	await expect(offer).toBeHidden();
	await expect(bo.page.getByText(/^Data saver is on/)).toBeVisible();
});
