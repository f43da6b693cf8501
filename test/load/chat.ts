/**
 * Many people writing in one room: `npm run load:chat` (`--sockets 100 --rate 200 --seconds 20`, `--store sqlite`
 * or `postgres` for one of the two).
 *
 * Every socket posts its share of the rate and hears everything. It is checked that each message reaches each
 * socket once and in order. Prints the time from the post to the answer and to each delivery, what the service
 * used, and how long a join takes (signalling alone) without and during the load. The writers share the machine's
 * cores with the service.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { newMessageId, newRoomId, type MessageId } from '../../shared/ids.ts';
import { guestCookie, TestClient } from '../support/client.ts';
import { PostgresServer } from '../support/postgres.ts';
import {
	serviceFolder,
	startServiceProcess,
	type ServiceProcess,
} from '../support/serviceProcess.ts';
import { heading, line, percentile } from './percentiles.ts';
import { processUse } from './processUse.ts';

const { values } = parseArgs({
	options: {
		sockets: { type: 'string', default: '100' },
		rate: { type: 'string', default: '200' },
		seconds: { type: 'string', default: '20' },
		store: { type: 'string', default: 'both' },
	},
});
const [sockets, rate, seconds] = [values.sockets, values.rate, values.seconds].map(Number) as [
	number,
	number,
	number,
];
/** Joins measured without and during the load. */
const joins = 20;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** What one socket heard: how many messages, and whether they came once and in order. */
type Ear = { last: number; disorder: number };

async function measureJoins(probe: Worker): Promise<number[]> {
	probe.postMessage(joins);
	const [times] = (await once(probe, 'message')) as [number[]];
	return times;
}

async function run(name: string, service: ServiceProcess): Promise<void> {
	const roomId = newRoomId();
	const chat = { roomId };
	const sentAt = new Map<MessageId, number>();
	const [answered, delivered]: [number[], number[]] = [[], []];
	let refused = 0;
	const ears: Ear[] = [];
	const clients: TestClient[] = [];
	for (let i = 0; i < sockets; i++) {
		const client = await TestClient.connect(service, { cookie: await guestCookie(service.url) });
		await client.ask('chat:enter', { roomId, name: `Writer ${i}` });
		await client.ask('chat:open', { roomId });
		const ear: Ear = { last: 0, disorder: 0 };
		// What a test client remembers would be most of what is measured.
		client.socket.removeAllListeners('chat:posted');
		client.socket.on('chat:posted', ({ messages }) => {
			const now = performance.now();
			for (const { messageId, seq } of messages) {
				if (seq !== ear.last + 1) ear.disorder++;
				ear.last = seq;
				delivered.push(now - (sentAt.get(messageId) ?? Number.NaN));
			}
		});
		ears.push(ear);
		clients.push(client);
	}
	const probe = new Worker(new URL('./joinProbe.ts', import.meta.url), {
		workerData: { url: service.url },
	});
	await once(probe, 'message');
	const quiet = await measureJoins(probe);

	const before = processUse(service.pid);
	const began = performance.now();
	const total = rate * seconds;
	const answers: Promise<void>[] = [];
	const duringLoad = measureJoins(probe);
	for (let i = 0; i < total; i++) {
		await pause(began + (i * 1000) / rate - performance.now());
		const messageId = newMessageId();
		const sent = performance.now();
		sentAt.set(messageId, sent);
		const draft = { body: `Message ${i} of the load, about as long as people write.` };
		const answer = clients[i % sockets]?.ask('chat:post', { chat, messageId, draft });
		answers.push(
			(answer ?? Promise.reject(new Error('no client'))).then(
				() => void answered.push(performance.now() - sent),
				() => void refused++,
			),
		);
	}
	await Promise.all(answers);
	const took = performance.now() - began;
	const after = processUse(service.pid);
	const loaded = await duringLoad;
	const end = performance.now() + 10_000;
	while (ears.some(({ last }) => last < total - refused) && performance.now() < end)
		await pause(20);

	const complete = ears.filter(({ last, disorder }) => last === total - refused && disorder === 0);
	console.log(`\n${name}: ${total} posts in ${(took / 1000).toFixed(1)} s to ${sockets} sockets`);
	console.log(
		`refused ${refused}; everything once and in order at ${complete.length} of ${sockets} sockets`,
	);
	console.log(heading);
	console.log(line('post to answer', answered));
	console.log(line('post to delivery', delivered));
	console.log(line('join, without load', quiet));
	console.log(line('join, during load', loaded));
	console.log(
		`join p50 during load to without: ${(percentile(loaded, 0.5) / percentile(quiet, 0.5)).toFixed(2)}`,
	);
	console.log(
		`service: ${(((after.cpu - before.cpu) / took) * 100).toFixed(0)} % of a core, ${after.memory.toFixed(0)} MB (${before.memory.toFixed(0)} before)`,
	);
	await probe.terminate();
	for (const client of clients) client.close();
	if (complete.length < sockets) process.exitCode = 1;
}

const runs: Record<string, () => Promise<void>> = {
	sqlite: async () => {
		const service = await startServiceProcess();
		await run('SQLite', service).finally(() => service.close());
	},
	postgres: async () => {
		const postgres = await PostgresServer.start({ durable: true });
		const folder = serviceFolder();
		const databaseUrl = await postgres.createDatabase();
		const service = await startServiceProcess(folder, { PARLEY_DATA_DATABASEURL: databaseUrl });
		await run('PostgreSQL', service).finally(async () => {
			await service.close();
			rmSync(folder, { recursive: true, force: true });
			await postgres.close();
		});
	},
};
for (const name of values.store === 'both' ? Object.keys(runs) : [values.store])
	await runs[name]?.();
