import { newRoomId } from '../../shared/ids.ts';
import { expect, test, type Person } from '../support/browser.ts';
import { Writer } from '../support/chat.ts';
import { Cast } from '../support/client.ts';
import { choose, people } from '../support/hosting.ts';
import { comesIntoReach, fits, reachable } from '../support/reach.ts';
import { startServiceProcess } from '../support/serviceProcess.ts';
import { phone } from '../support/views.ts';

const onItsSide = { width: 844, height: 390 };

/** The buttons of the bar lie in the window, and nothing lies over them. */
async function barIsFree({ controls }: Person) {
	for (const button of await controls.getByRole('button').all())
		await expect.poll(() => reachable(button)).toBe(true);
}

test('300 people fit into the list, the chat and the pages of tiles', async ({ person }) => {
	const service = await startServiceProcess(undefined, {
		PARLEY_ROOMS_MAXPEERS: '301',
		PARLEY_LIMITS_WORKPERADDRESS: '1000000',
	});
	const cast = new Cast(service, newRoomId());
	try {
		const ana = await person('Ana', { baseURL: service.url, viewport: phone });
		await ana.toLobby(cast.roomId);
		await ana.join();
		// She comes back when all are there: a page that sees each of them come has much to draw.
		await ana.page.goto('about:blank');
		for (let count = 1; count <= 300; count++) await cast.joined(`Guest ${count}`, 0);
		await ana.toLobby(cast.roomId);
		await ana.join();
		const panel = await people(ana);
		await expect(panel.getByRole('listitem')).toHaveCount(301);
		await comesIntoReach(panel.getByText('Guest 300', { exact: true }));
		await comesIntoReach(panel.getByText('Ana', { exact: true }));
		expect(await fits(ana)).toBe(true);
		await choose(ana, 'Guest 299', 'Make host');
		await expect(panel.getByRole('listitem').filter({ hasText: 'Guest 299' })).toContainText(
			'Host',
		);
		await panel.getByRole('button', { name: 'Close people' }).click();
		await barIsFree(ana);
		await expect(ana.page.getByTestId('tile')).not.toHaveCount(301);
	} finally {
		cast.close();
		await service.close();
	}
});

test('a word of 8000 letters, 20 messages at once and 12 knocks cover nothing', async ({
	person,
	cast,
	roomId,
}) => {
	const ana = await person('Ana', { viewport: phone });
	const { page } = ana;
	await ana.toLobby(roomId);
	await ana.join();
	const ben = await Writer.enter(cast, 'Ben');
	await test.step('messages while the chat is closed', async () => {
		const chat = ana.controls.getByRole('button', { name: 'Chat' });
		// The chat listens a moment after the join.
		await ben.post('Hello');
		await expect(chat).toHaveAttribute('title', /, 1 unread/);
		for (let count = 1; count < 20; count++) await ben.post(`Message ${count}`);
		await ben.post('w'.repeat(8000));
		await expect(chat).toHaveAttribute('title', /, 21 unread/);
		await barIsFree(ana);
		expect(await fits(ana)).toBe(true);
	});
	await test.step('the word stays within the chat', async () => {
		await ana.controls.getByRole('button', { name: 'Chat' }).click();
		const word = page.getByRole('article').filter({ hasText: 'w'.repeat(8000) });
		await word.scrollIntoViewIfNeeded();
		expect(await fits(ana)).toBe(true);
		const box = await word.boundingBox();
		expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= phone.width).toBe(true);
		await expect.poll(() => reachable(page.getByRole('button', { name: 'Send' }))).toBe(true);
		await page.getByRole('button', { name: 'Close chat' }).click();
	});
	await test.step('twelve knocks, and a phone that is turned while a dialog is open', async () => {
		const panel = await people(ana);
		await panel.getByRole('button', { name: 'Room settings' }).click();
		const settings = page.getByRole('dialog', { name: 'Room settings' });
		await settings.getByRole('switch', { name: 'Waiting room' }).click();
		await page.setViewportSize(onItsSide);
		await comesIntoReach(settings.getByRole('button', { name: 'Done' }));
		await page.setViewportSize(phone);
		await settings.getByRole('button', { name: 'Done' }).click();
		await panel.getByRole('button', { name: 'Close people' }).click();
		await Promise.all(
			Array.from({ length: 12 }, async (_, index) => {
				const client = await cast.connect();
				await client.ask('lobby:enter', { roomId });
				await client.ask('room:knock', { name: `Knocks ${index + 1}` });
			}),
		);
		for (const size of [phone, onItsSide]) {
			await page.setViewportSize(size);
			await barIsFree(ana);
			expect(await fits(ana)).toBe(true);
		}
		await people(ana);
		await comesIntoReach(panel.getByRole('button', { name: 'Admit Knocks 12' }));
		await comesIntoReach(panel.getByRole('button', { name: 'Admit all' }));
	});
});
