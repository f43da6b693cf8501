import type { Page } from 'playwright/test';
import { expect, test } from '../support/browser.ts';

/** The server is a newer one for so many connections: it takes the page for too old. */
async function tooOld(page: Page, times: number): Promise<{ loads: () => number }> {
	let loads = 0;
	page.on('load', () => loads++);
	await page.routeWebSocket(/socket\.io/, (socket) => {
		if (times-- <= 0) return void socket.connectToServer();
		const open = { sid: 's', upgrades: [], pingInterval: 25_000, pingTimeout: 20_000 };
		socket.send(`0${JSON.stringify({ ...open, maxPayload: 1_000_000 })}`);
		socket.onMessage((message) => {
			if (!String(message).startsWith('40')) return;
			expect(JSON.parse(String(message).slice(2))).toEqual({
				protocol: expect.any(Number),
				build: expect.stringMatching(/./),
				page: expect.any(String),
			});
			const data = { code: 'CLIENT_TOO_OLD', message: 'This page is too old. Reload it.' };
			socket.send(`44${JSON.stringify({ message: data.code, data })}`);
		});
	});
	return { loads: () => loads };
}

test('RELOAD-3: a page that is too old is loaded anew, and goes on', async ({ page, roomId }) => {
	const { loads } = await tooOld(page, 1);
	await page.goto(`/room/${roomId}`);
	await expect(page.getByText('Connected over UDP')).toBeVisible();
	expect(loads()).toBe(2);
});

test('RELOAD-3: a page that is too old again says so, and is not loaded for ever', async ({
	page,
	roomId,
}) => {
	const { loads } = await tooOld(page, Number.POSITIVE_INFINITY);
	await page.goto(`/room/${roomId}`);
	await expect(page.getByRole('heading', { name: 'This page is out of date' })).toBeVisible();
	expect(loads()).toBe(2);
	await expect(page.getByRole('button', { name: 'Reload' })).toBeVisible();
});
