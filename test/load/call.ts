/**
 * From the press on Accept until both see each other: `npm run load:call`, after `npm run build`.
 *
 * Two in a browser each call each other in turn. Whoever is called accepts after a moment, and hangs up when both have
 * seen the first picture; 20 times, or `--calls N`. Prints p50 and p95 of every step on both sides, in ms.
 */
import { parseArgs } from 'node:util';
import { newRoomId } from '../../shared/ids.ts';
import { Person } from '../support/browser.ts';
import { acceptButton, acquaint, hangUp, ring, ringing } from '../support/knowing.ts';
import { heading, line } from './percentiles.ts';
import { withBrowsers } from './withBrowsers.ts';

/** What the page of the one who is called marks, in the order in which it comes. */
const steps = ['join-sent', 'join-answered', 'consumers-built', 'resumed', 'first-frame'] as const;

/** How long it rings before it is accepted, in ms: a person needs longer. */
const patience = 2000;
/** From one call to the next, in ms: nobody may call the same person more than six times a minute. */
const pause = 5500;

declare global {
	interface Window {
		/** When the first picture of each person was there, in ms since 1970; asked for before it is. */
		firstSeen: (name: string) => Promise<number>;
	}
}

/** Runs in the page before its own scripts. */
function watchFirstPictures(): void {
	window.firstSeen = (name) =>
		new Promise((resolve) => {
			const seen = ({ target }: Event) => {
				const tile = (target as Element).closest('[data-testid=tile]');
				if (tile?.getAttribute('aria-label') !== name) return;
				document.removeEventListener('loadeddata', seen, true);
				resolve(performance.timeOrigin + performance.now());
			};
			document.addEventListener('loadeddata', seen, true);
		});
}

/** When this page sees the other person's first picture, in ms since 1970. */
const seesFirst = ({ page }: Person, { name }: Person) =>
	page.evaluate((who) => window.firstSeen(who), name);

/** One call; the times of the steps after the press, in ms: those of the callee, when they and when the caller saw. */
async function call(caller: Person, callee: Person): Promise<number[]> {
	await ring(caller, callee);
	await ringing(callee, caller).waitFor();
	await caller.page.waitForTimeout(patience);
	await callee.page.evaluate(() => performance.clearMarks('parley:accept'));
	const seen = Promise.all([seesFirst(callee, caller), seesFirst(caller, callee)]);
	// Nothing is asked of the pages from here on until it is done: looking for elements takes time from what is measured.
	await acceptButton(callee, caller).click();
	const [theirs, ours] = await seen;
	const [at, marks] = await callee.page.evaluate((names) => {
		const when = (name: string) =>
			performance.getEntriesByName(`parley:${name}`)[0]?.startTime ?? Number.NaN;
		const accepted = when('accept');
		return [performance.timeOrigin + accepted, names.map((name) => when(name) - accepted)] as const;
	}, steps);
	return [
		...marks,
		Number(theirs) - at,
		Number(ours) - at,
		Math.max(Number(theirs), Number(ours)) - at,
	];
}

const { values } = parseArgs({ options: { calls: { type: 'string', default: '20' } } });
const calls = Math.min(200, Math.max(1, Number(values.calls)));
await withBrowsers(2, async (service, one, other) => {
	if (!one || !other) throw new Error('two browsers are needed');
	const ann = await Person.open(one, 'Ann', { baseURL: service.url });
	const ben = await Person.open(other, 'Ben', { baseURL: service.url });
	for (const { context } of [ann, ben]) await context.addInitScript(watchFirstPictures);
	await acquaint(newRoomId(), ann, ben);
	const results: number[][] = [];
	for (let count = 0; count < calls + 2; count++) {
		const next = new Promise((resolve) => setTimeout(resolve, pause));
		const [caller, callee] = count % 2 === 0 ? [ann, ben] : [ben, ann];
		const times = await call(caller, callee);
		// What the first two need to load is not counted.
		if (count > 1) results.push(times);
		await hangUp(callee, caller);
		await next;
	}
	console.log(`${calls} calls, ms after the press on Accept\n${heading}`);
	const rows = [...steps, 'callee sees caller', 'caller sees callee', 'both see each other'];
	for (const [index, step] of rows.entries()) {
		const times = results.map((each) => each[index] ?? Number.NaN).filter((time) => time >= 0);
		console.log(line(step, times));
	}
});
