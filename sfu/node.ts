import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { News, readingTime } from './nodes/news.ts';
import { NodeLease, type KnownNode } from './nodes/nodeLease.ts';
import { RedisConnection } from './nodes/redisConnection.ts';
import { placeOf, unusableRedis } from './nodes/unusableRedis.ts';
import { loadConfig } from './platform/config.ts';
import { createLog } from './platform/log.ts';
import { StartError } from './platform/startError.ts';

const help = `Usage: npm run node -- [options] COMMAND

  list       the nodes of the service that run, and how busy they are
  drain ID   this node takes no new rooms, waits for its calls, and ends, as after SIGTERM

It runs on any machine that reaches redis.url, and waits until the node has ended.

  --config FILE   read this configuration (default: config.json, if there is one)
  --help          show this
`;

type Command = { command: 'list' } | { command: 'drain'; id: string };

function readArguments(): { file: string | undefined; request: Command | null } {
	try {
		const { values, positionals } = parseArgs({
			options: { config: { type: 'string' }, help: { type: 'boolean', default: false } },
			allowPositionals: true,
		});
		const [command, id, ...more] = positionals;
		if (values.help) return { file: values.config, request: null };
		if (command === 'list' && id === undefined)
			return { file: values.config, request: { command } };
		if (command === 'drain' && id !== undefined && more.length === 0)
			return { file: values.config, request: { command, id } };
		throw new Error('Say "list" or "drain ID".');
	} catch (error) {
		throw new StartError(`${(error as Error).message} (--help shows the options)`);
	}
}

/** How often to look whether a node has ended, in ms. */
const lookEvery = 500;

const percent = (share: number) => `${Math.round(share * 100)} %`;

function describe(node: KnownNode): string {
	const { id, region, version, rooms, peers, load, workersCpu, nodeCpu, draining, url } = node;
	const state = draining
		? 'takes no new rooms'
		: `${percent(load)} busy (media workers ${percent(workersCpu)}, Node ${percent(nodeCpu)})`;
	const name = region ? `${id} in ${region}` : id;
	return `${name}: ${rooms} live rooms, ${peers} people, ${state}, version ${version || 'unknown'}, ${url}\n`;
}

/** Has a node end, and waits until it has. */
async function drain(id: string, lease: NodeLease, news: News): Promise<void> {
	const find = async () => (await lease.nodes()).find((node) => node.id === id);
	if (!(await find())) throw new StartError(`There is no node called "${id}" (see "list").`);
	news.tell('drain', id);
	let left = -1;
	for (let node = await find(); node; node = await find()) {
		if (node.rooms !== left) process.stdout.write(`${id}: ${node.rooms} live rooms are left\n`);
		left = node.rooms;
		await wait(lookEvery);
	}
	process.stdout.write(`${id} has ended.\n`);
}

/** Looks after the nodes of a service. Prints one sentence with the reason if it fails. */
async function main(): Promise<void> {
	const { file, request } = readArguments();
	if (!request) {
		process.stdout.write(help);
		return;
	}
	const { redis: settings } = loadConfig(file, process.env);
	if (settings.url === '')
		throw new StartError('redis.url is not set: the service has no nodes but the one.');
	const log = createLog({ level: 'error' });
	const us = `operator-${randomBytes(4).toString('hex')}`;
	const open = (timeout?: number) =>
		RedisConnection.open(settings.url, log, timeout).catch((error: unknown) => {
			throw unusableRedis(placeOf(settings.url), error);
		});
	const redis = await open();
	const nothing = {
		...{ url: '', version: '', region: '', draining: true, rooms: 0, begun: 0, peers: 0 },
		...{ load: 0, workersCpu: 0, nodeCpu: 0 },
	};
	const lease = new NodeLease(us, redis, () => nothing, log);
	try {
		if (request.command === 'list') {
			const nodes = await lease.nodes();
			const lines = nodes.toSorted((a, b) => a.id.localeCompare(b.id)).map(describe);
			process.stdout.write(lines.join('') || 'No node runs.\n');
			return;
		}
		const news = await News.open(us, redis, await open(2 * readingTime), log);
		await drain(request.id, lease, news);
		await news.close();
	} finally {
		redis.close();
	}
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof StartError ? error.message : String(error)}\n`);
	process.exit(1);
});
