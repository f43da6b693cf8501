/**
 * From the click on Join to the first remote frame: `npm run load:join`, after `npm run build`.
 *
 * One browser is in a room and sends its camera; a second one goes through the lobby, waits until its
 * media path is proved, and joins, 20 times with a new page each (or `--joins N`). Prints p50 and p95 of
 * every step that the page marks, in ms. A step that no join needed is said to be so.
 */
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { Person } from '../support/browser.ts';
import { firstFrame } from './firstFrame.ts';
import { heading, line } from './percentiles.ts';
import { withBrowsers } from './withBrowsers.ts';

/** What the page marks, in order. `join` is the click. */
const steps = ['join-sent', 'join-answered', 'consumers-built', 'resumed', 'first-frame'] as const;

/** How long the lobby is looked at before the click, in ms: a person needs longer. */
const look = 1500;

/** One join; the times of the steps after the click, in ms. */
async function measure(browser: Browser, url: string, roomId: RoomId): Promise<number[]> {
	const joiner = await Person.open(browser, 'Joiner', { baseURL: url });
	const { page } = joiner;
	try {
		await joiner.toLobby(roomId);
		await page.waitForTimeout(look);
		const button = await page.getByRole('button', { name: 'Join', exact: true }).boundingBox();
		if (!button) throw new Error('there is no button to click');
		const done = firstFrame(page);
		await page.mouse.click(button.x + button.width / 2, button.y + button.height / 2);
		await done;
		return await page.evaluate((names) => {
			const at = (name: string) =>
				performance.getEntriesByName(`parley:${name}`)[0]?.startTime ?? Number.NaN;
			return names.map((name) => at(name) - at('join'));
		}, steps);
	} finally {
		await joiner.close();
	}
}

const { values } = parseArgs({ options: { joins: { type: 'string', default: '20' } } });
const joins = Math.min(200, Math.max(1, Number(values.joins)));
await withBrowsers(2, async (service, there, arriving) => {
	if (!there || !arriving) throw new Error('two browsers are needed');
	const roomId = newRoomId();
	const sender = await Person.open(there, 'Sender', { baseURL: service.url });
	await sender.toLobby(roomId);
	await sender.join();
	const results: number[][] = [];
	// The first one warms the caches of the browser and is not counted.
	for (let join = 0; join <= joins; join++) {
		const times = await measure(arriving, service.url, roomId);
		if (join > 0) results.push(times);
	}
	console.log(`${joins} joins, ms after the click on Join\n${heading}`);
	for (const [index, step] of steps.entries()) {
		console.log(
			line(
				step,
				results.map((times) => times[index] ?? Number.NaN).filter((time) => time >= 0),
			),
		);
	}
});
