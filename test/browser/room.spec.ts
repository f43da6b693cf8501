import { expect, test } from '../support/browser.ts';

test('people in a room see and hear each other, mute, leave and come back; RELOAD-1: a closed tab is gone after a few seconds', async ({
	joined,
}) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	await test.step('mute and camera off show on the others, and come back', async () => {
		await bo.seesMoving('Ana');
		await ana.controls.getByRole('button', { name: 'Mute microphone' }).click();
		await expect(ana.controls.getByRole('button', { name: 'Unmute microphone' })).toBeVisible();
		await expect(bo.tile('Ana').getByRole('img', { name: 'Microphone off' })).toBeAttached();
		// Silence is sent, not the microphone.
		const energy = () => bo.total('inbound-rtp', 'audio', 'totalAudioEnergy');
		let quiet = await energy();
		// What was said before may still be on its way.
		await expect(async () => {
			quiet = await energy();
			await bo.page.waitForTimeout(1500);
			expect(await energy()).toBeCloseTo(quiet, 5);
		}).toPass();

		await ana.controls.getByRole('button', { name: 'Turn camera off' }).click();
		await expect(ana.controls.getByRole('button', { name: 'Turn camera on' })).toBeVisible();
		await expect(bo.tile('Ana').getByRole('img', { name: 'Camera off' })).toBeAttached();
		await bo.page.waitForTimeout(500);
		const stopped = await bo.total('inbound-rtp', 'video', 'framesDecoded');
		await bo.page.waitForTimeout(1000);
		expect(await bo.total('inbound-rtp', 'video', 'framesDecoded')).toBe(stopped);

		await ana.controls.getByRole('button', { name: 'Unmute microphone' }).click();
		await ana.controls.getByRole('button', { name: 'Turn camera on' }).click();
		await bo.seesMoving('Ana');
		await expect.poll(energy).toBeGreaterThan(quiet + 1e-5);
		await expect(bo.tile('Ana').getByRole('img', { name: 'Microphone off' })).toHaveCount(0);
	});
	await test.step('leaving removes the tile, and one can come back', async () => {
		await ana.seesMoving('Bo');
		await bo.controls.getByRole('button', { name: 'Leave' }).click();
		await expect(ana.tile('Bo')).toHaveCount(0);
		await expect(ana.page.getByTestId('tile')).toHaveCount(1);
		await expect(bo.page.getByRole('button', { name: 'Join again' })).toBeVisible();
		await bo.page.getByRole('button', { name: 'Join again' }).click();
		await bo.join();
		await ana.seesMoving('Bo');
		await bo.seesMoving('Ana');
	});
	const cy = await joined('Cy');
	await test.step('three people see each other move and hear each other, and a late joiner sees everyone', async () => {
		const people = [ana, bo, cy];
		for (const one of people) {
			for (const other of people.filter((person) => person !== one))
				await one.seesMoving(other.name);
			await expect(one.page.getByTestId('tile')).toHaveCount(3);
			await expect(one.tile(`${one.name} (you)`)).toBeVisible();
		}
		for (const one of people) {
			// The fake microphone beeps: two voices with energy arrive.
			await expect
				.poll(async () => {
					const voices = await one.stats('inbound-rtp', 'audio');
					return voices.filter((voice) => Number(voice['totalAudioEnergy']) > 0).length;
				})
				.toBe(2);
			await expect
				.poll(async () =>
					Math.max(
						...(await one.stats('inbound-rtp', 'audio')).map((voice) =>
							Number(voice['audioLevel']),
						),
					),
				)
				.toBeGreaterThan(0);
		}
	});
	await test.step('RELOAD-1: closing the tab may be a reload at first, and is leaving a few seconds later', async () => {
		await expect(ana.tile('Cy')).toBeVisible();
		await cy.page.close({ runBeforeUnload: true });
		await expect(ana.tile('Cy').getByText('Reconnecting…')).toBeVisible();
		await expect(ana.tile('Cy')).toHaveCount(0);
	});
});

test('the people list names everybody, and two tabs of the same person are two participants', async ({
	joined,
	cast,
	roomId,
}) => {
	const ana = await joined('Ana');
	await test.step('the people list names everybody', async () => {
		await cast.joined('<b>Bo</b> & Co');
		await ana.controls.getByRole('button', { name: 'People' }).click();
		const list = ana.page.getByRole('list', { name: 'People' });
		await expect(list.getByRole('listitem')).toHaveCount(2);
		// Markup in a name stays text.
		await expect(list.getByText('<b>Bo</b> & Co')).toBeVisible();
		await expect(ana.tile('<b>Bo</b> & Co')).toBeVisible();
	});
	await test.step('two tabs of the same person are two participants', async () => {
		const second = await ana.context.newPage();
		await second.goto(`/room/${roomId}`);
		await second.getByRole('textbox', { name: 'Your name' }).fill('Ana again');
		await second.getByRole('button', { name: 'Join', exact: true }).click();
		await expect(second.getByTestId('tile')).toHaveCount(3);
		await expect(ana.tile('Ana again')).toBeVisible();
	});
});
