/**
 * How a day's rooms spread over nodes: `npm run simulate` (`-- --nodes 4 --workers 4 --people 900 --hours 24 --seed 1`).
 *
 * Places the rooms of a day by the functions of the service itself (`placeRoom`, `placePeer`), and by two others to compare. No media
 * flows: what people cost comes from the benchmarks (`simulate/costs.ts`), what they do from published means (`simulate/day.ts`).
 * At the busiest hour the first node dies and is away for ten minutes; `--no-failure` leaves that out. `--json` prints all figures as
 * JSON. The same seed gives the same figures.
 */
import { parseArgs } from 'node:util';
import { loadConfig } from '#sfu/platform/config.ts';
import { coreFor, packetsOf, streamsTo } from './simulate/costs.ts';
import { busiestHour, meanSize, roomsOfDay } from './simulate/day.ts';
import { Simulation } from './simulate/simulation.ts';
import { strategies, type StrategyName } from './simulate/strategies.ts';
import { byNode, comparison, summaryOf, type Summary } from './simulate/summary.ts';

const number = (value: string, name: string, least: number): number => {
	const read = Number(value);
	if (Number.isInteger(read) && read >= least) return read;
	process.stderr.write(`--${name} takes a whole number from ${least} on.\n`);
	process.exit(1);
};

const { values } = parseArgs({
	options: {
		nodes: { type: 'string', default: '4' },
		workers: { type: 'string', default: '4' },
		people: { type: 'string' },
		hours: { type: 'string', default: '24' },
		seed: { type: 'string', default: '1' },
		failure: { type: 'boolean', default: true },
		json: { type: 'boolean', default: false },
	},
	allowNegative: true,
});
const nodes = number(values.nodes, 'nodes', 1);
const workers = number(values.workers, 'workers', 1);
const hours = number(values.hours, 'hours', 1);
const seed = number(values.seed, 'seed', 0);

// The defaults of the service.
const { media, rooms } = loadConfig(undefined, {});
const audible = rooms.audibleSpeakers;
const bounds = { consumers: media.consumersPerRouter, cpu: media.cpuPerWorker / 100, audible };

/** What one person takes of a core, in a room of the mean size. Unless asked, there are as many people as take half of all cores. */
const streams = streamsTo(meanSize, audible);
const coreOfPerson = coreFor(packetsOf(streams, streams.cameras));
const people = values.people
	? number(values.people, 'people', 1)
	: Math.round((nodes * workers) / coreOfPerson / 2);

const planned = roomsOfDay({ people, hours, maxPeers: rooms.maxPeers }, seed);
const failsAt = values.failure && nodes > 1 ? (busiestHour(hours) + 0.5) * 3600 : null;
const settings = { ...media, nodes, workers, seed, bounds, failsAt };
const summaries = new Map<StrategyName, Summary>();
for (const name of Object.keys(strategies) as StrategyName[])
	summaries.set(name, summaryOf(new Simulation(name, settings).run(planned, hours)));

const asked = { nodes, workers, people, hours, seed, failsAt };
if (values.json)
	console.log(JSON.stringify({ asked, strategies: Object.fromEntries(summaries) }, null, '\t'));
else {
	console.log(
		`${nodes} nodes with ${workers} workers each, ${hours} hours, seed ${seed}: about ${people} people at the busiest hour.`,
	);
	if (failsAt !== null)
		console.log(`node-1 dies after ${failsAt / 3600} hours and is away for ten minutes.`);
	console.log(`\n${comparison(summaries).join('\n')}`);
	for (const [name, summary] of summaries) console.log(`\n${name}\n${byNode(summary).join('\n')}`);
}
