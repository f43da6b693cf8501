import { expect, mediaPort, test } from '../support/browser.ts';

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

test('from the connection to the first frame three round trips are waited for, also by who joins at once', async ({
	person,
	joined,
	roomId,
}) => {
	const ana = await joined('Ana');
	await test.step('joining at once, before anything is warm, works', async () => {
		const bo = await person('Bo');
		await bo.page.goto(`/room/${roomId}`);
		await bo.page.getByRole('textbox', { name: 'Your name' }).fill('Bo');
		await bo.page.getByRole('button', { name: 'Join', exact: true }).click();
		await bo.seesMoving('Ana');
		await ana.seesMoving('Bo');
		await bo.controls.getByRole('button', { name: 'Leave' }).click();
		await expect(ana.tile('Bo')).toHaveCount(0);
		await bo.close();
	});
	const bo = await person('Bo');
	/** How late messages are: long enough for what a busy machine does between two of one trip to be lost in it. In ms. */
	const roundTrip = 2000;
	let entered = false;
	/** For how long a message was on its way, however many were at that time, in ms. */
	let waited = 0;
	/** When the last one that came was due. */
	let due = 0;
	await bo.context.routeWebSocket(/socket\.io/, (socket) => {
		const server = socket.connectToServer();
		socket.onMessage((message) => {
			entered ||= message.includes('lobby:enter');
			server.send(message);
		});
		// Only answers and facts are late: media takes its own way.
		server.onMessage((message) => {
			if (!entered) return socket.send(message);
			const dueThen = performance.now() + roundTrip;
			setTimeout(() => {
				waited += Math.min(roundTrip, dueThen - due);
				due = dueThen;
				socket.send(message);
			}, roundTrip);
		});
	});
	await bo.page.goto(`/room/${roomId}`);
	await bo.page.getByRole('textbox', { name: 'Your name' }).fill('Bo');
	await bo.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect.poll(() => bo.frames('Ana').catch(() => 0), { intervals: [50] }).toBeGreaterThan(0);
	expect(waited / roundTrip).toBeGreaterThan(1.9);
	expect(waited / roundTrip).toBeLessThan(3.9);
});

test('B-18: the browser’s Back asks before it leaves a call', async ({ person, roomId }) => {
	const ana = await person('Ana');
	await ana.page.goto('/');
	await ana.page.getByRole('textbox', { name: 'Room link or code' }).fill(roomId);
	await ana.page.getByRole('button', { name: 'Join' }).click();
	await ana.page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
	await ana.join();

	const asked = ana.page.getByRole('dialog', { name: 'Leave the call?' });
	await ana.page.goBack();
	await asked.getByRole('button', { name: 'Cancel' }).click();
	await expect(asked).toBeHidden();
	await expect(ana.controls).toBeVisible();
	expect(new URL(ana.page.url()).pathname).toBe(`/room/${roomId}`);

	await ana.page.goBack();
	await asked.getByRole('button', { name: 'Leave' }).click();
	await expect(ana.page.getByRole('button', { name: 'New room' })).toBeVisible();
	expect(new URL(ana.page.url()).pathname).toBe('/');
});
