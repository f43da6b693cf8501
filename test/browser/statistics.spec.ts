import type { Locator } from 'playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { expect, serviceUrl, test, type Person } from '../support/browser.ts';
import { figure as metric } from '../support/figure.ts';

async function open(person: Person): Promise<Locator> {
	await person.controls.getByRole('button', { name: 'More', exact: true }).click();
	await person.page.getByRole('menuitem', { name: 'Statistics' }).click();
	return person.page.getByRole('dialog', { name: 'Statistics' });
}

/** The number that a cell of the table begins with. */
async function figure(panel: Locator, row: string, column: number): Promise<number> {
	const cell = panel
		.getByRole('row')
		.filter({ has: panel.page().getByRole('rowheader', { name: row, exact: true }) })
		.getByRole('cell')
		.nth(column);
	return Number.parseFloat(await cell.innerText());
}

test('the statistics tell what is sent and received, stand still, go out as text, and close', async ({
	joined,
}) => {
	const reported = (name: string) => metric({ url: serviceUrl }, `parley_client_${name}_count`);
	const reports = await reported('loss_ratio');
	const pictures = await reported('first_picture_seconds');
	const [ana, bo] = [await joined('Ana'), await joined('Bo')];
	await test.step('the figures stand still on request, go out as text, and the key closes them', async () => {
		await bo.seesMoving('Ana');
		await bo.page.getByRole('main', { name: 'Call' }).focus();
		const panel = bo.page.getByRole('dialog', { name: 'Statistics' });
		// The key comes with what is loaded after the first picture.
		await expect(async () => {
			if (!(await panel.isVisible())) await bo.page.keyboard.press('s');
			await expect(panel).toBeVisible({ timeout: 5000 });
		}).toPass({ timeout: 30_000 });
		const table = panel.getByRole('table');
		await expect(table).toBeVisible();
		await panel.getByRole('button', { name: 'Pause' }).click();
		const held = await table.innerText();
		await bo.page.waitForTimeout(2500);
		expect(await table.innerText()).toBe(held);

		// What is not granted is refused from then on: the camera would end.
		const devices = ['camera', 'microphone'];
		await bo.context.grantPermissions([...devices, 'clipboard-read', 'clipboard-write']);
		await panel.getByRole('button', { name: /^Copy/ }).click();
		await expect(panel.getByText('Copied.')).toBeVisible();
		const text = await bo.page.evaluate(() => navigator.clipboard.readText());
		const report = JSON.parse(text) as {
			send: { protocol: string };
			streams: { peerId: string | null; source: string; history: { at: number[] } }[];
		};
		expect(report.send.protocol).toBe('udp');
		expect(report.streams.map(({ source }) => source).sort()).toEqual([
			...['camera', 'camera', 'microphone', 'microphone'],
		]);
		expect(report.streams.every(({ history }) => history.at.length > 0)).toBe(true);
		expect(text).not.toContain('Ana');

		await panel.getByRole('button', { name: 'Resume' }).click();
		await expect.poll(() => table.innerText()).not.toBe(held);
		await bo.page.keyboard.press('s');
		await expect(panel).toBeHidden();
	});
	await test.step('what is sent, and what is received of somebody, in figures and plots', async () => {
		await bo.seesMoving('Ana');
		await ana.seesMoving('Bo');
		const panel = await open(bo);
		await expect(panel.getByRole('table', { name: 'Sent by you' })).toBeVisible();
		await expect(panel.getByRole('columnheader')).toHaveText(['Microphone', 'Camera']);
		await expect.poll(() => figure(panel, 'Bitrate', 1)).toBeGreaterThan(0);
		await expect.poll(() => figure(panel, 'Frames per second', 1)).toBeGreaterThan(0);
		await expect(panel.getByText('UDP')).toBeVisible();
		await expect(panel.getByRole('cell', { name: 'VP8' })).toBeVisible();
		await expect(panel.getByRole('cell', { name: 'opus' })).toBeVisible();
		await expect(panel.locator('canvas')).toHaveCount(6);

		await expectAccessible(bo.page, 'statistics');
		await panel.getByRole('combobox', { name: 'Show stats for' }).selectOption('Ana');
		await expect(panel.getByRole('table', { name: 'Received from Ana' })).toBeVisible();
		await expect.poll(() => figure(panel, 'Frames per second', 1)).toBeGreaterThan(0);
		// It is the picture that is there.
		const width = await bo
			.tile('Ana')
			.locator('video')
			.evaluate((video: HTMLVideoElement) => video.videoWidth);
		await expect.poll(() => figure(panel, 'Size', 1)).toBe(width);

		// Something is drawn in the plots, and more of it a moment later.
		const ink = () =>
			panel
				.locator('canvas')
				.first()
				.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
		const before = await ink();
		await expect.poll(ink).not.toBe(before);

		// Both reported to the service, and Bo, to whom Ana sent when he joined, the time to her picture.
		await expect.poll(() => reported('loss_ratio')).toBeGreaterThan(reports + 1);
		await expect.poll(() => reported('round_trip_seconds')).toBeGreaterThan(1);
		await expect.poll(() => reported('first_picture_seconds')).toBe(pictures + 1);

		// The service itself saw their paths open, and what went over them.
		const seen = (name: string) => metric({ url: serviceUrl }, `parley_${name}`);
		expect(await seen('join_step_seconds_count{step="connect"}')).toBeGreaterThan(1);
		expect(await seen('worker_received_bytes_total{worker="0"}')).toBeGreaterThan(100_000);
		expect(await seen('worker_sent_bytes_total{worker="0"}')).toBeGreaterThan(100_000);

		// Ana leaves: what is left are one's own figures.
		await ana.leaveOthers();
		await expect(panel.getByRole('table', { name: 'Sent by you' })).toBeVisible();
	});
});
