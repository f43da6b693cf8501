import { expect, test } from '../support/browser.ts';

declare global {
	interface Window {
		/** What the page does for media keys, by the browser's names. */
		mediaKeys: Map<string, (() => void) | null>;
		/** What the page told the browser is on. */
		shownOn: Record<string, boolean>;
		/** Locks that keep the screen on and were not given back. */
		screenLocks: number;
	}
}

/** Runs in the page: media keys that a test can press, and a screen whose locks are counted. */
function watchSystem(): void {
	window.mediaKeys = new Map();
	window.shownOn = {};
	window.screenLocks = 0;
	const session = navigator.mediaSession;
	session.setActionHandler = (action: string, handler) =>
		void window.mediaKeys.set(action, handler as () => void);
	session.setMicrophoneActive = async (on) => void (window.shownOn['microphone'] = on);
	session.setCameraActive = async (on) => void (window.shownOn['camera'] = on);
	Object.defineProperty(navigator, 'wakeLock', {
		value: {
			async request() {
				window.screenLocks++;
				const lock = {
					released: false,
					async release() {
						if (!lock.released) window.screenLocks--;
						lock.released = true;
					},
				};
				document.addEventListener('visibilitychange', () => {
					if (document.visibilityState === 'hidden') void lock.release();
				});
				return lock;
			},
		},
	});
}

test('B-27: media keys mute, stop the camera and hang up; the screen stays on while the call is seen', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana');
	const { page } = ana;
	await page.addInitScript(watchSystem);
	await ana.toLobby(roomId);
	const press = (key: string) => page.evaluate((name) => window.mediaKeys.get(name)?.(), key);
	const has = (key: string) =>
		page.evaluate((name) => typeof window.mediaKeys.get(name) === 'function', key);
	const shown = () => page.evaluate(() => window.shownOn);
	const locks = () => page.evaluate(() => window.screenLocks);
	expect(await locks()).toBe(0);
	expect(await has('hangup')).toBe(false);
	await ana.join();
	await expect.poll(locks).toBe(1);
	await expect.poll(shown).toEqual({ microphone: true, camera: true });

	await test.step('keys of a headset', async () => {
		await press('togglemicrophone');
		await expect(ana.controls.getByRole('button', { name: 'Unmute microphone' })).toBeVisible();
		await expect.poll(shown).toEqual({ microphone: false, camera: true });
		await press('togglecamera');
		await expect(ana.controls.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
		await expect.poll(shown).toEqual({ microphone: false, camera: false });
		await press('togglemicrophone');
		await expect.poll(shown).toEqual({ microphone: true, camera: false });
	});
	await test.step('the lock of the screen is taken again when the page is seen again', async () => {
		const look = (state: DocumentVisibilityState) =>
			page.evaluate((value) => {
				Object.defineProperty(document, 'visibilityState', { value, configurable: true });
				document.dispatchEvent(new Event('visibilitychange'));
			}, state);
		await look('hidden');
		await expect.poll(locks).toBe(0);
		await look('visible');
		await expect.poll(locks).toBe(1);
	});
	await press('hangup');
	await expect(page.getByRole('heading', { name: 'You left the call' })).toBeVisible();
	await expect.poll(locks).toBe(0);
	expect(await has('hangup')).toBe(false);
});
