import { expect, test } from '../support/browser.ts';

test('R11: no camera and no microphone is sent before Join', async ({ person, roomId }) => {
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

test('R31: only the layer that fits the tile flows', async ({ joined }) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
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
	await bo.page.setViewportSize({ width: 1280, height: 800 });
	await expect.poll(width, { timeout: 30_000 }).toBe(640);
});

test('R32: nobody watching means that nothing is encoded, and the first watcher sees at once', async ({
	joined,
	person,
	roomId,
}) => {
	const ana = await joined('Ana');
	const encoded = () => ana.total('outbound-rtp', 'video', 'framesEncoded');
	const inOneSecond = async () => {
		const before = await encoded();
		await ana.page.waitForTimeout(1000);
		return (await encoded()) - before;
	};
	await expect.poll(inOneSecond).toBe(0);
	// R12: somebody in the lobby warms the encoder up.
	const bo = await person('Bo');
	await bo.toLobby(roomId);
	await expect.poll(inOneSecond).toBeGreaterThan(3);
	await bo.join();
	await bo.seesMoving('Ana');
	await bo.controls.getByRole('button', { name: 'Leave' }).click();
	await expect.poll(inOneSecond).toBe(0);
});

test('R27: the videos of a hidden page are not sent, the voices are', async ({ joined }) => {
	const [, bo] = [await joined('Ana'), await joined('Bo')];
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
