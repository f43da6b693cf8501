import { expect, test } from '../support/browser.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
test.beforeEach(async () => {
	service = await startService();
});
test.afterEach(() => service.close());

test('R22: a media worker that dies in the middle of a call: the pictures come back by themselves', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana', { baseURL: service.url });
	const bo = await person('Bo', { baseURL: service.url });
	for (const one of [ana, bo]) {
		await one.toLobby(roomId);
		await one.join();
	}
	await ana.seesMoving('Bo');
	const before = await ana.tile('Bo').elementHandle();
	for (const pid of service.app.workerPids()) process.kill(pid, 'SIGKILL');
	// They are back sooner than one can look: as a new peer, in a new tile.
	await expect.poll(() => before?.evaluate((tile) => tile.isConnected)).toBe(false);
	await expect(ana.tile('Bo')).toHaveCount(1);
	await expect(bo.tile('Ana')).toHaveCount(1);
	await ana.seesMoving('Bo');
	await bo.seesMoving('Ana');
	await expect(ana.controls).toBeVisible();
});

test('from the connection to the first frame three round trips are waited for, also by who joins at once', async ({
	person,
	roomId,
}) => {
	const ana = await person('Ana', { baseURL: service.url });
	await ana.toLobby(roomId);
	await ana.join();
	const bo = await person('Bo', { baseURL: service.url });
	/** Long enough for everything that is no round trip to be lost in it. In ms. */
	const roundTrip = 2000;
	let entered = 0;
	await bo.context.routeWebSocket(/socket\.io/, (socket) => {
		const server = socket.connectToServer();
		socket.onMessage((message) => {
			if (entered === 0 && message.includes('lobby:enter')) entered = Date.now();
			server.send(message);
		});
		// Only answers and facts are late: media takes its own way.
		server.onMessage((message) => {
			if (entered === 0) socket.send(message);
			else setTimeout(() => socket.send(message), roundTrip);
		});
	});
	await bo.page.goto(`/room/${roomId}`);
	await bo.page.getByRole('textbox', { name: 'Your name' }).fill('Bo');
	await bo.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect.poll(() => bo.frames('Ana').catch(() => 0), { intervals: [50] }).toBeGreaterThan(0);
	const waited = (Date.now() - entered) / roundTrip;
	expect(waited).toBeGreaterThan(1.9);
	expect(waited).toBeLessThan(3.9);
});
