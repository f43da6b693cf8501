import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { newRoomId } from '../../../shared/ids.ts';
import { Cast } from '../../support/client.ts';
import { figure, metricsToken } from '../../support/figure.ts';
import { childrenOf } from '../../support/watched.ts';
import type { Measurement } from '../measurement.ts';
import { percentile } from '../percentiles.ts';
import { preciseCpu } from '../processUse.ts';
import { serviceOf } from '../processes.ts';
import { ratioOf, ratioWords } from './alternate.ts';
import type { Benchmark } from './benchmark.ts';
import { generous } from './generous.ts';
import { machine, type Findings } from './report.ts';
import { Certificate } from './wire/mediaLeg.ts';
import { StillReceivers } from './wire/stillReceivers.ts';
import { bytes, type VideoSender } from './wire/videoSender.ts';
import { enterRoom, publishVideo, watchVideo } from './wire/wirePeer.ts';

/** Packets that one sender sends in a second: far from what a worker carries, and far beyond it. */
const rates = { steady: 300, full: 8000 } as const;
type Rate = keyof typeof rates;

/** How much longer than a turn the receivers stand still, in ms: a busy machine sends late. */
const stillness = 1500;

/** From so many cores on, two workers have one each, and the sender one of its own. */
const coresForTwo = 4;

/** Of each turn: packets that were forwarded for each ms of the workers' CPU, and for each ms of the clock. */
type Turns = Record<Rate, { efficiency: number[]; speed: number[] }>;

/** One room with one who sends, on so many workers. */
class RoomOn {
	readonly workers: number;
	readonly turns: Turns = {
		steady: { efficiency: [], speed: [] },
		full: { efficiency: [], speed: [] },
	};
	/** Streams to people on each worker, and what is piped, as the service counts them. */
	placed = '';
	readonly #pids: readonly number[];
	readonly #sender: VideoSender;
	readonly #receivers: StillReceivers;
	/** How many packets the engine has sent to receivers so far, by its own count. */
	readonly #count: () => Promise<number>;

	private constructor(
		pids: readonly number[],
		sender: VideoSender,
		receivers: StillReceivers,
		count: () => Promise<number>,
	) {
		this.workers = pids.length;
		this.#pids = pids;
		this.#sender = sender;
		this.#receivers = receivers;
		this.#count = count;
	}

	static async create(
		measurement: Measurement,
		certificate: Certificate,
		workers: number,
		size: number,
	): Promise<RoomOn> {
		const environment = {
			...generous,
			PARLEY_METRICS_TOKEN: metricsToken,
			PARLEY_MEDIA_WORKERS: String(workers),
			// As soon as there are two, they are on two workers, where there are two.
			PARLEY_MEDIA_CONSUMERSPERROUTER: '1',
		};
		const service = await serviceOf(measurement, { environment });
		const pids = childrenOf(service.pid);
		if (pids.length !== workers) throw new Error('the service has other processes than workers');
		const cast = new Cast(service);
		measurement.owns('the clients', () => cast.close());
		const receivers = new StillReceivers();
		measurement.owns('the receivers', () => receivers.close());
		const roomId = newRoomId();
		const publisher = await enterRoom(cast, roomId, certificate, 'Sender');
		const { sender, producerId } = await publishVideo(publisher, certificate);
		measurement.owns('the sender', () => sender.close());
		const watched = new Set<string>();
		for (let made = 0; made < size && !measurement.signal.aborted; made++) {
			const viewer = await enterRoom(cast, roomId, certificate, `Receiver ${made}`);
			await receivers.connect(viewer.lobby.recvTransport, certificate.folder);
			for (const id of await watchVideo(viewer, producerId)) watched.add(id);
		}
		const room = new RoomOn(pids, sender, receivers, async () =>
			(await service.media()).reduce(
				(sum, { id, packets }) => sum + (watched.has(id) ? packets : 0),
				0,
			),
		);
		const told = (name: string) =>
			Promise.all(
				pids.map((_, worker) => figure(service, `parley_worker_${name}{worker="${worker}"}`)),
			);
		const [consumers, pipes] = [await told('consumers'), await told('pipes')];
		const piped = pipes.reduce((sum, each) => sum + each, 0);
		room.placed = `${consumers.join(' + ')}, ${piped} piped`;
		return room;
	}

	/** Sends for so many ms. */
	async turn(rate: Rate, ms: number, isCounted: boolean): Promise<void> {
		await this.#receivers.standStill(ms + stillness);
		const used = () => this.#pids.reduce((sum, pid) => sum + preciseCpu(pid), 0);
		const countBefore = await this.#count();
		const [usedBefore, began] = [used(), performance.now()];
		await this.#sender.send(rates[rate], ms);
		const took = performance.now() - began;
		// What is still on its way belongs to this turn.
		await pause(100);
		const cpu = used() - usedBefore;
		const forwarded = (await this.#count()) - countBefore;
		if (!isCounted) return;
		this.turns[rate].efficiency.push(forwarded / cpu);
		this.turns[rate].speed.push(forwarded / took);
	}
}

function findingsOf([one, two]: readonly RoomOn[], receivers: number): Findings {
	if (!one || !two) return { runs: 'none', tables: [], plots: [], goals: [], notes: [] };
	const { cores } = machine();
	const cost = ratioOf(two.turns.steady.efficiency, one.turns.steady.efficiency);
	const gain = ratioOf(two.turns.full.speed, one.turns.full.speed);
	const rows = (rate: Rate, what: 'efficiency' | 'speed') =>
		[one, two].map((room) => {
			const values = room.turns[rate][what];
			return [
				room.workers === 1 ? 'one worker' : 'two workers',
				room.placed,
				String(values.length),
				...[0, 0.5, 0.95, 1].map((share) => (percentile(values, share) * 1000).toFixed(0)),
			];
		});
	const columns = ['a room on', 'streams to people', 'turns', 'min', 'p50', 'p95', 'max'];
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
				const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
				measurement.owns('the certificate', () => rmSync(folder, { recursive: true }));
				const certificate = await Certificate.make(folder);
				for (const workers of [1, 2])
					rooms.push(await RoomOn.create(measurement, certificate, workers, receivers));
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
