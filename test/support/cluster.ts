import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newMessageId, type RoomId } from '../../shared/ids.ts';
import { TestClient } from './client.ts';
import { PostgresServer } from './postgres.ts';
import { RedisConnection } from '../../sfu/nodes/redisConnection.ts';
import { RedisServer } from './redis.ts';
import { silent } from './stores.ts';
import { serviceFolder, startServiceProcess, type ServiceProcess } from './serviceProcess.ts';

/** A node of a service, in a process of its own. */
export type ServiceNode = ServiceProcess & { id: string; folder: string };

/** The people of a test on several nodes, and what they do there. */
export class ClusterCast {
	readonly #cluster: ServiceCluster;
	readonly #clients: TestClient[] = [];

	constructor(cluster: ServiceCluster) {
		this.#cluster = cluster;
	}

	/** A new guest, or a person with this cookie, who connects to a node, on the way to a place if there is one. */
	readonly connect = (
		number: number,
		options: Parameters<typeof TestClient.connect>[1] = {},
	): Promise<TestClient> => this.connectTo(this.#cluster.node(number), options);

	/** The same by any address. */
	readonly connectTo = async (
		...asked: Parameters<typeof TestClient.connect>
	): Promise<TestClient> => {
		const client = await TestClient.connect(...asked);
		this.#clients.push(client);
		return client;
	};

	close(): void {
		for (const client of this.#clients.splice(0)) client.close();
	}
}

/** The node on which a client is: it is the beginning of the id of its connection. */
export const nodeOf = ({ socket }: TestClient): string => socket.io.engine.id.split('.')[0] ?? '';

/** Writes a line into the chat of a room. */
export async function say(client: TestClient, roomId: RoomId, body: string): Promise<void> {
	const draft = { body, replyTo: null, mentions: [], files: [] };
	await client.ask('chat:post', { chat: { roomId }, messageId: newMessageId(), draft });
}

/** A service of several nodes, with a Redis, a PostgreSQL and a folder for files that are theirs alone. */
export class ServiceCluster {
	readonly redis: RedisServer;
	readonly postgres: PostgresServer;
	readonly nodes: ServiceNode[] = [];
	readonly #files = mkdtempSync(join(tmpdir(), 'parley-shared-files-'));

	private constructor(redis: RedisServer, postgres: PostgresServer) {
		this.redis = redis;
		this.postgres = postgres;
	}

	/** @param ids of the nodes that start at once. */
	static async start(...ids: string[]): Promise<ServiceCluster> {
		const cluster = new ServiceCluster(await RedisServer.start(), await PostgresServer.start());
		// One of them makes the tables.
		for (const id of ids) await cluster.add(id);
		return cluster;
	}

	/** Settings of a node, besides those of every service of a test. */
	settings(id: string): Record<string, string> {
		return {
			PARLEY_REDIS_URL: this.redis.url,
			PARLEY_NODE_ID: id,
			PARLEY_NODE_PORT: '0',
			PARLEY_NODE_ADDRESS: '127.0.0.1',
			PARLEY_DATA_DATABASEURL: this.postgres.url(),
			PARLEY_FILES_DIR: this.#files,
			PARLEY_LOG_LEVEL: process.env['TEST_LOG'] ?? 'error',
		};
	}

	async add(id: string, environment: Record<string, string> = {}): Promise<ServiceNode> {
		const folder = serviceFolder();
		const started = await startServiceProcess(folder, {
			...this.settings(id),
			...environment,
		});
		const node = { ...started, id, folder };
		this.nodes.push(node);
		return node;
	}

	/** This node, by its number from 0. */
	node(number: number): ServiceNode {
		const node = this.nodes[number];
		if (!node) throw new Error('there is no such node');
		return node;
	}

	/** Where other nodes reach this one, as it says itself in Redis. */
	async addressOf(id: string): Promise<string> {
		const redis = await RedisConnection.open(this.redis.url, silent);
		try {
			const says = String(await redis.send('HGET', `parley:node:${id}`, 'says'));
			return (JSON.parse(says) as { url: string }).url;
		} finally {
			redis.close();
		}
	}

	async close(): Promise<void> {
		await Promise.all(this.nodes.map((node) => node.close()));
		await this.redis.close();
		await this.postgres.close();
		rmSync(this.#files, { recursive: true, force: true });
	}
}
