import { expect, test } from '../support/browser.ts';
import { pluggable, talk } from '../support/fakeMedia.ts';
import { choose, people, turn } from '../support/hosting.ts';

test('a device that is unplugged in mid-call gives way to the next, or is said to be missing', async ({
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

	await ana.page.evaluate(() => window.unplug('audio'));
	await expect(ana.page.getByText(/is gone$/).first()).toBeVisible();
	await expect(ana.page.getByText(/^Now using /)).toBeVisible();
	await expect(
		ana.controls.getByRole('button', { name: 'Mute microphone', exact: true }),
	).toBeVisible();
	const energy = () => bo.total('inbound-rtp', 'audio', 'totalAudioEnergy');
	const before = await energy();
	await expect.poll(energy).toBeGreaterThan(before);

	await ana.page.evaluate(() => window.unplug('video'));
	await expect(ana.page.getByText('No other camera was found.', { exact: false })).toBeVisible();
	await expect(ana.controls.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
	await expect(bo.tile('Ana').getByRole('img', { name: 'Camera off' })).toBeAttached();
});

test('a permission that is withdrawn in mid-call is said, with what to do', async ({
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
	await ana.page.evaluate(() => {
		window.forbidden = true;
		window.unplug('video');
	});
	await expect(ana.controls.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
	await expect(ana.page.getByText('The camera is not allowed')).toBeVisible();
});

test('who speaks while muted is told so, and unmutes from there', async ({ person, roomId }) => {
	const ana = await person('Ana');
	await ana.page.addInitScript(talk);
	await ana.toLobby(roomId);
	await ana.join();
	await ana.controls.getByRole('button', { name: 'Mute microphone', exact: true }).click();
	await expect(ana.page.getByText('You are muted')).toBeVisible();
	await ana.page.getByRole('button', { name: 'Unmute', exact: true }).click();
	await expect(
		ana.controls.getByRole('button', { name: 'Mute microphone', exact: true }),
	).toBeVisible();
	await expect(ana.page.getByText('You are muted')).toHaveCount(0);
});

declare global {
	interface Window {
		/** How often notes were played. */
		notes: number;
		/** What was handed to the system's share sheet. */
		handedOn: ShareData[];
	}
}

test('all who wait are admitted at once; a knock sounds only where sounds are on', async ({
	joined,
	cast,
}) => {
	const ana = await joined('Ana');
	await ana.page.evaluate(() => {
		window.notes = 0;
		const { start } = OscillatorNode.prototype;
		OscillatorNode.prototype.start = function (when) {
			window.notes++;
			start.call(this, when);
		};
	});
	const notes = () => ana.page.evaluate(() => window.notes);
	const settings = await turn(ana, 'Ask before coming in');
	await settings.getByRole('button', { name: 'Done' }).click();
	const panel = await people(ana);
	const knock = async (name: string) => {
		const client = await cast.connect();
		await client.ask('lobby:enter', { roomId: cast.roomId });
		await client.ask('room:knock', { name });
		await expect(panel.getByRole('button', { name: `Admit ${name}` })).toBeVisible();
		return client;
	};
	const bo = await knock('Bo');
	await expect.poll(notes).toBeGreaterThan(0);
	await panel.getByRole('button', { name: 'Close people' }).click();
	await ana.controls.getByRole('button', { name: 'More' }).click();
	await ana.page.getByRole('menuitem', { name: 'Devices' }).click();
	const devices = ana.page.getByRole('dialog', { name: 'Devices' });
	await devices.getByRole('switch', { name: 'Sounds' }).click();
	await devices.getByRole('button', { name: 'Done' }).click();
	await people(ana);
	const before = await notes();
	const cy = await knock('Cy');
	expect(await notes()).toBe(before);

	await panel.getByRole('button', { name: 'Admit all' }).click();
	for (const client of [bo, cy]) await client.until('lobby:standing');
	await expect(panel.getByRole('button', { name: 'Admit all' })).toHaveCount(0);
});

test('a host turns a camera off, and its owner turns it on again', async ({ joined }) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	await ana.seesMoving('Bo');
	await choose(ana, 'Bo', 'Stop their camera');
	await expect(bo.page.getByText('Ana turned your camera off')).toBeVisible();
	await expect(ana.tile('Bo').getByRole('img', { name: 'Camera off' })).toBeAttached();
	await bo.controls.getByRole('button', { name: 'Turn camera on' }).click();
	await ana.seesMoving('Bo');
});

test('the link goes to the system’s share sheet where there is one', async ({ person, roomId }) => {
	const ana = await person('Ana');
	await ana.page.goto(`/room/${roomId}`);
	await expect(ana.page.getByRole('button', { name: 'Copy link' })).toBeVisible();
	await expect(ana.page.getByRole('button', { name: 'Share', exact: true })).toHaveCount(0);
	await ana.page.addInitScript(() => {
		window.handedOn = [];
		navigator.share = async (data) => void window.handedOn.push(data ?? {});
	});
	await ana.page.reload();
	await ana.page.getByRole('button', { name: 'Share', exact: true }).click();
	const [handed] = await ana.page.evaluate(() => window.handedOn);
	expect(handed?.url).toContain(`/room/${roomId}`);
});
