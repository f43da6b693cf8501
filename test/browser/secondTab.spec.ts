import type { Page } from 'playwright/test';
import { expect, test, serviceUrl } from '../support/browser.ts';
import { TestClient } from '../support/client.ts';

const controlsOf = (page: Page) => page.getByRole('toolbar', { name: 'Call controls' });
const offer = (page: Page) => page.getByRole('button', { name: 'Move the call here' });
const toMove = (page: Page) => page.getByText("You're in this call in another tab");

test('RELOAD-5, B-24: the same room in a second tab offers to move the call there, and back', async ({
	joined,
	roomId,
}) => {
	const ana = await joined('Ana');
	const bo = await joined('Bo');
	const second = await ana.context.newPage();
	await test.step('the lobby of the second tab offers it, and joining as another device stays possible', async () => {
		await second.goto(`/room/${roomId}`);
		await expect(toMove(second)).toBeVisible();
		await expect(second.getByRole('button', { name: 'Join', exact: true })).toBeEnabled();
	});
	await test.step('a reload of the first tab takes the offer back until it is in the call again', async () => {
		await ana.page.goto('/settings');
		await expect(offer(second)).toBeHidden();
		await ana.page.goBack();
		await expect(ana.controls).toBeVisible();
		await expect(offer(second)).toBeVisible();
	});
	const tile = await bo.tile('Ana').elementHandle();
	await ana.controls.getByRole('button', { name: 'Mute microphone', exact: true }).click();
	await test.step('moved, it goes on there as it was, and ends here with words', async () => {
		await offer(second).click();
		await expect(controlsOf(second)).toBeVisible();
		await expect(
			controlsOf(second).getByRole('button', { name: 'Unmute microphone' }),
		).toBeVisible();
		await expect(
			ana.page.getByRole('heading', { name: 'The call moved to another tab' }),
		).toBeVisible();
		await expect(second.getByTestId('tile')).toHaveCount(2);
		await bo.seesMoving('Ana');
	});
	await test.step('the first tab brings it back', async () => {
		await ana.page.getByRole('button', { name: 'Bring it back' }).click();
		await expect(ana.controls).toBeVisible();
		await expect(
			second.getByRole('heading', { name: 'The call moved to another tab' }),
		).toBeVisible();
		await bo.seesMoving('Ana');
		await ana.seesMoving('Bo');
	});
	// All the time it was the same person, in the same place.
	expect(await tile?.evaluate((one) => one.isConnected)).toBe(true);
	await expect(bo.page.getByTestId('tile')).toHaveCount(2);
	await test.step('a tab that does not answer any more takes nothing from the lobby', async () => {
		await second.goto(`/room/${roomId}`);
		await expect(offer(second)).toBeVisible();
		await ana.page.evaluate(() => {
			// As if the browser had frozen it: it hears nothing, and holds its lock.
			BroadcastChannel.prototype.postMessage = () => undefined;
		});
		await offer(second).click();
		await expect(second.getByText("The other tab doesn't answer.")).toBeVisible();
		await expect(second.getByRole('button', { name: 'Join', exact: true })).toBeEnabled();
	});
	await test.step('a tab that is closed is offered no more', async () => {
		await ana.page.close();
		await expect(offer(second)).toBeHidden();
	});
});

test('an embedded page and a browser without locks are offered nothing', async ({
	joined,
	roomId,
}) => {
	const ana = await joined('Ana');
	for (const [address, lockless] of [
		[`/room/${roomId}?embed`, false],
		[`/room/${roomId}`, true],
	] as const) {
		const page = await ana.context.newPage();
		if (lockless)
			await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'locks'));
		await page.goto(address);
		await expect(page.getByText(/Connected over (?:UDP|TCP)/)).toBeVisible();
		// The first tab answers whoever asks.
		await page.evaluate(async (name) => {
			const line = new BroadcastChannel(name);
			await new Promise((resolve) => {
				line.onmessage = resolve;
				line.postMessage('who');
			});
		}, `parley:call:${roomId}`);
		await expect(page.getByRole('button', { name: 'Join', exact: true })).toBeEnabled();
		await expect(offer(page)).toHaveCount(0);
		await page.close();
	}
});

test('CONN-12, B-31: the thirty-third tab says that too many are open, and joins when some are closed', async ({
	page,
	context,
}) => {
	await page.goto('/login');
	await page.evaluate(() => fetch('/api/session'));
	const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
	const connect = () => TestClient.connect({ url: serviceUrl }, { cookie });
	const tabs = await Promise.all(Array.from({ length: 32 }, connect));
	await page.goto('/room/standup');
	await expect(page.getByRole('alert')).toContainText('Too many tabs are open. Close some.');
	await expect(page.getByText("Can't reach the server")).toBeHidden();
	for (const tab of tabs) tab.close();
	await page.getByRole('button', { name: 'Try again' }).click();
	await expect(page.getByRole('button', { name: 'Join', exact: true })).toBeEnabled();
});
