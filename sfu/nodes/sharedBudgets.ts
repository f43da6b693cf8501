import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { MakeBudget } from '../platform/budget.ts';
import type { RedisConnection } from './redisConnection.ts';

type Script = { keys: string[]; arguments: string[] };

/** Budgets that all nodes count in Redis. While Redis is away, each node counts for itself. */
export function sharedBudgets(redis: Pick<RedisConnection, 'send'>): MakeBudget {
	const storeClient = {
		eval: (script: string, { keys, arguments: values }: Script) =>
			redis.send('EVAL', script, String(keys.length), ...keys, ...values),
	};
	return (name, bound) =>
		new RateLimiterRedis({
			...bound,
			storeClient,
			useRedisPackage: true,
			keyPrefix: `parley:budget:${name}`,
			insuranceLimiter: new RateLimiterMemory(bound),
		});
}
