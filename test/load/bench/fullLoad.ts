import { percentile } from '../percentiles.ts';
import type { Benchmark } from './benchmark.ts';
import type { Findings } from './report.ts';
import { percent } from './schedule.ts';
import { spreadColumns, spreadOf } from './spread.ts';
import { benchCertificate } from './wire/benchCertificate.ts';
import { StillRoom } from './wire/stillRoom.ts';
import { bytes } from './wire/videoSender.ts';

/** Packets to people in a second. */
const wanted = 50_000;

/** Of each turn: packets to people in a second, and the share of the CPU of the worker that Node and the store took besides. */
type Found = { rates: number[]; beside: number[] };

function findingsOf({ rates, beside }: Found, receivers: number, aim: number): Findings {
	const reached = percentile(rates, 0.5);
	const share = percentile(beside, 0.5);
	return {
		runs: `${rates.length} turns, 1 sender and ${receivers} receivers`,
		tables: [
			{
				title: 'CPU of Node and store for that of the worker, and packets to people in a second',
				columns: ['', 'turns', 'packets a second', ...spreadColumns],
				rows: [
					[
						`${aim} packets a second are sent`,
						String(rates.length),
						reached.toFixed(0),
						...spreadOf(beside).map(percent),
					],
				],
			},
		],
		plots: [
			{
				title: 'CPU of Node and store for that of the worker',
				x: 'turn',
				y: '%',
				lines: [
					{
						name: `${reached.toFixed(0)} packets a second`,
						points: beside.map((value, index) => [index + 1, value * 100]),
					},
				],
			},
		],
		goals: [
			{
				what: `CPU of Node and store beside that of the worker, at ${reached.toFixed(0)} packets a second`,
				goal: 'at most 10 %',
				seen: percent(share),
				isMet: share <= 0.1,
			},
		],
		notes: [
			`Real WebRTC transports, packets of ${bytes} bytes. The receivers stand still while packets are counted: the system drops what they do not read, so that they take no core from the worker. They send no feedback.`,
			reached >= 0.95 * aim
				? `The worker carries the ${aim} packets a second.`
				: `With the sender on the same cores the worker carries ${reached.toFixed(0)} of the ${aim} packets a second.`,
		],
	};
}

/** What Node and the store take besides the worker, while it forwards as much as a busy server does. */
export const fullLoad: Benchmark = {
	title: 'Full load: Node and the store beside the worker',
	compares: false,
	start({ isSmoke, runs }) {
		const receivers = isSmoke ? 3 : 60;
		const aim = isSmoke ? 300 : wanted;
		const [turns, ms] = isSmoke ? [2, 300] : [runs ?? 10, 4000];
		const found: Found = { rates: [], beside: [] };
		return {
			bound: 120 + turns * 3 * (ms / 1000),
			async work(measurement) {
				const certificate = await benchCertificate(measurement);
				const room = await StillRoom.create(measurement, certificate, 1, receivers);
				// The first one warms up.
				for (let turn = 0; turn <= turns && !measurement.signal.aborted; turn++) {
					const { forwarded, took, workers, node } = await room.turn(aim / receivers, ms);
					if (turn === 0) continue;
					found.rates.push((forwarded / took) * 1000);
					found.beside.push(node / workers);
				}
			},
			findings: () => findingsOf(found, receivers, aim),
		};
	},
};
