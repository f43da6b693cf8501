import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, CDPSession } from 'playwright';
import type { Measurement } from '../measurement.ts';
import { percentile } from '../percentiles.ts';
import { preciseCpu, processUse } from '../processUse.ts';
import { browserOf, serviceOf } from '../processes.ts';
import type { Benchmark } from './benchmark.ts';
import { fitOf } from './fit.ts';
import type { Findings, Goal, Plot } from './report.ts';
import { percent } from './schedule.ts';
import { figure } from './spread.ts';

/** How many tiles the page of a call has. */
const counts = [4, 9, 25, 49] as const;

/** A look at a page: seconds since it was opened, MB of its heap after a collection and of all processes of the browser, and nodes. */
type Sample = { at: number; heap: number; memory: number; nodes: number };

/** What grows, in its unit, and by how much it may in all of the time: collections and caches come and go. */
const measures = {
	heap: { what: 'MB of heap', most: 3 },
	memory: { what: 'MB of memory', most: 50 },
	nodes: { what: 'nodes of the document', most: 200 },
} as const satisfies Record<string, { what: string; most: number }>;
type Measure = keyof typeof measures;

type Tiles = {
	count: number;
	samples: Sample[];
	/** ms of each task that took 50 ms or more. */
	longTasks: number[];
	/** What the browser used of a core, and for which share of the time the page's main thread was busy. */
	cpu: number;
	busy: number;
};

declare global {
	interface Window {
		/** How long each task of 50 ms or more took, in ms. */
		longTasks: number[];
	}
}

/** Runs in the page before its own scripts. */
function noteLongTasks(): void {
	window.longTasks = [];
	new PerformanceObserver((list) => {
		for (const { duration } of list.getEntries()) window.longTasks.push(duration);
	}).observe({ type: 'longtask' });
}

/** The processes of the browser. */
async function processesOf(session: CDPSession): Promise<number[]> {
	const { processInfo } = await session.send('SystemInfo.getProcessInfo');
	return processInfo.map(({ id }) => id);
}

/** A look at one of the browser's processes; nothing of one that ended meanwhile. */
function lookAt(pid: number, look: (pid: number) => number): number {
	try {
		return look(pid);
	} catch {
		return 0;
	}
}

const sumOf = (pids: readonly number[], look: (pid: number) => number) =>
	pids.reduce((sum, pid) => sum + lookAt(pid, look), 0);

async function metricsOf(session: CDPSession): Promise<Map<string, number>> {
	const { metrics } = await session.send('Performance.getMetrics');
	return new Map(metrics.map(({ name, value }) => [name, value]));
}

/** Looks at a page of so many tiles again and again. */
async function watch(
	measurement: Measurement,
	browser: Browser,
	address: string,
	tiles: Tiles,
	{ samples, every }: { samples: number; every: number },
): Promise<void> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
	try {
		await context.addInitScript(noteLongTasks);
		const page = await context.newPage();
		const [session, ofBrowser] = [
			await context.newCDPSession(page),
			await browser.newBrowserCDPSession(),
		];
		await session.send('Performance.enable');
		await page.goto(address);
		await page.getByTestId('tile').first().waitFor();
		// To draw the page for the first time is not what goes on.
		await page.evaluate(() => void (window.longTasks.length = 0));
		const pids = await processesOf(ofBrowser);
		const [began, cpuBefore] = [performance.now(), sumOf(pids, preciseCpu)];
		const busyBefore = (await metricsOf(session)).get('TaskDuration') ?? 0;
		const elapsed = () => (performance.now() - began) / 1000;
		while (tiles.samples.length < samples && !measurement.signal.aborted) {
			await pause(every * 1000, undefined, { signal: measurement.signal });
			await session.send('HeapProfiler.collectGarbage');
			const metrics = await metricsOf(session);
			const memory = sumOf(await processesOf(ofBrowser), (pid) => processUse(pid).memory);
			tiles.samples.push({
				at: elapsed(),
				heap: (metrics.get('JSHeapUsedSize') ?? 0) / 2 ** 20,
				memory,
				nodes: metrics.get('Nodes') ?? 0,
			});
			tiles.longTasks = await page.evaluate(() => window.longTasks);
			tiles.cpu = (sumOf(pids, preciseCpu) - cpuBefore) / 1000 / elapsed();
			tiles.busy = ((metrics.get('TaskDuration') ?? 0) - busyBefore) / elapsed();
		}
	} finally {
		await context.close();
	}
}

