import { join } from 'node:path';
import type { Browser } from 'playwright';
import { newRoomId } from '../../../shared/ids.ts';
import { Person } from '../../support/browser.ts';
import { eventually } from '../../support/client.ts';
import { percentile } from '../percentiles.ts';
import { serviceOf } from '../processes.ts';
import { ratioOf, ratioWords } from './alternate.ts';
import { bareService } from './bare/bareService.ts';
import type { Benchmark } from './benchmark.ts';
import { pageScript } from './pageScript.ts';
import type { Findings } from './report.ts';
import { pausesOf, recordFrames } from './shownFrames.ts';
import { spreadGoal, spreadPlot, spreadTable } from './spread.ts';
import { browsersFor } from './trialBenchmark.ts';

/** Windows in which the tile of the sender asks for the smaller picture, and for the larger one, which is so wide. */
const windows = {
	small: { width: 300, height: 400 },
	large: { width: 1280, height: 720 },
} as const;
const widest = 640;

/** For how long a picture is looked at: before its delays count, while they do, and after it became larger, in ms. */
const times = { settling: 4000, reading: 8000, after: 500 } as const;

/** What came of all turns: each delay and the median of each turn, in ms; of each switch, how long it took and the longest pause. */
type Found = {
	bare: { delays: number[]; medians: number[] };
	parley: { delays: number[]; medians: number[] };
	switches: number[];
	pauses: number[];
};

/** One who sends and one who watches, and both close. */
type Pair = { sender: Person; receiver: Person };

async function opened(
	[there, arriving]: readonly Browser[],
	baseURL: string,
	script: string,
): Promise<Pair> {
	if (!there || !arriving) throw new Error('two browsers are needed');
	const sender = await Person.open(there, 'Sender', { baseURL });
	const receiver = await Person.open(arriving, 'Receiver', { baseURL, viewport: windows.large });
	for (const { context } of [sender, receiver]) await context.addInitScript({ content: script });
	return { sender, receiver };
}

async function joinBare({ sender, receiver }: Pair): Promise<void> {
	await sender.page.goto('/#send');
	await sender.page.getByRole('button', { name: 'Join' }).click();
	await sender.page.waitForFunction(() => performance.getEntriesByName('parley:sent').length > 0);
	await receiver.page.goto('/');
	await receiver.page.getByRole('button', { name: 'Join' }).click();
}

async function joinParley({ sender, receiver }: Pair): Promise<void> {
	const roomId = newRoomId();
	for (const person of [sender, receiver]) {
		await person.toLobby(roomId);
		await person.join();
	}
}

/** Looks for a while at how old the pictures are. */
async function readDelays(
	{ page, tile }: { page: Person['page']; tile: ReturnType<Person['tile']> },
	{ settling, reading }: { settling: number; reading: number },
): Promise<number[]> {
	await tile.locator('video').evaluate((video: HTMLVideoElement) => window.glass.read(video));
	await page.waitForFunction(() => window.glass.delays.length > 0);
	await page.waitForTimeout(settling);
	await page.evaluate(() => void (window.glass.delays.length = 0));
	await page.waitForTimeout(reading);
	return page.evaluate(() => window.glass.delays);
}

/**
 * The tile grows from one that asks for the smaller picture.
 *
 * @returns the ms from then until the larger picture is shown, and the longest pause between two pictures meanwhile.
 */
async function switchUp(receiver: Person): Promise<{ took: number; pause: number }> {
	const { page } = receiver;
	await page.setViewportSize(windows.small);
	const shown = await recordFrames(receiver, 'Sender');
	const widthNow = async () => (await shown()).at(-1)?.width ?? widest;
	await eventually(async () => (await widthNow()) < widest);
	await page.evaluate(() =>
		addEventListener('resize', () => performance.mark('bench:grown'), { once: true }),
	);
	await page.setViewportSize(windows.large);
	await eventually(async () => (await widthNow()) >= widest);
	await page.waitForTimeout(times.after);
	const grown = await page.evaluate(() => {
		const [mark] = performance.getEntriesByName('bench:grown');
		performance.clearMarks('bench:grown');
		return mark?.startTime ?? Number.NaN;
	});
	const frames = await shown();
	const last = frames.findLastIndex(({ at }) => at < grown);
	const since = frames.slice(Math.max(0, last));
	const large = since.find(({ at, width }) => at >= grown && width >= widest);
	return { took: (large?.at ?? Number.NaN) - grown, pause: Math.max(...pausesOf(since)) };
}

