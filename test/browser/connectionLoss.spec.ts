import { expect, test } from '../support/browser.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
test.beforeEach(async () => {
	service = await startService();
});
test.afterEach(() => service.close());

test('ROOM-8: a media worker that dies in the middle of a call: the pictures come back by themselves', async ({
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

test('ROOM-12: a lost connection is said, also by who hears one, media goes on, and the page returns by itself', async ({
	joined,
}) => {
	const ana = await joined('Ana');
	await ana.controls.getByRole('button', { name: 'People', exact: true }).click();
	const hearing = ana.page.getByRole('region', { name: 'Who can hear you' });
	await expect(hearing).toHaveText("There's no one else here to hear you.");
	const bo = await joined('Bo');
	await expect(hearing).toHaveText('Bo can hear you.');
	await ana.controls.getByRole('button', { name: 'Mute microphone' }).click();
	await expect(hearing).toHaveText('No one can hear you: your microphone is off.');
	await ana.controls.getByRole('button', { name: 'Unmute microphone' }).click();
	await expect(hearing).toHaveText('Bo can hear you.');
	await ana.seesMoving('Bo');
	await bo.context.setOffline(true);
	// Offline does not cut sockets that are open: the page's own is closed as a network change would.
	await bo.page.evaluate(() => window.dispatchEvent(new Event('offline')));
	await expect(bo.page.getByText('Connection lost')).toBeVisible({ timeout: 30_000 });
	await expect(ana.tile('Bo').getByText(/reconnecting/i)).toBeAttached();
	await expect(hearing).toHaveText("Bo can't hear you: the connection was lost.", {
		timeout: 30_000,
	});
	await bo.seesMoving('Ana');
	await bo.context.setOffline(false);
	await expect(bo.page.getByText('Connection lost')).toHaveCount(0);
	await expect(ana.tile('Bo').getByText(/reconnecting/i)).toHaveCount(0);
	await bo.seesMoving('Ana');
	await ana.seesMoving('Bo');
	await expect(ana.page.getByTestId('tile')).toHaveCount(2);
	await expect(hearing).toHaveText('Bo can hear you.', { timeout: 30_000 });
	await bo.controls.getByRole('button', { name: 'Leave' }).click();
	await expect(hearing).toHaveText("There's no one else here to hear you.");
});
