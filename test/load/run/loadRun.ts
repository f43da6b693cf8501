import { availableParallelism, loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { BotProcesses, type Reports } from './botProcesses.ts';
import { Ended } from './exits.ts';
import type { RunOptions } from './options.ts';
import type { MachineReport } from './report.ts';
import { greet, Pulse } from './service.ts';
import { serviceUse, type Use } from './serviceUse.ts';

/** How long bots that miss something wait for it at the end, in ms. Where some did not get in, others miss them in vain. */
const settling = 60_000;

type Stage = 'loading' | 'joining' | 'load on' | 'settling';

/** How a run is now, for the line that shows it. `seconds`: since the bots began to join. */
export type State = {
	stage: Stage;
	seconds: number;
	bots: number;
	joined: number;
	errors: number;
	bytes: number;
};

/**
 * One run of bots on this machine.
 *
 * @param interrupted ends the load early; what was measured until then is kept.
 * @param tell is told once a second how the run is.
 * @returns what was measured, and what cut the run short, if anything did.
 * @throws {Ended} where it cannot begin.
 */
export async function loadRun(
	options: RunOptions,
	interrupted: AbortSignal,
	tell: (state: State) => void,
): Promise<{ machine: MachineReport; cut: Ended | null }> {
	const { url, rooms, peers, metricsToken } = options;
	await greet(url);
	const [began, loadBefore, bots] = [new Date(), loadavg()[0] ?? 0, rooms * peers];
	const processes = new BotProcesses(options);
	const pulse = new Pulse(url);
	let [stage, joining]: [Stage, number] = ['loading', performance.now()];
	const timer = setInterval(() => {
		const seconds = (performance.now() - joining) / 1000;
		tell({ ...processes.progress, stage, seconds, bots });
	}, 1000);
	const cutShort = new Promise<Ended>((resolve) => {
		const stop = () => resolve(new Ended('interrupted', 'The run was interrupted.'));
		if (interrupted.aborted) stop();
		interrupted.addEventListener('abort', stop);
		void pulse.died.then(() => {
			const after = ((performance.now() - joining) / 1000).toFixed(0);
			resolve(
				new Ended(
					'gone',
					`The service at ${url} stopped answering ${after} s after the bots began to join.`,
				),
			);
		});
	});
	/** Waits for this, or until something cuts the run short. */
	const unlessCut = (task: Promise<unknown>): Promise<Ended | null> =>
		Promise.race([cutShort, task.then(() => null)]);
	try {
		let cut = await unlessCut(processes.ready());
		[stage, joining] = ['joining', performance.now()];
		cut ??= await unlessCut(processes.join(bots));
		const allInside = processes.progress.joined === bots;
		const before = cut ? [] : await serviceUse(url, metricsToken);
		const from = performance.now();
		if (!cut && processes.progress.joined > 0) {
			stage = 'load on';
			processes.begin();
			cut = await unlessCut(pause(options.seconds * 1000));
		}
		const seconds = (performance.now() - from) / 1000;
		stage = 'settling';
		const after = before.length > 0 ? await serviceUse(url, metricsToken) : [];
		const settled = processes.end(cut || !allInside ? 0 : settling);
		// Ctrl+C while bots still wait for what they miss: they tell what they have.
		if (!cut) {
			cut = await unlessCut(settled);
			if (cut) void processes.end(0);
		}
		const reports = await settled;
		if (cut?.exit !== 'gone') await processes.leave();
		const machine = machineOf(options, { began, loadBefore, seconds, before, after, reports, cut });
		return { machine, cut };
	} finally {
		clearInterval(timer);
		pulse.stop();
		await processes.close();
	}
}

type Measured = {
	began: Date;
	loadBefore: number;
	seconds: number;
	before: Use[];
	after: Use[];
	reports: Reports;
	cut: Ended | null;
};

function machineOf(
	{ url, scenario, rooms, peers, video, framesPerSecond, seconds: asked, ramp }: RunOptions,
	{ began, loadBefore, seconds, before, after, reports, cut }: Measured,
): MachineReport {
	// A run that was cut short before the load was on says nothing of what it takes.
	const cores = (ms: number) => (seconds < 1 ? 0 : ms / 1000 / seconds);
	return {
		url,
		began: began.toISOString(),
		ended: cut ? cut.exit : 'done',
		asked: { scenario, rooms, peers, video, framesPerSecond, seconds: asked, ramp },
		seconds,
		machine: {
			cores: availableParallelism(),
			...{ loadBefore, loadAfter: loadavg()[0] ?? 0 },
			bots: cores(reports.cpu),
		},
		service: after.map(({ name, cpu, memory }) => {
			const then = before.find((each) => each.name === name)?.cpu ?? 0;
			return { name, cpu: cores(cpu - then), memory };
		}),
		bots: reports.bots,
	};
}

/** Keeps nothing alive, so that a run that is cut short does not wait for its whole time. */
const pause = (ms: number) => setTimeout(ms, undefined, { ref: false });