function findingsOf({ bare, parley, switches, pauses }: Found): Findings {
	const ratio = ratioOf(parley.medians, bare.medians);
	const delays = [
		{ name: 'bare', values: bare.delays },
		{ name: 'Parley', values: parley.delays },
	];
	const growing = { name: 'From a tile that grows to the larger picture', values: switches };
	const pause = { name: 'Longest pause between two pictures meanwhile', values: pauses };
	return {
		runs: `${bare.medians.length} and ${parley.medians.length} turns, ${switches.length} switches`,
		tables: [
			spreadTable('ms from the camera to the page that shows it', delays),
			spreadTable('A tile grows: ms of each switch', [growing, pause]),
		],
		plots: [
			spreadPlot(
				'From the camera to the page that shows it',
				{ x: 'ms', y: '% of pictures' },
				delays,
			),
		],
		goals: [
			{
				what: 'Delay from the camera to the page, p50, to that of a bare page',
				goal: 'at most 1.15',
				seen: ratioWords(ratio),
				isMet: ratio.ratio <= 1.15,
			},
			spreadGoal(growing, 0.95, 600),
			spreadGoal(pause, 1, 200),
		],
		notes: [
			'The camera is a canvas of 640 by 360, with the time in its picture. A picture is as old as it is when the page is given it to show; the screen comes on top for both alike. The interval is that of the medians of the turns.',
			'A tile grows with its window. Nobody watched the larger picture before, so that the sender begins to encode it.',
		],
	};
}

/** How old pictures are when they are shown, in turns with a bare page, and how soon a tile that grows has the larger one. */
export const glass: Benchmark = {
	title: 'Pictures: from the camera to the page that shows it',
	compares: false,
	start({ isSmoke, runs }) {
		const turns = isSmoke ? 1 : (runs ?? 6);
		const [settling, reading] = isSmoke ? [0, 300] : [times.settling, times.reading];
		const switchesEach = isSmoke ? 1 : 3;
		const found: Found = {
			bare: { delays: [], medians: [] },
			parley: { delays: [], medians: [] },
			switches: [],
			pauses: [],
		};
		return {
			bound: 120 + turns * 180,
			async work(measurement) {
				const script = await pageScript(join(import.meta.dirname, 'glass', 'page.ts'));
				const browsers = await browsersFor(measurement, 2);
				const sides = [
					{ into: found.bare, join: joinBare, url: (await bareService(measurement)).url },
					{ into: found.parley, join: joinParley, url: (await serviceOf(measurement)).url },
				];
				for (let turn = 0; turn < turns; turn++)
					for (const { into, join: enter, url } of turn % 2 === 0 ? sides : sides.toReversed()) {
						if (measurement.signal.aborted) return;
						const pair = await opened(browsers, url, script);
						const { sender, receiver } = pair;
						await enter(pair);
						const tile = receiver.tile('Sender');
						const delays = await readDelays({ page: receiver.page, tile }, { settling, reading });
						for (const delay of delays) into.delays.push(delay);
						into.medians.push(percentile(delays, 0.5));
						for (let count = 0; into === found.parley && count < switchesEach; count++) {
							const { took, pause } = await switchUp(receiver);
							found.switches.push(took);
							found.pauses.push(pause);
						}
						for (const person of [receiver, sender]) await person.close();
					}
			},
			findings: () => findingsOf(found),
		};
	},
};
