import { expect, test } from '../support/browser.ts';

test('a line that loses much is told in words', async ({ joined, person, roomId }) => {
	const bo = await joined('Bo');
	const ana = await person('Ana');
	const line = await ana.context.newCDPSession(ana.page);
	await line.send('Network.enable');
	// Only a line that was watched from the beginning can be made worse.
	const lose = (packetLoss: number) =>
		line.send('Network.emulateNetworkConditions', {
			offline: false,
			latency: 0,
			downloadThroughput: 4_000_000,
			uploadThroughput: 4_000_000,
			packetLoss,
			packetQueueLength: 1000,
		});
	await lose(0);
	await ana.toLobby(roomId);
	await ana.join();
	await bo.seesMoving('Ana');
	const words = ana.page.getByText('Your connection is slow');
	await expect(words).toHaveCount(0);
	await lose(35);
	await expect(words).toBeVisible({ timeout: 30_000 });
	await ana.page.getByRole('button', { name: 'Hide', exact: true }).click();
	await expect(words).toBeHidden();
});
