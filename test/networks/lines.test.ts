import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { heading, line as row, percentile } from '../load/percentiles.ts';
import { Stretch } from '../support/lines/callWatch.ts';
import { PeopleOnLines, type PersonOnLine } from '../support/lines/peopleOnLines.ts';
import { canMakeNamespaces } from '../support/networkNamespace.ts';

// Lines that lose, delay, change and end, between real browsers and the real service. `PARLEY_NETWORK_RUNS=5 npm run
// test:networks` measures each of them five times, with longer outages, and holds it to what it must keep. One run on a
// busy machine shows that all comes back, not how fast.

const runs = Number(process.env['PARLEY_NETWORK_RUNS'] ?? 1);
const isMeasured = runs >= 5;
/** How many times longer than it should it may take where it is not measured. */
const tolerance = isMeasured ? 1 : 5;
const timeout = 60_000 + runs * 180_000;

const rows: string[] = [];
afterAll(() => console.log(['Times in ms', heading, ...rows].join('\n')));

/** Takes note of times, in ms, and holds their 95th percentile to the bound. */
function keeps(what: string, times: readonly number[], bound: number): void {
	rows.push(row(what, times));
	expect(percentile(times, 0.95), what).toBeLessThan(bound * tolerance);
}

/** Waits until there is such a time. */
async function until(look: () => Promise<number | null>): Promise<number> {
	let found: number | null = null;
	await expect.poll(async () => (found = await look()), { timeout: 60_000 }).not.toBeNull();
	return found ?? Number.NaN;
}

