import { fileURLToPath } from 'node:url';

/**
 * The environment of each Node process that a test starts: nothing of this machine's settings, and a cache of
 * compiled code, with which a service starts in half the time.
 */
export const childEnvironment = {
	PATH: process.env['PATH'] ?? '',
	NODE_COMPILE_CACHE: fileURLToPath(new URL('../../.cache/compiled', import.meta.url)),
};
