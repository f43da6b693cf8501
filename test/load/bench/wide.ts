import { ratioOf, ratioWords } from './alternate.ts';
import type { Benchmark } from './benchmark.ts';
import { machine, type Findings } from './report.ts';
import { spreadColumns, spreadOf } from './spread.ts';
import { benchCertificate } from './wire/benchCertificate.ts';
import { StillRoom } from './wire/stillRoom.ts';
import { bytes } from './wire/videoSender.ts';

/** Packets that one sender sends in a second: far from what a worker carries, and far beyond it. */
const rates = { steady: 300, full: 8000 } as const;
type Rate = keyof typeof rates;

/** From so many cores on, two workers have one each, and the sender one of its own. */
const coresForTwo = 4;

/** Of each turn: packets that were forwarded for each ms of the workers' CPU, and for each ms of the clock. */
type Turns = Record<Rate, { efficiency: number[]; speed: number[] }>;

/** A room, and what came of its turns. */
class RoomOn {
	readonly room: StillRoom;
	readonly turns: Turns = {
		steady: { efficiency: [], speed: [] },
		full: { efficiency: [], speed: [] },
	};

	constructor(room: StillRoom) {
		this.room = room;
	}

	/** Sends for so many ms. */
	async turn(rate: Rate, ms: number, isCounted: boolean): Promise<void> {
		const { forwarded, workers, took } = await this.room.turn(rates[rate], ms);
		if (!isCounted) return;
		this.turns[rate].efficiency.push(forwarded / workers);
		this.turns[rate].speed.push(forwarded / took);
	}
}

function findingsOf([one, two]: readonly RoomOn[], receivers: number): Findings {
	if (!one || !two) return { runs: 'none', tables: [], plots: [], goals: [], notes: [] };
	const { cores } = machine();
	const cost = ratioOf(two.turns.steady.efficiency, one.turns.steady.efficiency);
	const gain = ratioOf(two.turns.full.speed, one.turns.full.speed);
	const rows = (rate: Rate, what: 'efficiency' | 'speed') =>
		[one, two].map(({ room, turns }) => {
			const values = turns[rate][what];
			return [
				room.workers === 1 ? 'one worker' : 'two workers',
				room.placed,
				String(values.length),
				...spreadOf(values).map((packets) => (packets * 1000).toFixed(0)),
			];
		});
	const columns = ['a room on', 'streams to people', 'turns', ...spreadColumns];
	const hasCores = cores >= coresForTwo;
	return {
		runs: `${one.turns.steady.efficiency.length} turns each, 1 sender and ${receivers} receivers`,
		tables: [
			{
				title: `Packets to people for each second of the workers' CPU, at ${rates.steady} packets a second from the sender`,
				columns,
				rows: rows('steady', 'efficiency'),
			},
			{
				title: `Packets to people in each second, at ${rates.full} packets a second from the sender: more than the workers carry`,
				columns,
				rows: rows('full', 'speed'),
			},
		],
		plots: [],
		goals: [
			{
				what: 'Packets for the CPU of the workers, on two to on one',
				goal: 'at least 0.9',
				seen: ratioWords(cost),
				isMet: cost.ratio >= 0.9,
			},
			...(hasCores
				? [
						{
							what: 'Packets in the same time, on two workers to on one',
							goal: 'at least 1.8',
							seen: ratioWords(gain),
							isMet: gain.ratio >= 1.8,
						},
					]
				: []),
		],
		notes: [
			`Real WebRTC transports, packets of ${bytes} bytes, in VP8 of one size. Packets are those that the engine counts as sent to people; those through the pipe are not among them, and their cost is in the CPU.`,
			'The receivers stand still while packets are counted: the system drops what they do not read, so that they take no core from the workers. They send no feedback.',
			hasCores
				? `Two workers carried ${ratioWords(gain)} times what one carried.`
				: `This machine has ${cores} cores. Two workers at full load share them with the sender and with Node, so that what they carried, ${ratioWords(gain)} times what one did, is less than they would carry on ${coresForTwo} cores, and is no goal here. By the CPU that they took for a packet, two workers with a core each would carry ${(2 * cost.ratio).toFixed(2)} times as much.`,
		],
	};
}

/** What a room over two workers costs, and how much more it carries, in turns with the same room on one. */
export const wide: Benchmark = {
	title: 'Wide rooms: two workers beside one',
	compares: false,
	start({ isSmoke, runs }) {
		const receivers = isSmoke ? 4 : 60;
		const [turns, ms] = isSmoke ? [2, 500] : [runs ?? 10, 4000];
		const rooms: RoomOn[] = [];
		return {
			bound: 240 + (turns + 1) * 4 * (ms / 1000) * 3,
			async work(measurement) {
				const certificate = await benchCertificate(measurement);
				for (const workers of [1, 2])
					rooms.push(
						new RoomOn(await StillRoom.create(measurement, certificate, workers, receivers)),
					);
				for (let turn = 0; turn <= turns; turn++) {
					for (const rate of ['steady', 'full'] as const)
						for (const room of turn % 2 === 0 ? rooms : rooms.toReversed()) {
							if (measurement.signal.aborted) return;
							// The first one warms up.
							await room.turn(rate, ms, turn > 0);
						}
				}
			},
			findings: () => findingsOf(rooms, receivers),
		};
	},
};
