import { expect, type Person } from '../support/browser.ts';
import { ChatPage } from '../support/chatPage.ts';
import { fakeScreen } from '../support/fakeMedia.ts';
import { test } from '../support/firefox.ts';

/** How many pictures a person has encoded of each size of the camera, lowest first. */
async function encoded(person: Person): Promise<number[]> {
	const layers = await person.stats('outbound-rtp', 'video');
	return ['r0', 'r1'].map((rid) =>
		layers
			.filter((layer) => layer['rid'] === rid)
			.reduce((sum, { framesEncoded }) => sum + Number(framesEncoded ?? 0), 0),
	);
}

/** Waits until the person has heard more than until now. */
async function hears(person: Person): Promise<void> {
	const energy = () => person.total('inbound-rtp', 'audio', 'totalAudioEnergy');
	const before = await energy();
	await expect.poll(energy).toBeGreaterThan(before);
}

test('Firefox and Chromium in one call: both see and hear the other, write, share, lose the network and reload', async ({
	inFirefox,
	joined,
	cast,
	roomId,
}) => {
	test.setTimeout(420_000);
	const fay = await inFirefox('Fay');
	await fay.page.addInitScript(fakeScreen);
	await fay.toLobby(roomId);
	await fay.join();
	const ana = await joined('Ana');
	await test.step('both see and hear the other', async () => {
		await ana.seesMoving('Fay');
		await fay.seesMoving('Ana');
		await hears(ana);
		await hears(fay);
	});
	await test.step('MEDIA-10: of the sizes that Firefox can send, it sends those that somebody looks at', async () => {
		const width = () =>
			ana
				.tile('Fay')
				.locator('video')
				.evaluate((video: HTMLVideoElement) => video.videoWidth);
		await expect.poll(width, { timeout: 60_000 }).toBe(640);
		// In a ninth of the window the small size is enough.
		for (let guest = 0; guest < 7; guest++) await cast.joined(`Guest ${guest}`, 0);
		await expect.poll(width, { timeout: 60_000 }).toBe(320);
		await expect(async () => {
			const [smallBefore = 0, largeBefore] = await encoded(fay);
			await fay.page.waitForTimeout(1500);
			const [smallAfter, largeAfter] = await encoded(fay);
			expect(smallAfter).toBeGreaterThan(smallBefore);
			expect(largeAfter).toBe(largeBefore);
		}).toPass({ timeout: 60_000 });
		cast.close();
		await expect(ana.page.getByTestId('tile')).toHaveCount(2, { timeout: 60_000 });
	});
	await test.step('mute and camera off in Firefox show on the other side, and come back', async () => {
		await fay.controls.getByRole('button', { name: 'Mute microphone' }).click();
		await expect(ana.tile('Fay').getByRole('img', { name: 'Microphone off' })).toBeAttached();
		await fay.controls.getByRole('button', { name: 'Turn camera off' }).click();
		await expect(ana.tile('Fay').getByRole('img', { name: 'Camera off' })).toBeAttached();
		await fay.controls.getByRole('button', { name: 'Unmute microphone' }).click();
		await fay.controls.getByRole('button', { name: 'Turn camera on' }).click();
		await ana.seesMoving('Fay');
		await hears(ana);
	});
	await test.step('a share of Firefox takes the stage in Chromium, with its sound', async () => {
		const voices = async () => (await ana.stats('inbound-rtp', 'audio')).length;
		const before = await voices();
		await fay.controls.getByRole('button', { name: 'Share screen' }).click();
		await ana.seesMoving("Fay's screen");
		await expect.poll(voices).toBe(before + 1);
		await fay.page
			.getByRole('region', { name: 'Your share' })
			.getByRole('button', { name: 'Stop sharing' })
			.click();
		await expect(ana.tile("Fay's screen")).toHaveCount(0);
	});
	await test.step('they write to each other', async () => {
		const [ofFay, ofAna] = [await ChatPage.beside(fay), await ChatPage.beside(ana)];
		await ofFay.send('from Firefox');
		await expect(ofAna.message('from Firefox')).toBeVisible();
		await ofAna.send('from Chromium');
		await expect(ofFay.message('from Chromium')).toBeVisible();
	});
	await test.step('ROOM-12: without a network Firefox says so, and returns by itself', async () => {
		await fay.context.setOffline(true);
		await expect(fay.page.getByText('Connection lost')).toBeVisible({ timeout: 60_000 });
		await expect(ana.tile('Fay').getByText(/reconnecting/i)).toBeAttached({ timeout: 60_000 });
		await fay.context.setOffline(false);
		await expect(fay.page.getByText('Connection lost')).toHaveCount(0, { timeout: 60_000 });
		await expect(ana.tile('Fay').getByText(/reconnecting/i)).toHaveCount(0);
		await ana.seesMoving('Fay');
		await fay.seesMoving('Ana');
	});
	await test.step('RELOAD-1: a reload in Firefox leads back into the call', async () => {
		await fay.page.reload();
		await expect(fay.controls).toBeVisible();
		await ana.seesMoving('Fay');
		await fay.seesMoving('Ana');
		await hears(ana);
		await hears(fay);
	});
});

test('/check in Firefox finds the devices and each way of the media', async ({ inFirefox }) => {
	const fay = await inFirefox('Fay');
	await fay.page.goto('/check');
	const says = (verdict: string) =>
		expect(fay.page.getByRole('status').filter({ hasText: verdict })).toBeVisible({
			timeout: 60_000,
		});
	const line = (label: string) => fay.page.getByRole('listitem').filter({ hasText: label });
	await says('Calls work on this device and network.');
	for (const label of ['Browser', 'Connection to the server', 'over UDP', 'over TCP', 'Clock'])
		await expect(line(label)).toContainText('Works');
	await expect(line('Quality')).toContainText('Round trip');
	await fay.page.getByRole('button', { name: 'Test camera and microphone' }).click();
	await expect(line('Camera')).toContainText('Works');
	await expect(line('Microphone')).toContainText('Works');
});
