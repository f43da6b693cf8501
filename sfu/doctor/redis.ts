import { pino } from 'pino';
import { clockTolerance } from '../nodes/clockTolerance.ts';
import type { RedisCondition } from '../nodes/redisCondition.ts';
import type { Config } from '../platform/config.ts';
import { failed, ok, unstartable, warning, type Seen } from './findings.ts';

/** The oldest version that has every command of the nodes. */
const oldest = [6, 2] as const;
/** From how much of its memory on a Redis is worth a warning. */
const full = 0.8;
/** How long it may take to answer, in ms. A node asks it whenever a room begins. */
const slow = 20;

function isTooOld(version: string): boolean {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

/** One finding for the Redis, or one for each thing that is wrong with it; then one for its clock. */
export function judgeRedis(condition: RedisCondition): Seen[] {
	const { place, version, isReplica, evictionPolicy, memoryUsed, savingFailed } = condition;
	const wrong: Seen[] = [];
	if (isTooOld(version))
		wrong.push(
			failed(`${place} has version ${version}.`, `Update it to ${oldest.join('.')} or later.`),
		);
	if (isReplica)
		wrong.push(
			failed(
				`${place} repeats another Redis and cannot be written to.`,
				'Name the one that it repeats in redis.url.',
			),
		);
	if (evictionPolicy !== 'noeviction')
		wrong.push(
			failed(
				`${place} drops data when its memory is full (maxmemory-policy is ${evictionPolicy}): a room could get a second owner.`,
				'Set maxmemory-policy to noeviction; a node does not start before.',
			),
		);
	if (savingFailed)
		wrong.push(
			failed(
				`${place} could not save on its disk, and then refuses what nodes write.`,
				'Make space on its disk, or turn saving off (save ""): nodes need nothing of it after a restart.',
			),
		);
	if (memoryUsed !== null && memoryUsed > full)
		wrong.push(
			warning(
				`${place} has used ${Math.round(memoryUsed * 100)} % of its memory.`,
				'Raise its maxmemory.',
			),
		);
	const answerMs = Math.ceil(condition.answerMs);
	if (answerMs > slow)
		wrong.push(
			warning(
				`${place} takes ${answerMs} ms to answer.`,
				'Put it into the data centre of the nodes, and let it share its processor with no other load.',
			),
		);
	const well = `${place} has version ${version} and answers within ${answerMs} ms.`;
	return [...(wrong.length > 0 ? wrong : [ok(well)]), judgeItsClock(condition.clockAhead)];
}

function judgeItsClock(ahead: number): Seen {
	const seconds = Math.round(Math.abs(ahead) / 1000);
	if (Math.abs(ahead) <= clockTolerance)
		return ok('The clocks of this machine and of Redis agree.');
	return failed(
		`The clock of this machine is ${seconds} s ${ahead > 0 ? 'behind' : 'ahead of'} that of Redis.`,
		'Let both machines set their clocks by NTP; a node does not start before.',
	);
}

export async function checkRedis({
	config: { redis },
}: {
	config: Pick<Config, 'redis'>;
}): Promise<Seen[]> {
	if (redis.url === '') return [];
	// A service of one node does not load the client of Redis.
	const { conditionOfRedis } = await import('../nodes/redisCondition.ts');
	try {
		return judgeRedis(await conditionOfRedis(redis.url, pino({ level: 'silent' })));
	} catch (error) {
		return [unstartable(error, 'Start Redis, and check redis.url and the firewall in between.')];
	}
}
