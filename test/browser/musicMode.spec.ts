import { expect, test, type Person } from '../support/browser.ts';

/** How the microphone is sent: what is negotiated for it, and the track that is sent. */
const sent = (person: Person) =>
	person.page.evaluate(async () => {
		const found: { codec: string; channels: number | undefined; echoCancellation: unknown }[] = [];
		for (const connection of window.peerConnections) {
			if (connection.connectionState === 'closed') continue;
			for (const { mid, currentDirection, sender } of connection.getTransceivers()) {
				const { track } = sender;
				if (currentDirection !== 'sendonly' || track?.kind !== 'audio') continue;
				const sections = connection.remoteDescription?.sdp.split('\nm=') ?? [];
				const section = sections.find((one) => one.includes(`\na=mid:${mid}\r`)) ?? '';
				const { channelCount, echoCancellation } = track.getSettings();
				found.push({
					codec: /a=fmtp:\d+ (.*)/.exec(section)?.[1] ?? '',
					channels: channelCount,
					echoCancellation,
				});
			}
		}
		return found;
	});

/** Turns music mode on or off, in the lobby or in the call. */
async function turn(person: Person, on: boolean): Promise<void> {
	const dialog = person.page.getByRole('dialog', { name: 'Devices' });
	const toggle = dialog.getByRole('switch', { name: 'Music mode' });
	await expect(toggle).toBeChecked({ checked: !on });
	await toggle.click();
	await expect(toggle).toBeChecked({ checked: on });
	await expect(dialog.getByRole('switch', { name: 'Echo cancellation' })).toBeVisible({
		visible: !on,
	});
	await dialog.getByRole('button', { name: 'Done' }).click();
}

async function openDevices(person: Person): Promise<void> {
	await person.controls.getByRole('button', { name: 'More' }).click();
	await person.page.getByRole('menuitem', { name: 'Devices' }).click();
}

const hears = async (person: Person) => {
	const energy = () => person.total('inbound-rtp', 'audio', 'totalAudioEnergy');
	const before = await energy();
	await expect.poll(energy).toBeGreaterThan(before);
};

const music = /stereo=1.*maxaveragebitrate=128000|maxaveragebitrate=128000.*stereo=1/;

test('music mode sends stereo at a higher bitrate, as it is, and is turned off as it was turned on', async ({
	person,
	joined,
	roomId,
}) => {
	const bo = await joined('Bo');
	const ana = await person('Ana');
	await ana.toLobby(roomId);
	await ana.join();
	await bo.seesMoving('Ana');
	const one = async () => {
		const all = await sent(ana);
		expect(all).toHaveLength(1);
		return all[0];
	};
	const voice = await one();
	expect(voice?.codec).not.toMatch(/stereo=1|maxaveragebitrate/);
	expect(voice?.codec).toContain('usedtx=1');
	expect(voice?.echoCancellation).toBe(true);

	await test.step('in a running call', async () => {
		await openDevices(ana);
		await turn(ana, true);
		await expect(async () => {
			const now = await one();
			expect(now?.codec).toMatch(music);
			expect(now?.codec).not.toContain('usedtx=1');
			expect(now).toMatchObject({ channels: 2, echoCancellation: false });
		}).toPass();
		await hears(bo);
		await expect(bo.tile('Ana').getByRole('img', { name: 'Microphone off' })).toHaveCount(0);
	});
	await test.step('it is kept after a reload', async () => {
		await ana.page.reload();
		await expect(ana.controls).toBeVisible();
		await expect(async () => {
			expect(await one()).toMatchObject({ channels: 2, echoCancellation: false });
			expect((await one())?.codec).toMatch(music);
		}).toPass();
		await hears(bo);
	});
	await test.step('muted, it stays muted when it is turned off', async () => {
		await ana.controls.getByRole('button', { name: 'Mute microphone', exact: true }).click();
		await openDevices(ana);
		await turn(ana, false);
		await expect(async () => {
			const now = await one();
			expect(now?.codec).not.toMatch(/stereo=1|maxaveragebitrate/);
			expect(now?.codec).toContain('usedtx=1');
			expect(now?.echoCancellation).toBe(true);
		}).toPass();
		await expect(bo.tile('Ana').getByRole('img', { name: 'Microphone off' })).toBeAttached();
		await ana.controls.getByRole('button', { name: 'Unmute microphone', exact: true }).click();
		await expect(bo.tile('Ana').getByRole('img', { name: 'Microphone off' })).toHaveCount(0);
		await hears(bo);
	});
});
