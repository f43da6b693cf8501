import { setTimeout as pause } from 'node:timers/promises';
import { newMessageId, newRoomId, type MessageId, type ProducerId } from '../../../shared/ids.ts';
import { Cast, type TestClient } from '../../support/client.ts';
import { produceInput } from '../../support/rtp.ts';
import { childrenOf } from '../../support/watched.ts';
import { preciseCpu } from '../processUse.ts';
import { serviceOf, type MeasuredService } from '../processes.ts';
import type { Benchmark } from './benchmark.ts';
import { generous } from './generous.ts';
import type { Findings } from './report.ts';
import { percent, Schedule, used } from './schedule.ts';
import { spreadGoal, spreadPlot, spreadTable, type Series } from './spread.ts';

/** How long a client gathers microphones that are new before it asks to hear them, in ms: about as long as the pages do. */
const gather = 100;
/** How long deliveries may take, in ms. */
const patience = 10_000;

/** What is done in a room of people who talk, and what the service used of a core meanwhile: Node and store, and workers. */
type Use = { what: string; count: number; node: number; main: number; workers: number };

/** One in the room whose microphone is open, and who hears everybody. */
class Talker {
	readonly #client: TestClient;
	readonly #microphone = produceInput('microphone');
	readonly #heard = new Set<ProducerId>();
	#wanting: NodeJS.Timeout | null = null;
	#paused = false;
	/** What failed after the join; null for nothing. */
	failure: unknown = null;

	constructor(client: TestClient) {
		this.#client = client;
		client.socket.on('producer:added', ({ producer: { producerId } }) => {
			this.#heard.add(producerId);
			this.#wanting ??= setTimeout(() => {
				this.#wanting = null;
				this.#want().catch((error: unknown) => (this.failure = error));
			}, gather);
		});
	}

	async join(roomId: Cast['roomId'], name: string): Promise<void> {
		const { consumers, peers } = await this.#client.join(roomId, name, 0);
		for (const { producers } of peers)
			for (const { producerId } of producers) this.#heard.add(producerId);
		await this.#resume(consumers);
		if (consumers.length < this.#heard.size) await this.#want();
		await this.#client.ask('media:produce', this.#microphone);
	}

	/** Closes the microphone, or opens it again. */
	async toggle(): Promise<void> {
		this.#paused = !this.#paused;
		const { producerId } = this.#microphone;
		await this.#client.ask('media:update', {
			...{ producerId, width: 0, height: 0 },
			paused: this.#paused,
		});
	}

	async #want(): Promise<void> {
		const wants = [...this.#heard].map((producerId) => ({
			...{ producerId, width: 0, height: 0 },
			priority: 255,
		}));
		await this.#resume((await this.#client.ask('media:want', { wants })).consumers);
	}

	async #resume(consumers: Awaited<ReturnType<TestClient['join']>>['consumers']): Promise<void> {
		const consumerIds = consumers.map(({ consumerId }) => consumerId);
		if (consumerIds.length > 0) await this.#client.ask('media:resume', { consumerIds });
	}

	get consumers(): number {
		return this.#heard.size;
	}
}

/** People come into a room, and then open and close their microphones. */
async function talk(
	service: MeasuredService,
	cast: Cast,
	{ people, joins, toggles, ms }: { people: number; joins: number; toggles: number; ms: number },
): Promise<Use[]> {
	const clients: TestClient[] = [];
	while (clients.length < people) clients.push(await cast.connect());
	const talkers = clients.map((client) => new Talker(client));
	/** So many times a second, until it was done so many times. */
	const measured = async (
		what: string,
		rate: number,
		count: number,
		act: (talker: Talker, index: number) => Promise<void>,
	): Promise<Use> => {
		const pids = childrenOf(service.pid);
		const inWorkers = () => pids.reduce((sum, pid) => sum + preciseCpu(pid), 0);
		const before = inWorkers();
		const { cpu, main, took } = await used(service, async () => {
			const schedule = new Schedule(rate);
			const acts: Promise<void>[] = [];
			for (let index = 0; index < count; index++) {
				await schedule.due(index);
				const talker = talkers[index % people];
				if (talker) acts.push(act(talker, index));
			}
			await Promise.all(acts);
			await pause(2 * gather);
		});
		return { what, count, node: cpu, main, workers: (inWorkers() - before) / took };
	};
	const forming = await measured(`${joins} joins a second`, joins, people, (talker, index) =>
		talker.join(cast.roomId, `Talker ${index}`),
	);
	const talking = await measured(
		`${toggles} microphones a second are opened or closed`,
		toggles,
		(toggles * ms) / 1000,
		(talker) => talker.toggle(),
	);
	const failed = talkers.find(({ failure }) => failure !== null);
	if (failed) throw failed.failure;
	const deaf = talkers.find(({ consumers }) => consumers < people - 1);
	if (deaf) throw new Error(`one hears ${deaf.consumers} of ${people - 1} others`);
	return [forming, talking];
}

