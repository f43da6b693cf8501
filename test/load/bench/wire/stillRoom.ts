import { setTimeout as pause } from 'node:timers/promises';
import { newRoomId } from '../../../../shared/ids.ts';
import { Cast } from '../../../support/client.ts';
import { figure, metricsToken } from '../../../support/figure.ts';
import { childrenOf } from '../../../support/watched.ts';
import type { Measurement } from '../../measurement.ts';
import { preciseCpu } from '../../processUse.ts';
import { serviceOf } from '../../processes.ts';
import { generous } from '../generous.ts';
import type { Certificate } from '../../wire/mediaLeg.ts';
import { StillReceivers } from './stillReceivers.ts';
import type { VideoSender } from './videoSender.ts';
import { enterRoom, publishVideo, watchVideo } from './wirePeer.ts';

/** How much longer than a turn the receivers stand still, in ms: a busy machine sends late. */
const stillness = 1500;

/** What came of a turn: packets that were forwarded, how long it took, and the CPU of the workers and of Node with the store; all in ms. */
type Turn = { forwarded: number; took: number; workers: number; node: number };

/** A room with one who sends and receivers that stand still, on a service of its own with so many workers. */
export class StillRoom {
	readonly workers: number;
	/** Streams to people on each worker, and what is piped, as the service counts them. */
	readonly placed: string;
	readonly #pids: { node: number; workers: readonly number[] };
	readonly #sender: VideoSender;
	readonly #receivers: StillReceivers;
	/** How many packets the engine has sent to receivers so far, by its own count. */
	readonly #count: () => Promise<number>;

	private constructor(
		pids: { node: number; workers: readonly number[] },
		placed: string,
		sender: VideoSender,
		receivers: StillReceivers,
		count: () => Promise<number>,
	) {
		this.workers = pids.workers.length;
		this.placed = placed;
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
	): Promise<StillRoom> {
		const environment = {
			...generous,
			PARLEY_METRICS_TOKEN: metricsToken,
			PARLEY_MEDIA_WORKERS: String(workers),
			// As soon as there are two, they are on two workers, where there are two.
			PARLEY_MEDIA_CONSUMERSPERROUTER: '1',
		};
		const service = await serviceOf(measurement, { environment });
		const pids = { node: service.pid, workers: childrenOf(service.pid) };
		if (pids.workers.length !== workers)
			throw new Error('the service has other processes than workers');
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
		const told = (name: string) =>
			Promise.all(
				pids.workers.map((_, worker) =>
					figure(service, `parley_worker_${name}{worker="${worker}"}`),
				),
			);
		const [consumers, pipes] = [await told('consumers'), await told('pipes')];
		const piped = pipes.reduce((sum, each) => sum + each, 0);
		const placed = `${consumers.join(' + ')}, ${piped} piped`;
		return new StillRoom(pids, placed, sender, receivers, async () =>
			(await service.media()).reduce(
				(sum, { id, packets }) => sum + (watched.has(id) ? packets : 0),
				0,
			),
		);
	}

	/** Sends so many packets a second, for so many ms. */
	async turn(rate: number, ms: number): Promise<Turn> {
		await this.#receivers.standStill(ms + stillness);
		const used = () => ({
			workers: this.#pids.workers.reduce((sum, pid) => sum + preciseCpu(pid), 0),
			node: preciseCpu(this.#pids.node),
		});
		const countBefore = await this.#count();
		const [before, began] = [used(), performance.now()];
		await this.#sender.send(rate, ms);
		const took = performance.now() - began;
		// What is still on its way belongs to this turn.
		await pause(100);
		const after = used();
		const forwarded = (await this.#count()) - countBefore;
		return {
			forwarded,
			took,
			workers: after.workers - before.workers,
			node: after.node - before.node,
		};
	}
}
