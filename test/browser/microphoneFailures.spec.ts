import { expect, test, type Person } from '../support/browser.ts';
import { brokenHelper, type Breakage } from '../support/brokenHelpers.ts';

/** Loudness of what a person receives, as energy in each second of sound. Nothing received is 0. */
async function hears(person: Person): Promise<number> {
	const figures = () =>
		Promise.all([
			person.total('inbound-rtp', 'audio', 'totalAudioEnergy'),
			person.total('inbound-rtp', 'audio', 'totalSamplesDuration'),
		]);
	const [energy, duration] = await figures();
	await person.page.waitForTimeout(500);
	const [later, end] = await figures();
	return (later - energy) / Math.max(0.1, end - duration);
}

/** What leaves the browser of a person: energy of what their senders encode, in each second. */
const sends = (person: Person) =>
	person.page.evaluate(async () => {
		const energy = async () => {
			let sum = 0;
			for (const connection of window.peerConnections) {
				if (connection.connectionState === 'closed') continue;
				for (const entry of (await connection.getStats()).values())
					if (entry.type === 'media-source' && entry.kind === 'audio')
						sum += entry.totalAudioEnergy;
			}
			return sum;
		};
		const before = await energy();
		await new Promise((resolve) => setTimeout(resolve, 500));
		return Math.abs((await energy()) - before) * 2;
	});

/** Of a voice, and of silence with what codecs leave of it. */
const loud = 1e-3;
const silent = 1e-6;

const liveVoices = (person: Person) =>
	person.page.evaluate(
		() => window.voices.filter(({ readyState }) => readyState === 'live').length,
	);

/** The microphone of Bo is on, or off: for their own eyes, for the others, and in truth. */
async function agree(bo: Person, ana: Person, on: boolean): Promise<void> {
	const button = on ? 'Mute microphone' : 'Unmute microphone';
	await expect(bo.controls.getByRole('button', { name: button, exact: true })).toBeVisible();
	for (const tile of [bo.tile('Bo (you)'), ana.tile('Bo')])
		await expect(tile.getByRole('img', { name: 'Microphone off' })).toHaveCount(on ? 0 : 1);
	if (on) await expect.poll(() => hears(ana)).toBeGreaterThan(loud);
	else {
		await Promise.all([
			expect.poll(() => hears(ana)).toBeLessThan(silent),
			expect.poll(() => sends(bo)).toBeLessThan(silent),
		]);
	}
}

const press = (bo: Person, name: string) =>
	bo.controls.getByRole('button', { name, exact: true }).click();

/** Chooses another microphone in the call. */
async function chooseAnother(bo: Person): Promise<void> {
	await press(bo, 'More');
	await bo.page.getByRole('menuitem', { name: 'Devices' }).click();
	const dialog = bo.page.getByRole('dialog', { name: 'Devices' });
	const microphone = dialog.getByRole('combobox', { name: 'Microphone' });
	await expect.poll(() => microphone.getByRole('option').count()).toBeGreaterThan(2);
	await microphone.selectOption({ index: 2 });
	await dialog.getByRole('button', { name: 'Done' }).click();
}

/** Speaks, takes another microphone, falls silent; in the whole also by unmuting, and by the space bar. */
async function speakAndFallSilent(bo: Person, ana: Person, whole: boolean): Promise<void> {
	await agree(bo, ana, true);
	if (whole) {
		await press(bo, 'Mute microphone');
		await agree(bo, ana, false);
		await press(bo, 'Unmute microphone');
		await agree(bo, ana, true);
	}
	await chooseAnother(bo);
	await agree(bo, ana, true);
	await expect.poll(() => liveVoices(bo)).toBe(1);
	await press(bo, 'Mute microphone');
	await agree(bo, ana, false);
	if (!whole) return;
	await bo.page.keyboard.down(' ');
	await agree(bo, ana, true);
	await bo.page.keyboard.up(' ');
	await agree(bo, ana, false);
}

/** Somebody who speaks all the time, in a browser in which this fails. */
async function speaker(bo: Person, breakage: Breakage, strong: boolean): Promise<void> {
	await bo.page.addInitScript(brokenHelper, breakage);
	await bo.page.addInitScript((strongSuppression) => {
		const processing = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
		const kept = JSON.stringify({ camera: false, strongSuppression, ...processing });
		localStorage.setItem('parley:preferences', kept);
	}, strong);
}

// Each call that may fail stands in `brokenHelpers.test.ts`: here is one of each way to fail, in a real graph of sounds.
for (const [what, strong, all] of [
	[
		'the meter fails, or the browser makes no graph of sounds',
		false,
		['AudioContext.createMediaStreamSource', 'new AudioContext'],
	],
	[
		'the stronger noise suppression fails at its start, or when it gets the voice',
		true,
		['new AudioWorkletNode', 'AudioContext.createMediaStreamSource'],
	],
] as const satisfies [string, boolean, Breakage[]][])
	test(`B-2: where ${what}, the voice goes out while the microphone is on, and nothing while it is off`, async ({
		joined,
		person,
		roomId,
	}) => {
		const ana = await joined('Ana');
		await press(ana, 'Mute microphone');
		for (const breakage of all)
			await test.step(breakage, async () => {
				const bo = await person('Bo');
				await speaker(bo, breakage, strong);
				await bo.page.goto(`/room/${roomId}`);
				await bo.page.getByRole('textbox', { name: 'Your name' }).fill('Bo');
				await bo.join();
				await speakAndFallSilent(bo, ana, !strong);
				await press(bo, 'Leave');
				await expect(ana.tile('Bo')).toHaveCount(0);
				await bo.close();
			});
	});
