import { expect, test, type Person } from '../support/browser.ts';
import { desktop } from '../support/views.ts';

/** A camera of 720 lines, as most are, in place of the small one of other tests. */
function largeCamera(): void {
	navigator.mediaDevices.getUserMedia = async (constraints) =>
		MediaDevices.prototype.getUserMedia.call(navigator.mediaDevices, {
			...constraints,
			...(constraints?.video && { video: { width: 1280, height: 720, frameRate: 15 } }),
		});
}

/** What a person sends of each size of the camera, lowest first, in bytes. */
async function sentBytes(person: Person): Promise<number[]> {
	const layers = await person.stats('outbound-rtp', 'video');
	return ['r0', 'r1', 'r2'].map((rid) =>
		layers
			.filter((layer) => layer['rid'] === rid)
			.reduce((sum, { bytesSent }) => sum + Number(bytesSent ?? 0), 0),
	);
}

test('MEDIA-9: among nine tiles no more bits come than the layer has that fits the tile', async ({
	person,
	cast,
	roomId,
}) => {
	test.setTimeout(270_000);
	const open = async (name: string, before?: () => void) => {
		const one = await person(name);
		if (before) await one.page.addInitScript(before);
		await one.page.goto(`/room/${roomId}`);
		const camera = one.page.getByRole('button', { name: 'Camera', exact: true });
		if (!before) await camera.click();
		await one.page.getByRole('textbox', { name: 'Your name' }).fill(name);
		await one.join();
		return one;
	};
	const ana = await open('Ana', largeCamera);
	for (let i = 0; i < 6; i++) await cast.joined(`Guest ${i}`, 0);
	// Somebody has her large, so that all sizes are there to be sent.
	const [bo, cy] = [await open('Bo'), await open('Cy')];
	await cy.tile('Ana').getByRole('button', { name: 'Pin Ana' }).click();
	const widthAt = (one: Person) =>
		one
			.tile('Ana')
			.locator('video')
			.evaluate((video: HTMLVideoElement) => video.videoWidth);
	await expect(bo.page.getByTestId('tile')).toHaveCount(9);
	await expect.poll(() => widthAt(cy), { timeout: 60_000 }).toBe(1280);
	// A ninth of the window is about 400 by 220, of which the lowest size fills 80 %.
	await expect.poll(() => widthAt(bo), { timeout: 60_000 }).toBe(320);
	const fitting = 0;

	const look = () =>
		Promise.all([sentBytes(ana), bo.total('inbound-rtp', 'video', 'bytesReceived')]);
	// Anew while the busy machine keeps the largest layer below what it becomes.
	await expect(async () => {
		const [sentBefore, receivedBefore] = await look();
		await bo.page.waitForTimeout(4000);
		const [sentAfter, receivedAfter] = await look();
		const sent = sentAfter.map((bytes, layer) => bytes - (sentBefore[layer] ?? 0));
		const ratio = (receivedAfter - receivedBefore) / (sent[fitting] ?? 0);
		// Fewer pictures may come where the machine is busy; some do.
		expect(ratio).toBeGreaterThan(0);
		expect(ratio).toBeLessThanOrEqual(1.15);
		// It would be more if all came.
		expect(sent[2]).toBeGreaterThan(1.15 * (sent[fitting] ?? 0));
	}).toPass({ timeout: 90_000 });
});

test('LOBBY-2: no camera and no microphone is sent before Join', async ({ person, roomId }) => {
	const ana = await person('Ana');
	await ana.toLobby(roomId);
	await expect(ana.page.getByRole('button', { name: 'Camera', exact: true })).toHaveAttribute(
		'aria-pressed',
		'true',
	);
	await expect
		.poll(() => ana.page.evaluate(() => window.deviceTracks.size))
		.toBeGreaterThanOrEqual(2);
	// The path is proved with something: black pictures come back.
	await expect.poll(() => ana.total('inbound-rtp', 'video', 'framesDecoded')).toBeGreaterThan(0);
	await ana.page.waitForTimeout(1000);
	expect(await ana.page.evaluate(() => window.sentDeviceTracks.size)).toBe(0);
	expect(await ana.total('media-source', 'audio', 'totalAudioEnergy')).toBe(0);
	const brightest = await ana.page.evaluate(async () => {
		const tracks = window.peerConnections.flatMap((connection) =>
			connection.getReceivers().map((receiver) => receiver.track),
		);
		const video = document.createElement('video');
		video.muted = true;
		video.srcObject = new MediaStream(tracks.filter((track) => track.kind === 'video'));
		await video.play();
		const canvas = document.createElement('canvas');
		canvas.width = 32;
		canvas.height = 18;
		const context = canvas.getContext('2d');
		context?.drawImage(video, 0, 0, 32, 18);
		const pixels = context?.getImageData(0, 0, 32, 18).data ?? [];
		return Math.max(...Array.from(pixels).filter((_, index) => index % 4 !== 3));
	});
	expect(brightest).toBeLessThan(24);
	await ana.join();
	await expect.poll(() => ana.page.evaluate(() => window.sentDeviceTracks.size)).toBe(2);
});

