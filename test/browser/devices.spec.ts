import type { Locator } from 'playwright/test';
import { expect, test } from '../support/browser.ts';
import { frontAndBack, talk } from '../support/fakeMedia.ts';
import { phone } from '../support/views.ts';

test('devices are chosen before and in the call, and stay chosen after a reload', async ({
	joined,
	person,
	roomId,
}) => {
	const ana = await joined('Ana');
	const bo = await person('Bo');
	await bo.toLobby(roomId);
	await bo.page.getByRole('button', { name: 'Devices' }).click();
	const dialog = bo.page.getByRole('dialog', { name: 'Devices' });
	const camera = dialog.getByRole('combobox', { name: 'Camera' });
	const microphone = dialog.getByRole('combobox', { name: 'Microphone' });
	await expect.poll(() => microphone.getByRole('option').count()).toBeGreaterThan(2);
	const names = await microphone.getByRole('option').allTextContents();
	await microphone.selectOption({ label: names.at(-1) ?? '' });
	await dialog.getByRole('switch', { name: 'Noise suppression', exact: true }).click();
	await dialog.getByRole('button', { name: 'Done' }).click();
	await bo.join();
	await ana.seesMoving('Bo');

	await bo.controls.getByRole('button', { name: 'More' }).click();
	await bo.page.getByRole('menuitem', { name: 'Devices' }).click();
	await expect(microphone.getByRole('option', { selected: true })).toHaveText(names.at(-1) ?? '');
	const sent = () =>
		bo.page.evaluate(() =>
			window.peerConnections
				.flatMap((connection) => connection.getSenders())
				.flatMap(({ track }) => (track?.kind === 'audio' ? [track.label] : [])),
		);
	expect(await sent()).toContain(names.at(-1));
	await microphone.selectOption({ label: names.at(-2) ?? '' });
	await expect.poll(sent).toContain(names.at(-2));
	await camera.selectOption({ index: 1 });
	await dialog.getByRole('button', { name: 'Done' }).click();
	await ana.seesMoving('Bo');

	await bo.page.reload();
	await bo.controls.getByRole('button', { name: 'More' }).click();
	await bo.page.getByRole('menuitem', { name: 'Devices' }).click();
	await expect(microphone.getByRole('option', { selected: true })).toHaveText(names.at(-2) ?? '');
	await expect(
		dialog.getByRole('switch', { name: 'Noise suppression', exact: true }),
	).not.toBeChecked();
	await expect(dialog.getByRole('switch', { name: 'Echo cancellation' })).toBeChecked();
});

declare global {
	interface Window {
		/** Whether the page is to take itself for hidden. */
		looksElsewhere: boolean;
		/** Titles of the notifications that were shown. */
		notified: string[];
	}
}

test('who joins somebody alone who looks elsewhere is told of, if that was asked for', async ({
	person,
	cast,
	roomId,
}) => {
	const ana = await person('Ana');
	await ana.context.addInitScript(() => {
		window.notified = [];
		Object.defineProperty(document, 'visibilityState', {
			get: () => (window.looksElsewhere ? 'hidden' : 'visible'),
		});
		let permission: NotificationPermission = 'default';
		const value = class extends EventTarget {
			static get permission() {
				return permission;
			}
			static async requestPermission() {
				return (permission = 'granted');
			}
			constructor(title: string) {
				super();
				window.notified.push(title);
			}
		};
		Object.defineProperty(window, 'Notification', { value });
	});
	await ana.toLobby(roomId);
	await ana.page.getByRole('button', { name: 'Devices' }).click();
	const dialog = ana.page.getByRole('dialog', { name: 'Devices' });
	const wanted = dialog.getByRole('switch', { name: 'Browser notifications' });
	await expect(wanted).not.toBeChecked();
	expect(await ana.page.evaluate(() => Notification.permission)).toBe('default');
	await wanted.click();
	await expect(wanted).toBeChecked();
	await dialog.getByRole('button', { name: 'Done' }).click();
	// The line is slow: what tells of others comes after the first of them.
	const bosTile = Promise.withResolvers<void>();
	let held = 0;
	await ana.page.route(/_app\/immutable/, async (route) => {
		held++;
		await bosTile.promise;
		await route.continue();
	});
	await ana.join();
	await ana.page.evaluate(() => {
		window.looksElsewhere = true;
		document.dispatchEvent(new Event('visibilitychange'));
	});
	await expect.poll(() => held).toBeGreaterThan(0);
	await cast.joined('Bo');
	await expect(ana.tile('Bo')).toBeVisible();
	bosTile.resolve();
	await expect(ana.page.getByText('Bo joined.', { exact: true })).toBeAttached();
	await expect.poll(() => ana.page.evaluate(() => window.notified)).toEqual(['Bo joined']);
});

