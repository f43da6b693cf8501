import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { pino } from 'pino';
import { createApp, type App } from '../../sfu/app.ts';
import type { Config } from '../../sfu/platform/config.ts';
import { configSchema } from '../../sfu/platform/configSchema.ts';
import type { HashCost } from '../../sfu/platform/slowHash.ts';
import { Balancer } from './balancer.ts';
import { eventually } from './client.ts';
import { metricsToken } from './figure.ts';
import { freePort } from './ports.ts';
import { PostgresServer } from './postgres.ts';
import { RedisServer } from './redis.ts';

export type Service = { app: App; url: string; close(): Promise<void> };

type Sections = { [S in keyof Config]?: Partial<Config[S]> };

/** Hashes of passwords take a millisecond. Tests in which they must take longer say how much. */
const cheapHashes: HashCost = { N: 2 ** 8, r: 8, p: 1 };

/** A configuration for tests: loopback only, one worker, a folder of its own. */
export async function testConfig(sections: Sections = {}): Promise<Config> {
	const { workers = 1 } = sections.media ?? {};
	return v.parse(configSchema, {
		...sections,
		http: { port: 0, address: '127.0.0.1', ...sections.http },
		metrics: { token: metricsToken, ...sections.metrics },
		// A port for each worker, and one for a worker that it runs for another node.
		media: {
			...{ port: await freePort(workers + 1), workers, listenAddress: '127.0.0.1' },
			...sections.media,
		},
		data: { dir: mkdtempSync(join(tmpdir(), 'parley-test-')), ...sections.data },
	});
}

/** Of how many nodes each service consists: one alone has no Redis. */
const nodeCount = Number(process.env['PARLEY_TEST_NODES'] ?? 1);

/**
 * The real service with real workers, on a free port. Where `PARLEY_TEST_NODES` says so it has several nodes, and its address
 * is that of a load balancer.
 *
 * @param options.hashCost of each hash of a password.
 */
export async function startService(
	sections: Sections = {},
	{ hashCost = cheapHashes }: { hashCost?: HashCost } = {},
): Promise<Service> {
	return nodeCount > 1 ? startNodes(sections, hashCost) : startProcess(sections, hashCost);
}

let postgres: Promise<PostgresServer> | null = null;

/** One PostgreSQL for all services of this worker. It ends with the worker. */
function sharedPostgres(): Promise<PostgresServer> {
	postgres ??= PostgresServer.start().then((server) => {
		process.once('exit', () => void server.stop());
		return server;
	});
	return postgres;
}

/** Nodes in this process, each with an own folder and media workers. */
async function startNodes(sections: Sections, hashCost: HashCost): Promise<Service> {
	const redis = await RedisServer.start();
	const databaseUrl = await (await sharedPostgres()).createDatabase();
	const files = mkdtempSync(join(tmpdir(), 'parley-shared-files-'));
	const nodes: Service[] = [];
	for (let number = 1; number <= nodeCount; number++)
		nodes.push(
			await startProcess(
				{
					...sections,
					// Each has a folder of its own.
					data: { databaseUrl },
					files: { ...sections.files, dir: files },
					redis: { url: redis.url },
					node: { id: `node-${number}`, port: 0, address: '127.0.0.1' },
				},
				hashCost,
			),
		);
	for (const { app } of nodes) await eventually(() => app.knownNodes === nodeCount);
	const [first] = nodes;
	if (!first) throw new Error('there is no node');
	const balancer = await Balancer.before(() => nodes.map(({ url }) => Number(new URL(url).port)));
	return {
		app: first.app,
		url: balancer.url,
		close: async () => {
			await balancer.close();
			for (const node of nodes) await node.close();
			await redis.close();
			rmSync(files, { recursive: true, force: true });
		},
	};
}

async function startProcess(sections: Sections, hashCost: HashCost): Promise<Service> {
	const config = await testConfig(sections);
	// Tests provoke failures on purpose: their log is for whoever looks into one.
	const app = await createApp(config, pino({ level: process.env['TEST_LOG'] ?? 'silent' }), {
		lan: false,
		hashCost,
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
