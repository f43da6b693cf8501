import type { Page } from 'playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { expect, test, type Person } from '../support/browser.ts';
import { fakeScreen } from '../support/fakeMedia.ts';

/** Opens the small window by the menu: a page of its own, which the browser puts in front of others. */
async function openWindow({ page, context, controls }: Person): Promise<Page> {
	const opened = context.waitForEvent('page');
	await controls.getByRole('button', { name: 'More' }).click();
	await page.getByRole('menuitem', { name: 'Picture in picture' }).click();
	const pip = await opened;
	await expect(pip.getByRole('main', { name: 'Picture in picture' })).toBeVisible();
	return pip;
}

/** Waits until more pictures of what the window shows come. */
async function moves(pip: Page, name: string): Promise<void> {
	const frames = () =>
		pip
			.getByRole('group', { name, exact: true })
			.locator('video')
			.evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames)
			.catch(() => 0);
	await expect.poll(frames).toBeGreaterThan(0);
	const before = await frames();
	await expect.poll(frames).toBeGreaterThan(before + 5);
}

/** What a browser tells a page behind another tab. */
const setHidden = (page: Page, hidden: boolean) =>
	page.evaluate(
		(state) => {
			Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
			document.dispatchEvent(new Event('visibilitychange'));
		},
		hidden ? 'hidden' : 'visible',
	);

test('MEDIA-5: a small window shows the speaker while the page is hidden, a screen, and who is alone', async ({
	person,
	joined,
	roomId,
}) => {
	const ana = await person('Ana');
	await ana.page.addInitScript(fakeScreen);
	await ana.toLobby(roomId);
	await ana.join();
	const bo = await joined('Bo');
	await bo.seesMoving('Ana');
	await test.step('MEDIA-5: a small window shows the speaker while the page is hidden, and has the buttons that matter', async () => {
		const pip = await openWindow(bo);
		await moves(pip, 'Ana');
		await setHidden(bo.page, true);
		await bo.page.waitForTimeout(1000);
		await moves(pip, 'Ana');

		await expectAccessible(pip, 'the small window');
		await pip.getByRole('button', { name: 'Mute microphone' }).click();
		await expect(pip.getByRole('button', { name: 'Unmute microphone' })).toBeVisible();
		await expect(bo.controls.getByRole('button', { name: 'Unmute microphone' })).toBeVisible();
		// The keys of the call's page work here too, and arrows go from button to button.
		await pip.keyboard.press('v');
		await expect(bo.controls.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
		await pip.keyboard.press('ArrowRight');
		await expect(pip.getByRole('button', { name: 'Turn camera on' })).toBeFocused();

		// Once it is closed nobody sees anything, so nothing is sent.
		await pip.close();
		const inOneSecond = async () => {
			const before = await bo.total('inbound-rtp', 'video', 'packetsReceived');
			await bo.page.waitForTimeout(1000);
			return (await bo.total('inbound-rtp', 'video', 'packetsReceived')) - before;
		};
		await expect.poll(inOneSecond).toBe(0);
		await setHidden(bo.page, false);
		await bo.seesMoving('Ana');
		await bo.controls.getByRole('button', { name: 'More' }).click();
		await expect(
			bo.page.getByRole('menuitem', { name: 'Picture in picture', exact: true }),
		).toBeVisible();
		await bo.page.keyboard.press('Escape');
		await bo.controls.getByRole('button', { name: 'Turn camera on' }).click();
	});
	await test.step('the small window turns to a screen, tells of who is alone, and leaves the call', async () => {
		const pip = await openWindow(bo);
		await ana.controls.getByRole('button', { name: 'Share screen' }).click();
		await moves(pip, "Ana's screen");
		await ana.controls.getByRole('button', { name: 'Stop sharing' }).click();
		await moves(pip, 'Ana');
		await ana.leaveOthers();
		await expect(pip.getByText('No one else is here')).toBeVisible();
		const closed = pip.waitForEvent('close');
		await pip.getByRole('button', { name: 'Leave' }).click();
		await closed;
		await expect(bo.controls).toBeHidden();
	});
});

test('a browser without such windows shows the picture alone in one', async ({
	person,
	joined,
	roomId,
}) => {
	await joined('Ana');
	const bo = await person('Bo');
	await bo.page.addInitScript(() =>
		Object.defineProperty(window, 'documentPictureInPicture', { value: undefined }),
	);
	await bo.toLobby(roomId);
	await bo.join();
	await bo.seesMoving('Ana');
	// The key comes with what is loaded after the first picture, as the entry of the menu does.
	await bo.controls.getByRole('button', { name: 'More' }).click();
	await expect(bo.page.getByRole('menuitem', { name: 'Picture in picture' })).toBeVisible();
	await bo.page.keyboard.press('Escape');
	await bo.page.keyboard.press('i');
	const frames = () =>
		bo.page.evaluate(() => {
			const shown = document.pictureInPictureElement;
			return shown instanceof HTMLVideoElement
				? shown.getVideoPlaybackQuality().totalVideoFrames
				: 0;
		});
	await expect.poll(frames).toBeGreaterThan(5);
	await setHidden(bo.page, true);
	const before = await frames();
	await expect.poll(frames).toBeGreaterThan(before + 5);
	await setHidden(bo.page, false);
	await bo.page.keyboard.press('i');
	await expect.poll(() => bo.page.evaluate(() => document.pictureInPictureElement)).toBeNull();
});
