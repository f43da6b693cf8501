import { expect, test } from '../support/browser.ts';
import { pluggable } from '../support/fakeMedia.ts';

test('a device that is unplugged, or no longer allowed, in mid-call is said, with what to do', async ({
	person,
	joined,
	roomId,
}) => {
	const ana = await person('Ana');
	await ana.page.addInitScript(pluggable);
	await ana.toLobby(roomId);
	await ana.join();
	const bo = await joined('Bo');
	await bo.seesMoving('Ana');
	await test.step('a permission that is withdrawn in mid-call is said, with what to do', async () => {
		await ana.page.evaluate(() => {
			window.forbidden = true;
			window.unplug('video');
		});
		await expect(ana.controls.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
		await expect(ana.page.getByText('Camera is blocked')).toBeVisible();
	});
	// All devices are there again, and allowed.
	await ana.page.reload();
	await ana.controls.getByRole('button', { name: 'Turn camera on' }).click();
	await bo.seesMoving('Ana');
	await test.step('a microphone that the system mutes is said for as long as it is so', async () => {
		const said = ana.page.getByText('Your system muted the microphone');
		await ana.page.evaluate(() => window.muteBySystem(true));
		await expect(said).toBeVisible();
		await ana.page.evaluate(() => window.muteBySystem(false));
		await expect(said).toHaveCount(0);
	});
	await test.step('a device that is unplugged in mid-call gives way to the next, or is said to be missing', async () => {
		await ana.page.evaluate(() => window.unplug('audio'));
		await expect(ana.page.getByText(/disconnected$/).first()).toBeVisible();
		await expect(ana.page.getByText(/^Now using /)).toBeVisible();
		await expect(
			ana.controls.getByRole('button', { name: 'Mute microphone', exact: true }),
		).toBeVisible();
		const energy = () => bo.total('inbound-rtp', 'audio', 'totalAudioEnergy');
		const before = await energy();
		await expect.poll(energy).toBeGreaterThan(before);

		await ana.page.evaluate(() => window.unplug('video'));
		await expect(ana.page.getByText('No other camera found.', { exact: false })).toBeVisible();
		await expect(ana.controls.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
		await expect(bo.tile('Ana').getByRole('img', { name: 'Camera off' })).toBeAttached();
	});
});

test('a microphone that the system mutes is said in the lobby, too', async ({ person, roomId }) => {
	const ana = await person('Ana');
	await ana.page.addInitScript(pluggable);
	await ana.toLobby(roomId);
	const said = ana.page.getByText('Your system muted the microphone');
	await ana.page.evaluate(() => window.muteBySystem(true));
	await expect(said).toBeVisible();
	await ana.page.evaluate(() => window.muteBySystem(false));
	await expect(said).toHaveCount(0);
});

test('a camera and microphone that fail: one can still join and listen', async ({
	joined,
	person,
	roomId,
}) => {
	const ana = await joined('Ana');
	const bo = await person('Bo');
	await bo.context.addInitScript(() => {
		navigator.mediaDevices.getUserMedia = () =>
			Promise.reject(new DOMException('no', 'NotAllowedError'));
	});
	await bo.toLobby(roomId);
	await expect(bo.page.getByRole('main').getByText(/allow/i).first()).toBeVisible();
	await bo.join();
	await bo.seesMoving('Ana');
	await expect.poll(() => bo.total('inbound-rtp', 'audio', 'totalAudioEnergy')).toBeGreaterThan(0);
	await expect(ana.tile('Bo').getByRole('img', { name: 'Camera off' })).toBeAttached();
	await expect(bo.page.getByTestId('tile')).toHaveCount(2);
	await bo.controls.getByRole('button', { name: 'Leave' }).click();
	await expect(ana.tile('Bo')).toHaveCount(0);
});
