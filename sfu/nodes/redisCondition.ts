import * as v from 'valibot';
import type { Log } from '../platform/log.ts';
import { RedisConnection } from './redisConnection.ts';
import { placeOf, unusableRedis } from './unusableRedis.ts';

/** How often Redis is asked, to see how long an answer takes. */
const askedTimes = 5;

export type RedisCondition = {
	/** The setting and the address, without user and password. */
	place: string;
	/** As `INFO` tells it. Valkey names the version of Redis that it stands in for. */
	version: string;
	/** Whether it only repeats what another Redis is told, and cannot be written to. */
	isReplica: boolean;
	/** What it does when its memory is full. */
	evictionPolicy: string;
	/** The share of `maxmemory` that is used, from 0 to 1; null where there is no bound. */
	memoryUsed: number | null;
	/** Whether its last attempt to save on its disk failed. By default it cannot be written to from then on. */
	savingFailed: boolean;
	/** How long an answer takes, in ms: the middle of a few. */
	answerMs: number;
	/** By how many ms its clock is ahead of ours. */
	clockAhead: number;
};

/**
 * How the Redis of the nodes is. Nothing is written to it.
 *
 * @throws {StartError} if it cannot be used.
 */
export async function conditionOfRedis(url: string, log: Log): Promise<RedisCondition> {
	const place = placeOf(url);
	let redis: RedisConnection | null = null;
	try {
		redis = await RedisConnection.open(url, log);
		const info = v.parse(v.string(), await redis.send('INFO'));
		const valueOf = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
		const maxMemory = Number(valueOf('maxmemory'));
		const saved = [valueOf('rdb_last_bgsave_status'), valueOf('aof_last_write_status')];
		return {
			place,
			version: valueOf('redis_version'),
			isReplica: valueOf('role') === 'slave',
			evictionPolicy: valueOf('maxmemory_policy') || 'noeviction',
			memoryUsed: maxMemory > 0 ? Number(valueOf('used_memory')) / maxMemory : null,
			savingFailed: saved.includes('err'),
			...(await timesOf(redis)),
		};
	} catch (error) {
		throw unusableRedis(place, error);
	} finally {
		redis?.close();
	}
}

async function timesOf(
	redis: RedisConnection,
): Promise<Pick<RedisCondition, 'answerMs' | 'clockAhead'>> {
	const answers: { took: number; ahead: number }[] = [];
	for (let turn = 0; turn < askedTimes; turn++) {
		const [sent, began] = [Date.now(), performance.now()];
		const [seconds, microseconds] = v.parse(v.array(v.string()), await redis.send('TIME'));
		const took = performance.now() - began;
		const theirs = Number(seconds) * 1000 + Number(microseconds) / 1000;
		answers.push({ took, ahead: theirs - (sent + took / 2) });
	}
	answers.sort((a, b) => a.took - b.took);
	// The quickest answer says most about the clock.
	const [quickest, middle] = [answers[0], answers[Math.floor(askedTimes / 2)]];
	return { answerMs: middle?.took ?? 0, clockAhead: quickest?.ahead ?? 0 };
}
