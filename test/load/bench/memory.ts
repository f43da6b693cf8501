import type { Measurement } from '../measurement.ts';
import { processUse } from '../processUse.ts';
import { Cast, type TestClient } from '../../support/client.ts';
import { dtls, produceInput } from '../../support/rtp.ts';
import { Stranger } from '../../support/stranger.ts';
import { Watched } from '../../support/watched.ts';
import type { Benchmark } from './benchmark.ts';
import { fitOf } from './fit.ts';
import { generous } from './generous.ts';
import type { Findings, Plot, Table } from './report.ts';

/** What a service holds with so many of something, in kB: the heap of Node after a collection, and the processes. */
type Sample = { count: number; heap: number; node: number; worker: number };

type Series = { what: string; samples: Sample[] };

const measures = { 'Node, heap': 'heap', 'Node, process': 'node', worker: 'worker' } as const;

async function sampleOf(service: Watched, count: number): Promise<Sample> {
	const { heap } = await service.gauge(true);
	const inWorkers = service.workers().map((pid) => processUse(pid).memory);
	return {
		count,
		heap: heap / 1024,
		node: processUse(service.pid).memory * 1024,
		worker: inWorkers.reduce((sum, memory) => sum + memory, 0) * 1024,
	};
}

/** A service of its own for each series: what one left behind is not found in the next. */
async function serviceFor(measurement: Measurement): Promise<{ service: Watched; cast: Cast }> {
	const service = await Watched.start(generous);
	measurement.owns('the service', () => service.close());
	const cast = new Cast(service);
	measurement.owns('its clients', () => cast.close());
	return { service, cast };
}

/** People who wait for a stranger by video, each in a language of their own, so that none of them meets another. */
async function waiting(cast: Cast, from: number, to: number): Promise<void> {
	const letter = (index: number) => String.fromCharCode(97 + (index % 26));
	for (let index = from; index < to; index++) {
		const stranger = await Stranger.enter(cast, 'video');
		const language = letter(index) + letter(Math.floor(index / 26)) + letter(index >> 9);
		await stranger.start({ language });
	}
}

/** Peers with a camera and a microphone; ten in a room, and nobody has asked to receive anything. */
async function joined(cast: Cast, from: number, to: number): Promise<void> {
	for (let index = from; index < to; index++) {
		const client = await cast.connect();
		await client.join(`memory-${Math.floor(index / 10)}` as typeof cast.roomId, 'Guest', 0);
		await client.ask('media:connect', { direction: 'send', dtlsParameters: dtls() });
		await client.ask('media:produce', produceInput('camera'));
		await client.ask('media:produce', produceInput('microphone'));
	}
}

/** One more camera in a room, which each of its viewers receives from now on. */
async function forwarded(sender: TestClient, viewers: readonly TestClient[]): Promise<void> {
	await sender.ask('media:connect', { direction: 'send', dtlsParameters: dtls() });
	const input = produceInput('camera');
	await sender.ask('media:produce', input);
	for (const viewer of viewers) {
		await viewer.until('producer:added', (told) => told.producer.producerId === input.producerId);
		const wants = viewer.told('producer:added').map(({ producer: { producerId } }) => ({
			producerId,
			width: 640,
			height: 360,
			priority: 1,
		}));
		const { consumers } = await viewer.ask('media:want', { wants });
		const consumerIds = consumers.map(({ consumerId }) => consumerId);
		await viewer.ask('media:resume', { consumerIds });
	}
}

function findingsOf(all: readonly Series[]): Findings {
	const table: Table = {
		title: 'kB for each one more (and how much of the growth a straight line explains, R²)',
		columns: ['', 'most', ...Object.keys(measures)],
		rows: all.map(({ what, samples }) => [
			what,
			String(samples.at(-1)?.count ?? 0),
			...Object.values(measures).map((measure) => {
				const { slope, fit } = fitOf(samples.map((each) => [each.count, each[measure]]));
				return `${slope.toFixed(1)} (${fit.toFixed(2)})`;
			}),
		]),
	};
	const plots: Plot[] = all.map(({ what, samples }) => ({
		title: `Memory by the number: ${what}`,
		x: what,
		y: 'MB more',
		lines: Object.entries(measures).map(([name, measure]) => ({
			name,
			points: samples.map((each) => [
				each.count,
				(each[measure] - (samples[0]?.[measure] ?? 0)) / 1024,
			]),
		})),
	}));
	return {
		runs: `${all.map(({ what, samples }) => `${what}: ${samples.length} samples`).join('; ')}`,
		tables: [table],
		plots,
		goals: [],
		notes: [
			'The clients are signalling alone: DTLS never begins, so that what its session takes is not in these figures.',
			'The heap is read after a collection. The processes also hold what their allocators keep.',
		],
	};
}

/** What one more of each takes: a waiting person, a joined peer, a forwarded stream. */
export const memory: Benchmark = {
	title: 'Memory: what one more takes',
	compares: false,
	start({ isSmoke, runs }) {
		const samples = isSmoke ? 3 : (runs ?? 10);
		const step = isSmoke ? 4 : 20;
		const all: Series[] = [];
		const series = (what: string): Series => {
			const begun = { what, samples: [] };
			all.push(begun);
			return begun;
		};
		return {
			bound: isSmoke ? 120 : 60 + samples * 60,
			async work(measurement) {
				const kinds = { 'waiting people': waiting, 'joined peers': joined };
				for (const [what, more] of Object.entries(kinds)) {
					const { service, cast } = await serviceFor(measurement);
					// What the first ones bring is made once: it is not theirs.
					await more(cast, 0, step);
					const own = series(what);
					for (let sample = 1; sample <= samples && !measurement.signal.aborted; sample++) {
						own.samples.push(await sampleOf(service, sample * step));
						await more(cast, sample * step, (sample + 1) * step);
					}
					cast.close();
				}
				const { service, cast } = await serviceFor(measurement);
				const viewers: TestClient[] = [];
				while (viewers.length < step) viewers.push(await cast.joined('Viewer', 0));
				const senders: TestClient[] = [];
				while (senders.length <= samples) senders.push(await cast.joined('Sender', 0));
				const own = series('forwarded streams');
				for (const [index, sender] of senders.entries()) {
					if (measurement.signal.aborted) return;
					await forwarded(sender, viewers);
					if (index > 0) own.samples.push(await sampleOf(service, index * step));
				}
			},
			findings: () => findingsOf(all.filter((each) => each.samples.length > 1)),
		};
	},
};
