import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Cast } from './client.ts';
import { startService, type Service } from './service.ts';

type OnStage = { service: Service; cast: Cast };

/**
 * One real service for all tests of a file, and a cast with a room of its own for each of them.
 *
 * @param give hands both over before each test.
 * @param sections settings besides those that every test has.
 */
export function withService(
	give: (on: OnStage) => void,
	sections: Parameters<typeof startService>[0] = {},
): void {
	let service: Service;
	let cast: Cast;
	beforeAll(async () => {
		service = await startService(sections);
	});
	afterAll(() => service.close());
	beforeEach(() => {
		cast = new Cast(service);
		give({ service, cast });
	});
	afterEach(() => cast.close());
}
