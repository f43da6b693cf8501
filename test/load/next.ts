/**
 * From the press on Next to the first picture of the next partner: `npm run load:next`, after `npm run build`.
 *
 * Somebody presses Next, 30 times (or `--presses N`), while two others in another browser wait in turn for them: these two
 * have blocked each other, so that one of them always waits and never meets the other. Prints p50 and p95 of every step
 * that the page marks, in ms.
 */
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import { launchOptions, Person } from '../support/browser.ts';
import { startNext } from '../support/matchPage.ts';
import { startServiceProcess } from '../support/serviceProcess.ts';
import { firstFrame } from './firstFrame.ts';
import { heading, line } from './percentiles.ts';

/** What the page marks, in the order in which it comes. `next` is the press. */
const steps = ['next-answered', 'next-found', 'consumers-built', 'resumed', 'first-frame'] as const;

/** How long the partner is looked at before the press, in ms: a person needs longer. */
const look = 1500;

/** Presses Next; the times of the steps after it, in ms. */
async function press(page: Page): Promise<number[]> {
	await page.evaluate(() => performance.clearMarks('parley:first-frame'));
	const done = firstFrame(page);
	// The first press only asks for the second.
	await page.keyboard.press('Escape');
	await page.keyboard.press('Escape');
	await done;
	return page.evaluate((names) => {
		const at = (name: string) =>
			performance.getEntriesByName(`parley:${name}`)[0]?.startTime ?? Number.NaN;
		return names.map((name) => at(name) - at('next'));
	}, steps);
}

const { values } = parseArgs({ options: { presses: { type: 'string', default: '30' } } });
const presses = Math.min(500, Math.max(1, Number(values.presses)));
const service = await startServiceProcess();
const browsers = await Promise.all([
	chromium.launch(launchOptions),
	chromium.launch(launchOptions),
]);
try {
	const [pressing, waiting] = browsers;
	const [ben, cyd] = [
		await Person.open(waiting, 'Ben', { baseURL: service.url }),
		await Person.open(waiting, 'Cyd', { baseURL: service.url }),
	];
	await startNext(ben);
	await startNext(cyd);
	await ben.seesMoving('Cyd');
	await ben.page.getByRole('button', { name: 'Block' }).click();
	const ann = await Person.open(pressing, 'Ann', { baseURL: service.url });
	await startNext(ann);
	await ann.seesMoving('Ben').catch(() => ann.seesMoving('Cyd'));
	const results: number[][] = [];
	// The first two warm the caches of the browser and are not counted.
	for (let count = -2; count < presses; count++) {
		await ann.page.waitForTimeout(look);
		const times = await press(ann.page);
		if (count >= 0) results.push(times);
	}
	console.log(`${presses} presses, ms after the press on Next\n${heading}`);
	for (const [index, step] of steps.entries()) {
		const times = results.map((each) => each[index] ?? Number.NaN).filter((time) => time >= 0);
		console.log(line(step, times));
	}
} finally {
	await Promise.all(browsers.map((browser) => browser.close()));
	await service.close();
}
