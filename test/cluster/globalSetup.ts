import type { TestProject } from 'vitest/node';
import { ensureRedis } from '../../setup/redis.mjs';

/** Looks for Redis once, so that no two files install it. */
export default async function setup(_project: TestProject): Promise<void> {
	process.env['PARLEY_REDIS'] = await ensureRedis();
}
