import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { newRoomId } from '../../../shared/ids.ts';
import { Certificate } from '../wire/mediaLeg.ts';
import { Probe } from '../probe/probe.ts';
import type { ProbeReport } from '../probe/probeReport.ts';
import { BotProcesses, planBots, type Reports } from './botProcesses.ts';
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
	const roomIds = Array.from({ length: rooms }, newRoomId);
	const certificate = options.bulk ? await makeCertificate() : null;
	const planned = planBots(options, roomIds, certificate);
	const processes = new BotProcesses(options.scenario, planned, options.processes);
	let probe: Probe | null = null;
	/** The probe as one more person in the first room. */
	const joinProbe = async () => {
		if (roomIds[0]) await probe?.join(url, roomIds[0]);
	};
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
		if (options.probe) probe = await Probe.launch(url, options.framesPerSecond);
		let cut = await unlessCut(processes.ready());
		[stage, joining] = ['joining', performance.now()];
		cut ??= await unlessCut(processes.join(bots));
		if (processes.progress.joined > 0) cut ??= await unlessCut(joinProbe());
		const allInside = processes.progress.joined === bots;
		const before = cut ? [] : await serviceUse(url, metricsToken);
		const from = performance.now();
		if (!cut && processes.progress.joined > 0) {
			stage = 'load on';
			await probe?.begin();
			processes.begin();
			cut = await unlessCut(pause(options.seconds * 1000));
		}
		const seconds = (performance.now() - from) / 1000;
		stage = 'settling';
		const probed = (await probe?.end()) ?? null;
		const after = before.length > 0 ? await serviceUse(url, metricsToken) : [];
		const settled = processes.end(cut || !allInside ? 0 : settling);
		// Ctrl+C while bots still wait for what they miss: they tell what they have.
		if (!cut) {
			cut = await unlessCut(settled);
			if (cut) void processes.end(0);
		}
		const reports = await settled;
		if (cut?.exit !== 'gone') await processes.leave();
		const measured = { began, loadBefore, seconds, before, after, reports, probed, cut };
		const machine = machineOf(options, measured);
		return { machine, cut };
	} finally {
		clearInterval(timer);
		pulse.stop();
		await Promise.all([processes.close(), probe?.close()]);
		if (certificate !== null) rmSync(certificate, { recursive: true });
	}
}

/** @returns the folder with a certificate for all bots. @throws {Ended} where there is no openssl. */
async function makeCertificate(): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'parley-load-'));
	try {
		await Certificate.make(folder);
		return folder;
	} catch (error) {
		rmSync(folder, { recursive: true });
		const why = error instanceof Error ? error.message : String(error);
		throw new Ended('noOpenssl', `--bulk needs openssl: ${why}`);
	}
}

type Measured = {
	began: Date;
	loadBefore: number;
	seconds: number;
	before: Use[];
	after: Use[];
	reports: Reports;
	probed: ProbeReport | null;
	cut: Ended | null;
};

function machineOf(
	{ url, scenario, rooms, peers, video, framesPerSecond, seconds: asked, ramp, bulk }: RunOptions,
	{ began, loadBefore, seconds, before, after, reports, probed, cut }: Measured,
): MachineReport {
	// A run that was cut short before the load was on says nothing of what it takes.
	const cores = (ms: number) => (seconds < 1 ? 0 : ms / 1000 / seconds);
	return {
		url,
		began: began.toISOString(),
		ended: cut ? cut.exit : 'done',
		asked: { scenario, rooms, peers, video, framesPerSecond, seconds: asked, ramp, bulk },
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
		probe: probed,
	};
}

/** Keeps nothing alive, so that a run that is cut short does not wait for its whole time. */
const pause = (ms: number) => setTimeout(ms, undefined, { ref: false });