test('who speaks while muted is told so, and unmutes from there', async ({ person, roomId }) => {
	const ana = await person('Ana');
	await ana.page.addInitScript(talk);
	await ana.toLobby(roomId);
	await ana.join();
	await ana.controls.getByRole('button', { name: 'Mute microphone', exact: true }).click();
	await expect(ana.page.getByText("You're muted")).toBeVisible();
	await ana.page.getByRole('button', { name: 'Unmute', exact: true }).click();
	await expect(
		ana.controls.getByRole('button', { name: 'Mute microphone', exact: true }),
	).toBeVisible();
	await expect(ana.page.getByText("You're muted")).toHaveCount(0);
});

test('a phone turns to the camera behind and back with one press, and is turned on its side in the call', async ({
	person,
	joined,
	roomId,
}) => {
	const ana = await person('Ana', { viewport: phone, hasTouch: true });
	const { page } = ana;
	await page.addInitScript(frontAndBack);
	await ana.toLobby(roomId);
	const preview = page.getByRole('region', { name: 'Preview' });
	const mirrored = (video: Locator) => video.evaluate((one) => getComputedStyle(one).scale);
	expect(await mirrored(preview.locator('video'))).toBe('-1 1');
	await preview.getByRole('button', { name: 'Switch camera' }).tap();
	// What is behind is no mirror: letters are to be read.
	await expect.poll(() => mirrored(preview.locator('video'))).toBe('none');
	await ana.join();
	const bo = await joined('Bo');
	await bo.seesMoving('Ana');
	const own = ana.tile('Ana (you)');
	expect(await mirrored(own.locator('video'))).toBe('none');
	// What can be done with a tile is there after a tap on it.
	await own.tap();
	await own.getByRole('button', { name: 'Switch camera' }).tap();
	await expect.poll(() => mirrored(own.locator('video'))).toBe('-1 1');
	expect(await page.evaluate(() => window.looked)).toEqual(['user', 'environment', 'user']);
	await bo.seesMoving('Ana');

	for (const size of [{ width: 844, height: 390 }, phone]) {
		await page.setViewportSize(size);
		for (const tile of [own, ana.tile('Bo'), ana.controls]) {
			const inside = () =>
				tile.evaluate((element) => {
					const { left, right, top, bottom } = element.getBoundingClientRect();
					return left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
				});
			await expect.poll(inside).toBe(true);
		}
		await ana.seesMoving('Bo');
	}
	// The choice is kept.
	await page.reload();
	await expect.poll(() => page.evaluate(() => window.looked)).toEqual(['user']);
});

test('while the browser asks for camera and microphone, the lobby and the page for strangers say what to press', async ({
	person,
	roomId,
}) => {
	const { page } = await person('Ana');
	await page.addInitScript(() => {
		navigator.mediaDevices.getUserMedia = () => new Promise(() => {});
		navigator.permissions.query = () =>
			Promise.resolve(Object.assign(new EventTarget(), { state: 'prompt' }) as PermissionStatus);
	});
	for (const address of [`/room/${roomId}`, '/next']) {
		await page.goto(address);
		const preview = page.getByRole('region', { name: 'Preview' });
		await expect(preview.getByRole('alert')).toHaveText(
			'Allow camera and microphone in your browser',
		);
	}
});