/** By how much it grows in so many seconds, by a line through all but the first tenth of the samples, in which caches fill. */
function growthOf({ samples }: Tiles, measure: Measure, seconds: number) {
	const later = samples.slice(Math.floor(samples.length / 10));
	const { slope, fit } = fitOf(later.map((sample) => [sample.at, sample[measure]]));
	return { growth: slope * seconds, fit };
}

function findingsOf(all: readonly Tiles[], seconds: number): Findings {
	const names = Object.keys(measures) as Measure[];
	const plots = names.map((measure): Plot => ({
		title: `${measures[measure].what}, by the number of tiles`,
		x: 's',
		y: measures[measure].what,
		lines: all.map(({ count, samples }) => ({
			name: `${count} tiles`,
			points: samples.map((sample) => [sample.at, sample[measure]]),
		})),
	}));
	const goals = names.map((measure): Goal => {
		const { what, most } = measures[measure];
		const growths = all.map((tiles) => growthOf(tiles, measure, seconds).growth);
		const largest = percentile(growths, 1);
		return {
			what: `${what} do not grow, with any number of tiles`,
			goal: `at most ${most} more in ${seconds} s`,
			seen: largest.toFixed(1),
			isMet: largest <= most,
		};
	});
	return {
		runs: `${seconds} s with each number of tiles`,
		tables: [
			{
				title:
					'What a page of a call uses: of a core, at the end, and how much more in all of the time (and how much of that a straight line explains, R²)',
				columns: [
					...['tiles', 'CPU of the browser', 'main thread busy', 'long tasks', 'longest, ms'],
					...names.flatMap((measure) => [measures[measure].what, 'more']),
				],
				rows: all.map((tiles) => [
					`${tiles.count} tiles`,
					...[percent(tiles.cpu), percent(tiles.busy), String(tiles.longTasks.length)],
					figure(percentile(tiles.longTasks, 1)),
					...names.flatMap((measure) => {
						const { growth, fit } = growthOf(tiles, measure, seconds);
						const last = tiles.samples.at(-1)?.[measure] ?? Number.NaN;
						return [figure(last), `${growth.toFixed(1)} (${fit.toFixed(2)})`];
					}),
				]),
			},
		],
		plots,
		goals,
		notes: [
			'The page is the demo, whose people are drawn in the page itself and act by themselves: what it takes to draw them is in the figures, and what it takes to receive and decode them is not.',
			'Memory is that of all processes of the browser; what they share counts for each. The first tenth of the time, in which caches fill, is left out of what grows.',
		],
	};
}

/** What the page of a call uses for a long time, with a few tiles and with many. */
export const tiles: Benchmark = {
	title: 'Tiles: what the page of a call uses over ten minutes',
	compares: false,
	start({ isSmoke }) {
		const { samples, every } = isSmoke ? { samples: 2, every: 0.2 } : { samples: 40, every: 15 };
		const seconds = samples * every;
		const all: Tiles[] = [];
		return {
			bound: 120 + counts.length * 2 * seconds,
			async work(measurement) {
				const { url } = await serviceOf(measurement);
				const browser = await browserOf(measurement);
				for (const count of counts) {
					if (measurement.signal.aborted) return;
					const own: Tiles = { count, samples: [], longTasks: [], cpu: 0, busy: 0 };
					all.push(own);
					await watch(measurement, browser, `${url}/demo?people=${count}`, own, { samples, every });
				}
			},
			findings: () =>
				findingsOf(
					all.filter(({ samples }) => samples.length > 1),
					seconds,
				),
		};
	},
};
