import { expect, test, type Person } from '../support/browser.ts';
import { fakeScreen, stopByBrowser } from '../support/fakeMedia.ts';

const screenSize = (person: Person, name: string) =>
	person
		.tile(name)
		.locator('video')
		.evaluate((video: HTMLVideoElement) => [video.videoWidth, video.videoHeight]);

test('a share takes the stage, survives a lost connection, and two stand side by side', async ({
	person,
	roomId,
}) => {
	const [ana, bo] = [await person('Ana'), await person('Bo')];
	for (const one of [ana, bo]) {
		await one.page.addInitScript(fakeScreen);
		await one.toLobby(roomId);
		await one.join();
	}
	await bo.seesMoving('Ana');
	await test.step('a share takes the stage of the others in full size, with its sound, and ends by the browser', async () => {
		const voices = async () => (await bo.stats('inbound-rtp', 'audio')).length;
		const before = await voices();

		await ana.controls.getByRole('button', { name: 'Share screen' }).click();
		const bar = ana.page.getByRole('region', { name: 'Your share' });
		await expect(bar.getByText("You're sharing your screen")).toBeVisible();
		await expect(bar.getByLabel('Your shared screen')).toBeVisible();
		await bo.seesMoving("Ana's screen");
		await expect.poll(() => screenSize(bo, "Ana's screen")).toEqual([1600, 1000]);
		await expect.poll(voices).toBe(before + 1);
		await expect
			.poll(() =>
				bo.page.evaluate(() =>
					[...document.querySelectorAll('audio')].map(
						(audio) => !audio.paused && !!audio.srcObject,
					),
				),
			)
			.toEqual([true, true]);

		// The stage is the screen's: larger than the faces beside it, and nothing of it is cut off.
		const screen = await bo.tile("Ana's screen").boundingBox();
		const face = await bo.tile('Ana').boundingBox();
		expect((screen?.width ?? 0) * (screen?.height ?? 0)).toBeGreaterThan(
			6 * (face?.width ?? 0) * (face?.height ?? 0),
		);
		await expect(bo.tile("Ana's screen").locator('video')).toHaveCSS('object-fit', 'contain');

		// Its tile fills the whole screen, and shows it in its actual size.
		const tile = bo.tile("Ana's screen");
		await tile.hover();
		await tile.getByRole('button', { name: "Full screen: Ana's screen" }).click();
		await expect
			.poll(async () => (await tile.boundingBox())?.width)
			.toBe(await bo.page.evaluate(() => window.screen.width));
		await tile.getByRole('button', { name: 'Exit full screen' }).click();
		await tile.getByRole('button', { name: 'Actual size' }).click();
		await expect.poll(async () => (await tile.locator('video').boundingBox())?.width).toBe(1600);
		await tile.getByRole('button', { name: 'Fit to tile' }).click();

		// What it is for can be changed while it goes on, and is kept.
		const motion = bar.getByRole('radio', { name: 'Motion' });
		await motion.check();
		await expect
			.poll(() => ana.page.evaluate(() => window.picked?.getVideoTracks()[0]?.contentHint))
			.toBe('motion');

		await stopByBrowser(ana.page);
		await expect(bar).toBeHidden();
		await expect(bo.tile("Ana's screen")).toHaveCount(0);
		await expect.poll(voices).toBe(before);
		await ana.controls.getByRole('button', { name: 'Share screen' }).click();
		await expect(motion).toBeChecked();
		await expect(bo.tile("Ana's screen")).toBeVisible();
		await bar.getByRole('button', { name: 'Stop sharing' }).click();
		await expect(bo.tile("Ana's screen")).toHaveCount(0);
	});
	await test.step('a share survives a lost connection, and two stand side by side', async () => {
		await ana.controls.getByRole('button', { name: 'Share screen' }).click();
		await bo.seesMoving("Ana's screen");
		await ana.context.setOffline(true);
		await expect(bo.tile("Ana's screen").getByText('Reconnecting…')).toBeVisible();
		await ana.context.setOffline(false);
		await expect(bo.tile("Ana's screen").getByText('Reconnecting…')).toBeHidden();
		await bo.seesMoving("Ana's screen");
		await expect(ana.page.getByRole('region', { name: 'Your share' })).toBeVisible();

		const cy = await person('Cy');
		await cy.toLobby(roomId);
		await cy.join();
		await bo.controls.getByRole('button', { name: 'Share screen' }).click();
		await cy.seesMoving("Ana's screen");
		await cy.seesMoving("Bo's screen");
		const [first, second] = [
			await cy.tile("Ana's screen").boundingBox(),
			await cy.tile("Bo's screen").boundingBox(),
		];
		expect(first?.width).toBe(second?.width);
		// One of them can be chosen; the other stays in view, small.
		await cy.tile("Ana's screen").getByRole('button', { name: "Pin Ana's screen" }).click();
		await expect
			.poll(async () => {
				const [large, small] = [
					await cy.tile("Ana's screen").boundingBox(),
					await cy.tile("Bo's screen").boundingBox(),
				];
				return (large?.width ?? 0) / (small?.width ?? 1);
			})
			.toBeGreaterThan(3);
	});
});

test('who changes their mind in the picker shares nothing, and who is not allowed hears why', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana');
	await ana.page.addInitScript(() => {
		let times = 0;
		navigator.mediaDevices.getDisplayMedia = () =>
			Promise.reject(
				new DOMException(
					times++ === 0 ? 'Permission denied' : 'Permission denied by system',
					'NotAllowedError',
				),
			);
	});
	await ana.toLobby(roomId);
	await ana.join();
	const share = ana.controls.getByRole('button', { name: 'Share screen' });
	await share.click();
	await expect(share).toBeVisible();
	await expect(ana.page.getByText("Couldn't share your screen")).toHaveCount(0);
	await share.click();
	await expect(ana.page.getByText("Couldn't share your screen")).toBeVisible();
});
