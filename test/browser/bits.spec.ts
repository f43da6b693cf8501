import { expect, serviceUrl, test, type Person } from '../support/browser.ts';
import { TestClient } from '../support/client.ts';

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

test('R31: among nine tiles no more bits come than the layer has that fits the tile', async ({
	person,
	roomId,
}) => {
	test.setTimeout(180_000);
	const open = async (name: string, before?: () => void) => {
		const one = await person(name);
		if (before) await one.page.addInitScript(before);
		await one.page.goto(`/room/${roomId}`);
		const camera = one.page.getByRole('button', { name: 'Camera', exact: true });
		if (!before) await camera.click();
		await one.toLobby(roomId);
		await one.join();
		return one;
	};
	const ana = await open('Ana', largeCamera);
	const others: TestClient[] = [];
	try {
		for (let i = 0; i < 6; i++) {
			const client = await TestClient.connect({ url: serviceUrl });
			others.push(client);
			await client.join(roomId, `Guest ${i}`, 0);
		}
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
		const [sentBefore, receivedBefore] = await look();
		await bo.page.waitForTimeout(8000);
		const [sentAfter, receivedAfter] = await look();
		const sent = sentAfter.map((bytes, layer) => bytes - (sentBefore[layer] ?? 0));
		const ratio = (receivedAfter - receivedBefore) / (sent[fitting] ?? 0);
		// Fewer pictures may come where the machine is busy; some do.
		expect(ratio).toBeGreaterThan(0);
		expect(ratio).toBeLessThanOrEqual(1.15);
		// It would be more if all came.
		expect(sent[2]).toBeGreaterThan(1.15 * (sent[fitting] ?? 0));
	} finally {
		for (const client of others) client.close();
	}
});

test('R27, R32: who is on a page that nobody looks at sends no video at all', async ({
	joined,
	roomId,
}) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	const guest = await TestClient.connect({ url: serviceUrl });
	// With a first page that has no pictures: he looks at nobody.
	await guest.join(roomId, 'Guest', 0);
	await ana.seesMoving('Bo');
	// So little room that one tile fits at a time.
	await ana.page.setViewportSize({ width: 200, height: 330 });
	await expect(ana.page.getByTestId('tile')).toHaveCount(1);
	const inOneSecond = async (person: Person, type: string, figure: string) => {
		const before = await person.total(type, 'video', figure);
		await person.page.waitForTimeout(1000);
		return (await person.total(type, 'video', figure)) - before;
	};
	await expect.poll(() => inOneSecond(ana, 'inbound-rtp', 'bytesReceived')).toBe(0);
	await expect.poll(() => inOneSecond(bo, 'outbound-rtp', 'framesEncoded')).toBe(0);
	expect(await inOneSecond(bo, 'outbound-rtp', 'bytesSent')).toBe(0);
	await ana.page.keyboard.press('PageDown');
	await ana.seesMoving('Bo');
	guest.close();
});
