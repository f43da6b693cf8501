import { expect, mediaPort, test } from '../support/browser.ts';

test('a lost connection is said, media goes on, and the page returns by itself', async ({
	joined,
}) => {
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	await ana.seesMoving('Bo');
	await bo.context.setOffline(true);
	// Offline does not cut sockets that are open: the page's own is closed as a network change would.
	await bo.page.evaluate(() => window.dispatchEvent(new Event('offline')));
	await expect(bo.page.getByText('Connection lost')).toBeVisible({ timeout: 30_000 });
	await expect(ana.tile('Bo').getByText(/reconnecting/i)).toBeAttached();
	await bo.seesMoving('Ana');
	await bo.context.setOffline(false);
	await expect(bo.page.getByText('Connection lost')).toHaveCount(0);
	await expect(ana.tile('Bo').getByText(/reconnecting/i)).toHaveCount(0);
	await bo.seesMoving('Ana');
	await ana.seesMoving('Bo');
	await expect(ana.page.getByTestId('tile')).toHaveCount(2);
});

test('joining at once, before anything is warm, works', async ({ joined, person, roomId }) => {
	const ana = await joined('Ana');
	const bo = await person('Bo');
	await bo.page.goto(`/room/${roomId}`);
	await bo.page.getByRole('textbox', { name: 'Your name' }).fill('Bo');
	await bo.page.getByRole('button', { name: 'Join', exact: true }).click();
	await bo.seesMoving('Ana');
	await ana.seesMoving('Bo');
});

for (const [problem, says] of [
	['NotAllowedError', /allow/i],
	['NotFoundError', /no camera|not found|connect/i],
	['NotReadableError', /another|in use|busy/i],
] as const) {
	test(`a camera and microphone that fail with ${problem}: one can still join and listen`, async ({
		joined,
		person,
		roomId,
	}) => {
		const ana = await joined('Ana');
		const bo = await person('Bo');
		await bo.context.addInitScript((name) => {
			navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name));
		}, problem);
		await bo.toLobby(roomId);
		await expect(bo.page.getByRole('main').getByText(says).first()).toBeVisible();
		await bo.join();
		await bo.seesMoving('Ana');
		await expect
			.poll(() => bo.total('inbound-rtp', 'audio', 'totalAudioEnergy'))
			.toBeGreaterThan(0);
		await expect(ana.tile('Bo').getByRole('img', { name: 'Camera off' })).toBeAttached();
		await expect(bo.page.getByTestId('tile')).toHaveCount(2);
	});
}

test('a media path that is blocked is said before Join, with the address', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana');
	await ana.context.addInitScript((port) => {
		const Native = window.RTCPeerConnection;
		// The browser is told ports that nobody listens on.
		const { setRemoteDescription } = Native.prototype;
		Native.prototype.setRemoteDescription = function (description: RTCSessionDescriptionInit) {
			const sdp = description.sdp?.replaceAll(` ${port} typ`, ' 9 typ') ?? '';
			return Reflect.apply(setRemoteDescription, this, [{ ...description, sdp }]);
		};
	}, mediaPort);
	await ana.page.goto(`/room/${roomId}`);
	await expect(
		ana.page.getByText(`can't reach the media server at 127.0.0.1:${mediaPort}`),
	).toBeVisible({ timeout: 30_000 });
	await expect(ana.page.getByRole('button', { name: 'Join', exact: true })).toBeEnabled();
});
