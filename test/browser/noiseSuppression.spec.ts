import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright/test';
import { expect, launchOptions, Person, test } from '../support/browser.ts';

/** Ten seconds of a fan: noise of one loudness, as a WAV file of 48 kHz and 16 bits. */
function fan(): Buffer {
	const samples = 48_000 * 10;
	const file = Buffer.alloc(44 + samples * 2);
	file.write('RIFF', 0);
	file.writeUInt32LE(36 + samples * 2, 4);
	file.write('WAVEfmt ', 8);
	file.writeUInt32LE(16, 16);
	file.writeUInt16LE(1, 20);
	file.writeUInt16LE(1, 22);
	file.writeUInt32LE(48_000, 24);
	file.writeUInt32LE(96_000, 28);
	file.writeUInt16LE(2, 32);
	file.writeUInt16LE(16, 34);
	file.write('data', 36);
	file.writeUInt32LE(samples * 2, 40);
	// The same noise every time: a linear congruential generator.
	let state = 1;
	for (let i = 0; i < samples; i++) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
		file.writeInt16LE(state >> 19, 44 + i * 2);
	}
	return file;
}

test('the stronger noise suppression takes a fan out of the sound, in mid-call too', async ({
	joined,
	roomId,
}) => {
	const folder = mkdtempSync(join(tmpdir(), 'parley-noise-'));
	const path = join(folder, 'fan.wav');
	writeFileSync(path, fan());
	const browser = await chromium.launch({
		...launchOptions,
		args: [...launchOptions.args, `--use-file-for-fake-audio-capture=${path}`],
	});
	try {
		const ana = await joined('Ana');
		await ana.controls.getByRole('button', { name: 'Mute microphone' }).click();
		const bo = await Person.open(browser, 'Bo');
		await bo.toLobby(roomId);
		const open = () => bo.page.getByRole('dialog', { name: 'Devices' });
		const strong = open().getByRole('switch', { name: 'Stronger noise suppression' });
		await bo.page.getByRole('button', { name: 'Devices' }).click();
		await expect(strong).not.toBeChecked();
		// What the browser itself does would hide what this is about.
		for (const name of [
			'Noise suppression',
			'Adjust microphone volume automatically',
			'Echo cancellation',
		])
			await open().getByRole('switch', { name, exact: true }).click();
		await open().getByRole('button', { name: 'Done' }).click();
		await bo.join();

		/** Energy of what Ana hears, per second of sound. */
		const loudness = async () => {
			const figures = async () =>
				Promise.all(
					['totalAudioEnergy', 'totalSamplesDuration'].map((figure) =>
						ana.total('inbound-rtp', 'audio', figure),
					),
				) as Promise<[number, number]>;
			const [energy, duration] = await figures();
			await ana.page.waitForTimeout(2000);
			const [later, end] = await figures();
			return (later - energy) / Math.max(0.1, end - duration);
		};
		await expect.poll(loudness).toBeGreaterThan(1e-4);
		const noisy = await loudness();
		const sent = () =>
			bo.page.evaluate(() =>
				window.peerConnections
					.flatMap((connection) => connection.getSenders())
					.flatMap(({ track }) => (track?.kind === 'audio' ? [track.id] : [])),
			);
		const [before] = [await sent()];
		await bo.controls.getByRole('button', { name: 'More' }).click();
		await bo.page.getByRole('menuitem', { name: 'Devices' }).click();
		await strong.click();
		await expect.poll(sent).not.toEqual(before);
		await expect.poll(async () => (await loudness()) / noisy).toBeLessThan(0.5);
		await expect(open().getByRole('alert')).toHaveCount(0);

		// Another microphone goes the same way.
		const microphone = open().getByRole('combobox', { name: 'Microphone' });
		await microphone.selectOption({ index: (await microphone.getByRole('option').count()) - 1 });
		expect((await loudness()) / noisy).toBeLessThan(0.5);
		await strong.click();
		await expect.poll(async () => (await loudness()) / noisy).toBeGreaterThan(0.7);
	} finally {
		await browser.close();
		rmSync(folder, { recursive: true, force: true });
	}
});

test('where the stronger noise suppression does not start, words say so and the call goes on', async ({
	joined,
	person,
	roomId,
}) => {
	const ana = await joined('Ana');
	const bo = await person('Bo');
	await bo.page.route('**/*.wasm', (route) => route.abort());
	await bo.toLobby(roomId);
	await bo.page.getByRole('button', { name: 'Devices' }).click();
	const dialog = bo.page.getByRole('dialog', { name: 'Devices' });
	await dialog.getByRole('switch', { name: 'Stronger noise suppression' }).click();
	await expect(dialog.getByRole('alert')).toContainText("doesn't work in this browser");
	await dialog.getByRole('button', { name: 'Done' }).click();
	await bo.join();
	await expect.poll(() => ana.total('inbound-rtp', 'audio', 'totalAudioEnergy')).toBeGreaterThan(0);
});
