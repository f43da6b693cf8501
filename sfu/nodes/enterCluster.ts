import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import type { MakeBudget } from '../platform/budget.ts';
import type { Log } from '../platform/log.ts';
import { StartError } from '../platform/startError.ts';
import { News, readingTime } from './news.ts';
import { NodeLease, type LeaseTimes, type NodeState } from './nodeLease.ts';
import { Places } from './places.ts';
import { RedisConnection } from './redisConnection.ts';
import { dataVersion, version } from './scripts.ts';
import { sharedBudgets } from './sharedBudgets.ts';
import { clockTolerance } from './clockTolerance.ts';
import { placeOf, unusableRedis } from './unusableRedis.ts';

/** How a node takes part: its lease, what it has of the service, and what the nodes tell each other. */
export type Cluster = {
	lease: NodeLease;
	places: Places;
	news: News;
	/** Makes budgets that all nodes count together. */
	budget: MakeBudget;
	/** Gives back what the node has. */
	close(): Promise<void>;
};

/**
 * Becomes one of the nodes that share a Redis.
 *
 * @param describe what the node says about itself now.
 * @throws {StartError} if this Redis cannot be used, or a node that runs has this id.
 */
export async function enterCluster(
	{ redisUrl, nodeId }: { redisUrl: string; nodeId: string },
	describe: () => NodeState,
	log: Log,
	times?: LeaseTimes,
): Promise<Cluster> {
	const place = placeOf(redisUrl);
	const redis = await RedisConnection.open(redisUrl, log).catch((error: unknown) => {
		throw unusableRedis(place, error);
	});
	const lease = new NodeLease(nodeId, redis, describe, log, times);
	const places = new Places(lease, log);
	let news: News | null = null;
	const close = async () => {
		places.close();
		await news?.close();
		await lease.close();
		redis.close();
	};
	try {
		await checkEviction(redis, place);
		await checkVersion(redis, place);
		await checkClock(redis, place);
		if (!(await lease.begin()))
			throw new StartError(
				`node.id: a node called "${nodeId}" runs already. Give each node an id of its own; if its data folder was copied, delete the file node-id in the copy.`,
			);
		const reader = await RedisConnection.open(redisUrl, log, 2 * readingTime);
		news = await News.open(nodeId, redis, reader, log);
		await places.refresh();
		return { lease, places, news, budget: sharedBudgets(redis), close };
	} catch (error) {
		await close();
		throw unusableRedis(
			place,
			error instanceof CodedError ? new Error('it does not answer') : error,
		);
	}
}

/** A Redis that drops keys when its memory is full would give a room to a second owner. */
async function checkEviction(redis: RedisConnection, place: string): Promise<void> {
	const info = v.parse(v.string(), await redis.send('INFO', 'memory'));
	const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
	if (policy !== 'noeviction')
		throw new StartError(
			`${place} drops data when its memory is full (maxmemory-policy is ${policy}): set maxmemory-policy to noeviction.`,
		);
}

async function checkVersion(redis: RedisConnection, place: string): Promise<void> {
	const found = v.parse(v.string(), await redis.run(version));
	if (found !== dataVersion)
		throw new StartError(
			`${place} holds the data of another version of Parley (${found}, not ${dataVersion}). Update all nodes to one version, or give this one another database, such as redis://host/1.`,
		);
}

async function checkClock(redis: RedisConnection, place: string): Promise<void> {
	const sent = Date.now();
	const [seconds, microseconds] = v.parse(v.array(v.string()), await redis.send('TIME'));
	const received = Date.now();
	const theirs = Number(seconds) * 1000 + Number(microseconds) / 1000;
	const apart = Math.max(theirs - received, sent - theirs);
	if (apart > clockTolerance)
		throw new StartError(
			`${place} has another time than this machine, by ${Math.round(apart / 1000)} s: set the clocks of both by NTP.`,
		);
}
