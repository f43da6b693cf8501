import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { devices, type Browser } from 'playwright';
import { newRoomId } from '../../../shared/ids.ts';
import { inProject, withoutProjectTools } from '../../../setup/project.mjs';
import { portIn, serviceFolder, settingsOnLoopback } from '../../support/serviceProcess.ts';
import type { Measurement } from '../measurement.ts';
import { browserOf, serviceOf } from '../processes.ts';
import type { Benchmark } from './benchmark.ts';
import type { Findings } from './report.ts';
import { spreadGoal, spreadPlot, spreadTable, type Series } from './spread.ts';

/** A slow phone: how many times as long its scripts take, and its line in bytes a second. */
const slowPhone = { times: 4, bytes: 1_600_000 / 8 } as const;
/** How long an answer takes on its line, in ms: nothing, as the goals are stated, and as on a mobile network. */
const latencies = [0, 150] as const;

/** How long the first start may take, in s: it may install and build. */
const patience = 600;

/** What is opened, and within how many ms it is to be usable where answers take no time. */
const pages = [
	{ name: 'landing page', path: () => '/', most: 1000 },
	{ name: 'room page', path: () => `/room/${newRoomId()}`, most: 2500 },
] as const;

const labelOf = (name: string, latency: number) =>
	latency > 0 ? `${name}, ${latency} ms to an answer` : name;

/** Runs `npm start`, as a person does in the folder of the project, and ends it. @returns the ms until it takes calls. */
async function npmStart(measurement: Measurement, folder: string): Promise<number> {
	const began = performance.now();
	const child = spawn('npm', ['start'], {
		cwd: inProject(),
		env: withoutProjectTools({
			...(await settingsOnLoopback()),
			PARLEY_DATA_DIR: folder,
		}),
		stdio: ['ignore', 'pipe', 'inherit'],
		// npm, the setup and the service: they are ended together.
		detached: true,
	});
	const ended = once(child, 'close');
	const end = async () => {
		if (child.pid && child.exitCode === null && child.signalCode === null)
			process.kill(-child.pid, 'SIGTERM');
		await ended;
	};
	measurement.owns('npm start', end);
	const port = await new Promise<string>((resolve, reject) => {
		createInterface({ input: child.stdout }).on('line', (line) => {
			const found = portIn(line);
			if (found) resolve(found);
		});
		void ended.then(() => reject(new Error('npm start ended before it was ready')));
	});
	const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
	const took = performance.now() - began;
	if (!answer.ok) throw new Error(`/readyz answered ${answer.status}`);
	await end();
	return took;
}

/**
 * Runs in the page before its own scripts: takes note of when the page listens to what is pressed, and, in a room, when
 * Join can be pressed.
 */
function noteUsable(): void {
	localStorage['parley:preferences'] = JSON.stringify({ name: 'Ann' });
	document.addEventListener('parley:listening', () => {
		const look = (): void => {
			const button = [...document.querySelectorAll('button')].find(
				({ textContent, disabled }) => textContent?.trim() === 'Join' && !disabled,
			);
			if (button) performance.mark('bench:usable');
			else requestAnimationFrame(look);
		};
		look();
	});
}

/** Opens a page on a slow phone that has never been there. @returns the ms from the beginning until it can be used. */
async function openOnPhone(browser: Browser, address: string, latency: number): Promise<number> {
	const context = await browser.newContext({ ...devices['Pixel 7'], permissions: ['camera'] });
	try {
		await context.addInitScript(noteUsable);
		const page = await context.newPage();
		const session = await context.newCDPSession(page);
		await session.send('Emulation.setCPUThrottlingRate', { rate: slowPhone.times });
		await session.send('Network.enable');
		await session.send('Network.emulateNetworkConditions', {
			offline: false,
			latency,
			downloadThroughput: slowPhone.bytes,
			uploadThroughput: slowPhone.bytes,
		});
		await page.goto(address, { waitUntil: 'commit' });
		const usable = await page.waitForFunction(
			() => performance.getEntriesByName('bench:usable')[0]?.startTime,
		);
		return (await usable.jsonValue()) ?? Number.NaN;
	} finally {
		await context.close();
	}
}

const second = 'npm start, the second time';

function findingsOf(all: readonly Series[]): Findings {
	const valuesOf = (wanted: string) => all.find(({ name }) => name === wanted)?.values ?? [];
	return {
		runs: `${valuesOf(second).length} starts, each page opened ${all.at(-1)?.values.length ?? 0} times`,
		tables: [spreadTable('ms', all)],
		plots: [spreadPlot('How many were done after so many ms', { x: 'ms', y: '% of runs' }, all)],
		goals: [
			spreadGoal({ name: `${second}, until it takes calls`, values: valuesOf(second) }, 0.5, 1500),
			...pages.map(({ name, most }) =>
				spreadGoal({ name: `${name} on a slow phone`, values: valuesOf(name) }, 0.5, most),
			),
		],
		notes: [
			'The first start, which may install and build, is not counted. A start ends with the answer of `/readyz`.',
			`A slow phone is Chromium with a CPU that takes ${slowPhone.times} times as long and a line of 1.6 Mbit/s, in a browser that has never been there. A page can be used when it listens to what is pressed and Join can be pressed.`,
		],
	};
}

/** How long a service and its pages take to begin. */
export const start: Benchmark = {
	title: 'Start: the service, and its pages on a slow phone',
	compares: false,
	start({ isSmoke, runs }) {
		const times = isSmoke ? 1 : (runs ?? 10);
		const all = new Map<string, number[]>([[second, []]]);
		const opened = isSmoke ? latencies.slice(0, 1) : latencies;
		for (const latency of opened) for (const { name } of pages) all.set(labelOf(name, latency), []);
		return {
			bound: (isSmoke ? 60 : patience) + times * 60,
			async work(measurement) {
				const folder = serviceFolder();
				measurement.owns('the folder of npm start', () =>
					rmSync(folder, { recursive: true, force: true }),
				);
				if (!isSmoke) await npmStart(measurement, folder);
				for (let run = 0; run < times && !measurement.signal.aborted; run++)
					all.get(second)?.push(await npmStart(measurement, folder));
				const service = await serviceOf(measurement);
				const browser = await browserOf(measurement);
				for (let run = 0; run < times; run++)
					for (const latency of opened)
						for (const { name, path } of pages) {
							if (measurement.signal.aborted) return;
							const took = await openOnPhone(browser, `${service.url}${path()}`, latency);
							all.get(labelOf(name, latency))?.push(took);
						}
			},
			findings: () => findingsOf([...all].map(([name, values]) => ({ name, values }))),
		};
	},
};
