import { fileURLToPath } from 'node:url';
import { runner } from './ports.ts';

/**
 * The environment of each Node process that a test starts: nothing of this machine's settings, a cache of
 * compiled code, with which a service starts in half the time, and the range in which the file looks for ports.
 */
export const childEnvironment = {
	TEST_PARALLEL_INDEX: String(runner),
	PATH: process.env['PATH'] ?? '',
	NODE_COMPILE_CACHE: fileURLToPath(new URL('../../.cache/compiled', import.meta.url)),
};
