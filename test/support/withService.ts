import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
// They see only workers that start after them, so they are here before any service is shared.
import './bentProducers.ts';
import { Cast } from './client.ts';
import './consumersInWorker.ts';
import { startService, testConfig, type Service } from './service.ts';

type OnStage = { service: Service; cast: Cast };

let shared: Promise<Service> | null = null;

async function startShared(): Promise<Service> {
	const { dir } = (await testConfig()).data;
	// The worker is killed soon after the signal: nothing is waited for. Media workers end with their parent.
	process.once('SIGTERM', () => {
		rmSync(dir, { recursive: true, force: true });
		process.exit();
	});
	return startService({ data: { dir } });
}

/**
 * The service that the files of a test worker share. It has the common configuration. It ends with the worker, which
 * gets SIGTERM when no file is left for it.
 */
export function sharedService(): Promise<Service> {
	shared ??= startShared();
	return shared;
}

/**
 * A real service for the tests of a file, and a cast with a room of its own for each of them. Files with the common
 * configuration share the service of their worker, so they assert nothing about what others do in it.
 *
 * @param give hands both over before each test.
 * @param sections settings besides those that every test has. Without, the service is shared.
 */
export function withService(
	give: (on: OnStage) => void,
	sections?: Parameters<typeof startService>[0],
	options?: Parameters<typeof startService>[1],
): void {
	const isOwn = sections !== undefined;
	let service: Service;
	let cast: Cast;
	beforeAll(async () => {
		service = isOwn ? await startService(sections, options) : await sharedService();
	});
	if (isOwn) afterAll(() => service.close());
	beforeEach(() => {
		cast = new Cast(service);
		give({ service, cast });
	});
	afterEach(() => cast.close());
}