/** Messages to a room that many read. @returns how long each took to the last reader, in ms. */
async function read(
	cast: Cast,
	{ readers, rate, ms }: { readers: number; rate: number; ms: number },
): Promise<number[]> {
	const chat = { roomId: newRoomId() };
	const clients: TestClient[] = [];
	while (clients.length < readers) clients.push(await cast.connect());
	for (const [index, client] of clients.entries())
		await client.ask('chat:enter', { roomId: chat.roomId, name: `Reader ${index}` });
	const left = new Map<MessageId, { due: number; readers: number }>();
	const times: number[] = [];
	for (const client of clients) {
		await client.ask('chat:open', chat);
		// What a test client remembers would be most of what is measured.
		client.socket.removeAllListeners('chat:posted');
		client.socket.on('chat:posted', ({ messages }) => {
			for (const { messageId } of messages) {
				const message = left.get(messageId);
				if (message && --message.readers === 0) times.push(performance.now() - message.due);
			}
		});
	}
	const schedule = new Schedule(rate);
	const total = Math.max(1, Math.floor((rate * ms) / 1000));
	for (let count = 0; count < total; count++) {
		const messageId = newMessageId();
		left.set(messageId, { due: await schedule.due(count), readers });
		const draft = { body: `Message ${count} to all, about as long as people write.` };
		await clients[count % readers]?.ask('chat:post', { chat, messageId, draft });
	}
	const end = performance.now() + patience;
	while (times.length < total && performance.now() < end) await pause(10);
	if (times.length < total) throw new Error(`${times.length} of ${total} messages came to all`);
	return times;
}

function findingsOf(uses: readonly Use[], people: number, toAll: Series): Findings {
	const talking = uses.at(-1)?.node ?? Number.NaN;
	return {
		runs: `${people} people who talk; ${toAll.values.length} messages`,
		tables: [
			{
				title: `A room of ${people} in which everybody hears everybody: what the service uses of a core`,
				columns: ['', 'count', 'Node and store', 'its main thread', 'workers'],
				rows: uses.map(({ what, count, node, main, workers }) => [
					what,
					String(count),
					...[node, main, workers].map(percent),
				]),
			},
			spreadTable('ms until a message is at all readers', [toAll]),
		],
		plots: [
			spreadPlot(
				'How many messages were at all readers after so many ms',
				{ x: 'ms after the post', y: '% of messages' },
				[toAll],
			),
		],
		goals: [
			{
				what: `A room of ${people}, everybody hears everybody: CPU of Node and store`,
				goal: 'at most 80 % of a core',
				seen: percent(talking),
				isMet: talking <= 0.8,
			},
			spreadGoal(toAll, 0.95, 150),
		],
		notes: [
			'The people are signalling alone: no sound is sent, so that what forwarding costs is not in the figures. All clients are in one process on the same machine, and its time to read what comes is in the times.',
		],
	};
}

/** What many people in one room cost: those who talk, and those who read. */
export const largeRooms: Benchmark = {
	title: 'Large rooms: 100 who talk, and 1,000 who read',
	compares: false,
	start({ isSmoke }) {
		const talkers = isSmoke
			? { people: 6, joins: 20, toggles: 20, ms: 300 }
			: { people: 100, joins: 2, toggles: 10, ms: 20_000 };
		const readers = isSmoke
			? { readers: 10, rate: 10, ms: 300 }
			: { readers: 1000, rate: 2, ms: 30_000 };
		let uses: Use[] = [];
		const toAll = { name: `A message to ${readers.readers} readers`, values: [] as number[] };
		return {
			bound: isSmoke ? 60 : 420,
			async work(measurement) {
				const service = await serviceOf(measurement, { environment: generous });
				const cast = new Cast(service);
				measurement.owns('the clients', () => cast.close());
				uses = await talk(service, cast, talkers);
				cast.close();
				toAll.values.push(...(await read(cast, readers)));
			},
			findings: () => findingsOf(uses, talkers.people, toAll),
		};
	},
};
