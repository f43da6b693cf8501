import type { Page } from 'playwright/test';
import { expect, test } from '../support/browser.ts';
import { fakeScreen } from '../support/fakeMedia.ts';

declare global {
	interface Window {
		/** Elements that play sound, while the browser refuses to play them. */
		refusesSound: boolean;
	}
}

/** On which speakers the voices and shares of others are played, each once. */
const speakersOf = (page: Page) =>
	page
		.locator('audio')
		.evaluateAll((all: HTMLAudioElement[]) => [...new Set(all.map(({ sinkId }) => sinkId))]);
const playing = (page: Page) =>
	page
		.locator('audio')
		.evaluateAll((all: HTMLAudioElement[]) => all.every(({ paused }) => !paused));

test('B-1: the chosen speaker plays everyone, who comes later and what is shared too, and after a reload', async ({
	joined,
	person,
	roomId,
}) => {
	const ana = await joined('Ana');
	const bo = await person('Bo');
	await bo.page.addInitScript(fakeScreen);
	await bo.toLobby(roomId);
	await bo.join();
	await ana.seesMoving('Bo');
	await ana.controls.getByRole('button', { name: 'More' }).click();
	await ana.page.getByRole('menuitem', { name: 'Devices' }).click();
	const dialog = ana.page.getByRole('dialog', { name: 'Devices' });
	const speaker = dialog.getByRole('combobox', { name: 'Speaker' });
	await expect.poll(() => speaker.getByRole('option').count()).toBeGreaterThan(2);
	const chosen = (await speaker.getByRole('option').last().getAttribute('value')) ?? '';
	expect(chosen).not.toBe('');
	expect(await speakersOf(ana.page)).toEqual(['']);
	await speaker.selectOption(chosen);
	await dialog.getByRole('button', { name: 'Done' }).click();
	await expect.poll(() => speakersOf(ana.page)).toEqual([chosen]);

	const audios = ana.page.locator('audio');
	await expect(audios).toHaveCount(1);
	await bo.controls.getByRole('button', { name: 'Share screen' }).click();
	await expect(audios).toHaveCount(2);
	await joined('Cy');
	await expect(audios).toHaveCount(3);
	await expect.poll(() => speakersOf(ana.page)).toEqual([chosen]);
	await ana.page.reload();
	await expect(audios).toHaveCount(3);
	await expect.poll(() => speakersOf(ana.page)).toEqual([chosen]);
});

test('what the browser pauses plays again by itself, or with a press where the browser wants one', async ({
	joined,
}) => {
	const ana = await joined('Ana');
	const bo = await joined('Bo');
	await ana.seesMoving('Bo');
	await expect.poll(() => playing(ana.page)).toBe(true);
	await test.step('voices and pictures', async () => {
		const all = ana.page.locator('audio, [data-testid="tile"] video');
		await all.evaluateAll((elements: HTMLMediaElement[]) => {
			for (const element of elements) element.pause();
		});
		await expect
			.poll(() =>
				all.evaluateAll((those: HTMLMediaElement[]) => those.some(({ paused }) => paused)),
			)
			.toBe(false);
		await ana.seesMoving('Bo');
	});
	await test.step('a browser that plays nothing by itself', async () => {
		await ana.page.evaluate(() => {
			window.refusesSound = true;
			const { play } = HTMLMediaElement.prototype;
			HTMLMediaElement.prototype.play = function () {
				if (!window.refusesSound) return play.call(this);
				return Promise.reject(new DOMException('', 'NotAllowedError'));
			};
			for (const element of document.querySelectorAll('audio')) element.pause();
		});
		const button = ana.page.getByRole('button', { name: 'Enable sound' });
		await expect(button).toBeVisible();
		expect(await playing(ana.page)).toBe(false);
		await ana.page.evaluate(() => (window.refusesSound = false));
		await button.click();
		await expect(button).toBeHidden();
		await expect.poll(() => playing(ana.page)).toBe(true);
	});
	await bo.close();
});