test('LOBBY-3, MEDIA-5, MEDIA-9, MEDIA-10: what is not looked at is neither encoded nor sent, and no more than fits', async ({
	joined,
	person,
	roomId,
}) => {
	const ana = await joined('Ana');
	const bo = await person('Bo');
	const encodedInOneSecond = async () => {
		const before = await ana.total('outbound-rtp', 'video', 'framesEncoded');
		await ana.page.waitForTimeout(1000);
		return (await ana.total('outbound-rtp', 'video', 'framesEncoded')) - before;
	};
	await test.step('MEDIA-10: nobody watching means that nothing is encoded, and the first watcher sees at once', async () => {
		await expect.poll(encodedInOneSecond).toBe(0);
		// LOBBY-3: somebody in the lobby warms the encoder up.
		await bo.toLobby(roomId);
		await expect.poll(encodedInOneSecond).toBeGreaterThan(3);
		await bo.join();
		await bo.seesMoving('Ana');
	});
	await test.step('MEDIA-5: the videos of a hidden page are not sent, the voices are', async () => {
		await bo.seesMoving('Ana');
		await bo.page.evaluate(() => {
			Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
			document.dispatchEvent(new Event('visibilitychange'));
		});
		const inOneSecond = async (kind: 'audio' | 'video') => {
			const before = await bo.total('inbound-rtp', kind, 'packetsReceived');
			await bo.page.waitForTimeout(1000);
			return (await bo.total('inbound-rtp', kind, 'packetsReceived')) - before;
		};
		await expect.poll(() => inOneSecond('video')).toBe(0);
		expect(await inOneSecond('audio')).toBeGreaterThan(10);
		await bo.page.evaluate(() => {
			Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
			document.dispatchEvent(new Event('visibilitychange'));
		});
		await bo.seesMoving('Ana');
	});
	await test.step('MEDIA-9: only the layer that fits the tile flows', async () => {
		const video = bo.tile('Ana').locator('video');
		const width = () => video.evaluate((element: HTMLVideoElement) => element.videoWidth);
		await bo.seesMoving('Ana');
		await bo.page.setViewportSize({ width: 360, height: 360 });
		await expect.poll(width).toBeLessThanOrEqual(320);
		expect(await width()).toBeGreaterThan(0);
		// The sender encodes nothing larger than what is wanted either.
		const encoded = async () =>
			(await ana.stats('outbound-rtp', 'video'))
				.filter((layer) => layer['active'])
				.map((layer) => layer['scalabilityMode']).length;
		await expect.poll(encoded).toBeLessThan(3);
		await bo.page.setViewportSize(desktop);
		await expect.poll(width, { timeout: 30_000 }).toBe(640);
	});
	await test.step('MEDIA-10: it ends with the last watcher', async () => {
		await bo.controls.getByRole('button', { name: 'Leave' }).click();
		await expect.poll(encodedInOneSecond).toBe(0);
	});
});

test('MEDIA-5, MEDIA-10: a page of tiles that is not shown costs no video, and who is looked at by nobody sends none', async ({
	joined,
	cast,
}) => {
	const [ana, bo, cy] = [await joined('Ana'), await joined('Bo'), await joined('Cy')];
	// With a first page that has no pictures: they look at nobody.
	await cast.joined('Guest', 0);
	for (const name of ['Bo', 'Cy']) await ana.seesMoving(name);
	// So little room that one tile fits at a time: their own.
	for (const { page } of [ana, bo, cy]) {
		await page.setViewportSize({ width: 200, height: 330 });
		await expect(page.getByTestId('tile')).toHaveCount(1);
	}
	const pager = ana.page.getByRole('navigation', { name: 'Pages of tiles' });
	await expect(pager).toBeVisible();
	await expect(ana.tile('Ana (you)')).toBeVisible();

	const inOneSecond = async (person: Person, type: string, figure: string) => {
		const before = await person.total(type, 'video', figure);
		await person.page.waitForTimeout(1000);
		return (await person.total(type, 'video', figure)) - before;
	};
	const received = () => inOneSecond(ana, 'inbound-rtp', 'bytesReceived');
	await expect.poll(received).toBe(0);
	await expect.poll(() => inOneSecond(bo, 'outbound-rtp', 'framesEncoded')).toBe(0);
	expect(await inOneSecond(bo, 'outbound-rtp', 'bytesSent')).toBe(0);

	await pager.getByRole('button', { name: 'Next page' }).click();
	await ana.seesMoving('Bo');
	await expect(ana.tile('Cy')).toHaveCount(0);
	await ana.page.keyboard.press('PageDown');
	await ana.seesMoving('Cy');
	await expect(ana.tile('Bo')).toHaveCount(0);
	// Who comes while their page is not shown is not received at all.
	await ana.page.keyboard.press('PageUp');
	await ana.page.keyboard.press('PageUp');
	await expect(ana.tile('Ana (you)')).toBeVisible();
	await expect.poll(received).toBe(0);
	await bo.page.setViewportSize(desktop);
	await bo.controls.getByRole('button', { name: 'Leave' }).click();
	await expect(pager.getByText('Page 1 of 3')).toBeAttached();
	await bo.page.getByRole('button', { name: 'Join again' }).click();
	await bo.join();
	await expect(pager.getByText('Page 1 of 4')).toBeAttached();
	await expect.poll(received).toBe(0);
});