describe.runIf(canMakeNamespaces)('two people on lines of their own', () => {
	let all: PeopleOnLines;
	let ana: PersonOnLine;
	let bo: PersonOnLine;

	beforeAll(async () => {
		all = await PeopleOnLines.start(['Ana', 'Bo']);
		[ana, bo] = all.people as [PersonOnLine, PersonOnLine];
		for (const { person } of [ana, bo]) {
			await person.toLobby(all.roomId);
			await person.join();
		}
		await ana.person.seesMoving('Bo');
		// A line is watched once the first pictures are there.
		await pause(2000);
	}, 60_000);
	afterAll(() => all?.close());

	afterEach(async () => {
		await ana.line.mend();
		await ana.relay.delay(ana.line.address, 0, 0);
		for (const stretch of await fromNow()) {
			await until(() => stretch.sound());
			await until(() => stretch.picture());
		}
		expect([ana, bo].flatMap(({ person }) => person.exceptions)).toEqual([]);
	});

	/** What comes from now on: to Ana, whose line is made worse, and to Bo. */
	const fromNow = async () =>
		[await Stretch.begin(ana.person.page), await Stretch.begin(bo.person.page)] as const;

	/** Sound and pictures while a line is bad for so many ms: the share of the time with sound, and the longest freezes. */
	async function whileBad(ms: number): Promise<{ heard: number[]; freezes: number[] }> {
		await pause(1500);
		const both = await fromNow();
		await pause(ms);
		return {
			heard: await Promise.all(both.map((stretch) => stretch.heard())),
			freezes: await Promise.all(both.map((stretch) => stretch.freeze())),
		};
	}

	/** After how many ms both hear, and see, the other again. */
	async function backAfter(both: readonly Stretch[]): Promise<{ sound: number; picture: number }> {
		const sound = await Promise.all(both.map((stretch) => until(() => stretch.sound())));
		const picture = await Promise.all(both.map((stretch) => until(() => stretch.picture())));
		return { sound: Math.max(...sound), picture: Math.max(...picture) };
	}

	async function repeated<T>(run: () => Promise<T>): Promise<T[]> {
		const results: T[] = [];
		while (results.length < runs) results.push(await run());
		return results;
	}

	/** Takes note of when both heard and saw the other again, and holds that to the bounds, in ms. */
	function comesBack(
		what: string,
		times: Awaited<ReturnType<typeof backAfter>>[],
		bounds: { sound: number; picture: number },
	) {
		for (const kind of ['sound', 'picture'] as const)
			keeps(
				`${what}: ${kind}`,
				times.map((time) => time[kind]),
				bounds[kind],
			);
	}

	/** Whether all that happened in a bad line kept the voices going for at least this share of the time. */
	function voicesGoOn(what: string, times: Awaited<ReturnType<typeof whileBad>>[], share: number) {
		const heard = times.flatMap((one) => one.heard.map((part) => part * 100));
		rows.push(row(`${what}: heard, %`, heard));
		rows.push(
			row(
				`${what}: freeze`,
				times.flatMap(({ freezes }) => freezes),
			),
		);
		expect(percentile(heard, 0), what).toBeGreaterThan(share);
	}

	test.each([
		{ loss: 5, share: 90 },
		{ loss: 10, share: 85 },
		{ loss: 30, share: 60 },
	])('$loss % lost in both directions: voices go on', { timeout }, async ({ loss, share }) => {
		const times = await repeated(async () => {
			await ana.line.worsen({ up: { loss }, down: { loss } });
			return whileBad(5000);
		});
		voicesGoOn(`${loss} % loss`, times, share);
	});

	test(
		'150 ms of delay, 50 ms of jitter, packets in another order: voices go on',
		{ timeout },
		async () => {
			const times = await repeated(async () => {
				await ana.relay.delay(ana.line.address, 150, 50);
				return whileBad(5000);
			});
			voicesGoOn('late and in disorder', times, 85);
		},
	);

	test.each(['up', 'down'] as const)(
		'300 kbit/s %s: voices go on, and pictures come back in full',
		{ timeout },
		async (direction) => {
			const sees = direction === 'up' ? bo : ana;
			const back: number[] = [];
			const times = await repeated(async () => {
				await ana.line.worsen({ [direction]: { kbits: 300 } });
				const bad = await whileBad(8000);
				await ana.line.mend();
				const stretch = await Stretch.begin(sees.person.page);
				const full = async () =>
					(await stretch.samples()).find(({ height }) => height >= 360)?.at ?? null;
				back.push((await until(full)) - stretch.began);
				await sees.person.seesMoving(direction === 'up' ? 'Ana' : 'Bo');
				return bad;
			});
			voicesGoOn(`300 kbit/s ${direction}`, times, 85);
			keeps(`300 kbit/s ${direction}: full picture`, back, 20_000);
		},
	);

	test.each([
		['other ports', () => ana.relay.newPorts(ana.line.address)],
		['other network', () => ana.line.change()],
	])('%s: sound is back within 4 s', { timeout }, async (what, change) => {
		const times = await repeated(async () => {
			const both = await fromNow();
			await change();
			// What is on its way still comes.
			await pause(500);
			const back = await backAfter(both.map((stretch) => stretch.later(500)));
			await pause(2000);
			return back;
		});
		comesBack(what, times, { sound: 4000, picture: 8000 });
	});

	test.each(isMeasured ? [10, 50, 100] : [10])(
		'an outage of %i s: sound both ways within 3 s, the share and the hand are there',
		{ timeout: timeout + runs * 120_000 },
		async (seconds) => {
			const { page, controls } = ana.person;
			await controls.getByRole('button', { name: 'Share screen' }).click();
			await page.keyboard.press('h');
			const share = bo.person.page.getByRole('group', { name: /Ana.*screen/ });
			const hand = bo.person.tile('Ana').getByRole('img', { name: /hand/i });
			await share.waitFor();
			await hand.waitFor();
			const times = await repeated(async () => {
				await ana.line.cut();
				await pause(seconds * 1000);
				await ana.line.mend();
				return backAfter(await fromNow());
			});
			await share.waitFor();
			await hand.waitFor();
			await controls.getByRole('button', { name: 'Stop sharing' }).click();
			await page.keyboard.press('h');
			comesBack(`outage of ${seconds} s`, times, { sound: 3000, picture: 5000 });
		},
	);

	test('where UDP is blocked, the lobby says TCP within 3 s', { timeout }, async () => {
		const { context } = ana.person;
		const times = await repeated(async () => {
			await ana.line.cutUdp();
			const page = await context.newPage();
			await page.goto(`/room/${all.roomId}-tcp`);
			const began = performance.now();
			await page.getByText('Connected over TCP').waitFor({ timeout: 60_000 });
			const took = performance.now() - began;
			await page.close();
			await ana.line.mend();
			return took;
		});
		keeps('UDP is blocked: TCP is said', times, 3000);
	});
});
