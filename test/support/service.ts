import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { pino } from 'pino';
import { createApp, type App } from '../../sfu/app.ts';
import type { Config } from '../../sfu/platform/config.ts';
import { configSchema } from '../../sfu/platform/configSchema.ts';
import { metricsToken } from './figure.ts';
import { freePort } from './ports.ts';

export type Service = { app: App; url: string; close(): Promise<void> };

type Sections = { [S in keyof Config]?: Partial<Config[S]> };

/** Hashes of passwords take a millisecond. Tests of what the real cost is for ask for it with `realHashes`. */
const cheapHashes = { N: 2 ** 8, r: 8, p: 1 };

/** A configuration for tests: loopback only, one worker, a folder of its own. */
export async function testConfig(sections: Sections = {}): Promise<Config> {
	return v.parse(configSchema, {
		...sections,
		http: { port: 0, address: '127.0.0.1', ...sections.http },
		metrics: { token: metricsToken, ...sections.metrics },
		media: { port: await freePort(), workers: 1, listenAddress: '127.0.0.1', ...sections.media },
		data: { dir: mkdtempSync(join(tmpdir(), 'parley-test-')), ...sections.data },
	});
}

/**
 * The real service with real workers, on a free port.
 *
 * @param options.realHashes whether a hash of a password costs what it costs in production.
 */
export async function startService(
	sections: Sections = {},
	{ realHashes = false } = {},
): Promise<Service> {
	const config = await testConfig(sections);
	// Tests provoke failures on purpose: their log is for whoever looks into one.
	const app = await createApp(config, pino({ level: process.env['TEST_LOG'] ?? 'silent' }), {
		lan: false,
		...(!realHashes && { hashCost: cheapHashes }),
	});
	const port = await app.listen();
	return {
		app,
		url: `http://127.0.0.1:${port}`,
		close: async () => {
			await app.close();
			rmSync(config.data.dir, { recursive: true, force: true });
		},
	};
}
