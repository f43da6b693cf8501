import { setTimeout as pause } from 'node:timers/promises';
import { newMessageId, newRoomId, type MessageId } from '../../../shared/ids.ts';
import { personBudget } from '../../../sfu/signalling/client/costs.ts';
import { Cast, type TestClient } from '../../support/client.ts';
import { percentile } from '../percentiles.ts';
import { serviceOf, type MeasuredService } from '../processes.ts';
import type { Benchmark } from './benchmark.ts';
import { generous } from './generous.ts';
import type { Findings, Goal } from './report.ts';
import { percent, Schedule, used } from './schedule.ts';
import { spreadPlot } from './spread.ts';

/** What a part of the measurement came to. */
type Part = {
	what: string;
	/** ms of each. */
	times: number[];
	/** By how many ms this process was late with each. */
	late: number[];
	/** How many a second. */
	rate: number;
	/** What the service used of a core meanwhile: all of its threads, and the main one. */
	cpu: number;
	main: number;
};

/** So many requests a second, which come whether or not the last one was answered. */
async function askAt(
	service: MeasuredService,
	clients: readonly TestClient[],
	rate: number,
	ms: number,
): Promise<Part> {
	const times: number[] = [];
	const schedule = new Schedule(rate);
	const { cpu, main } = await used(service, async () => {
		const asked: Promise<void>[] = [];
		for (let count = 0; count < (rate * ms) / 1000; count++) {
			const due = await schedule.due(count);
			const client = clients[count % clients.length];
			if (!client) break;
			asked.push(
				client.ask('media:hearing', {}).then(() => void times.push(performance.now() - due)),
			);
		}
		await Promise.all(asked);
	});
	const { lateness: late } = schedule;
	return { what: `${rate} requests a second`, times, late, rate, cpu, main };
}

/** So many posts a second to a chat, until each of them has reached everybody who reads it. */
async function post(
	service: MeasuredService,
	clients: readonly TestClient[],
	{ rate, ms }: { rate: number; ms: number },
): Promise<Part> {
	const chat = { roomId: newRoomId() };
	const due = new Map<MessageId, number>();
	const times: number[] = [];
	for (const [index, client] of clients.entries()) {
		await client.ask('chat:enter', { roomId: chat.roomId, name: `Writer ${index}` });
		await client.ask('chat:open', chat);
		// What a test client remembers would be most of what is measured.
		client.socket.removeAllListeners('chat:posted');
		client.socket.on('chat:posted', ({ messages }) => {
			const now = performance.now();
			for (const { messageId } of messages) times.push(now - (due.get(messageId) ?? Number.NaN));
		});
	}
	const total = Math.floor((rate * ms) / 1000);
	const schedule = new Schedule(rate);
	const { cpu, main } = await used(service, async () => {
		const asked: Promise<unknown>[] = [];
		for (let count = 0; count < total; count++) {
			const messageId = newMessageId();
			due.set(messageId, await schedule.due(count));
			const draft = { body: `Message ${count} of the load, about as long as people write.` };
			const client = clients[count % clients.length];
			if (client) asked.push(client.ask('chat:post', { chat, messageId, draft }));
		}
		await Promise.all(asked);
		const end = performance.now() + 10_000;
		while (times.length < total * clients.length && performance.now() < end) await pause(10);
	});
	const what = `${rate} posts a second, to delivery at ${clients.length} sockets`;
	if (times.length < total * clients.length)
		throw new Error(`${times.length} of ${total * clients.length} deliveries came`);
	return { what, times, late: schedule.lateness, rate, cpu, main };
}

function findingsOf(parts: readonly Part[], sockets: { idle: number; active: number }): Findings {
	const timed = parts.filter(({ times }) => times.length > 0);
	const figure = (times: readonly number[], share: number) => percentile(times, share).toFixed(1);
	const plot = spreadPlot(
		'How many were done after so many ms',
		{ x: 'ms', y: '% done' },
		timed.map(({ what, times }) => ({ name: what, values: times })),
	);
	const goals: Goal[] = parts.flatMap((part): Goal[] => {
		if (part.times.length === 0)
			return [
				{
					what: `${part.what}: CPU of Node and store`,
					goal: 'at most 2 % of a core',
					seen: percent(part.cpu),
					isMet: part.cpu <= 0.02,
				},
			];
		if (!part.what.includes('posts')) return [];
		const p99 = percentile(part.times, 0.99);
		const seen = `${p99.toFixed(1)} ms`;
		return [{ what: `${part.what}, p99`, goal: 'at most 20 ms', seen, isMet: p99 <= 20 }];
	});
	return {
		runs: `${sockets.idle} idle sockets and ${sockets.active} active ones`,
		tables: [
			{
				title: 'ms, and what the service used of a core: all threads, and the main one',
				columns: [
					'',
					'count',
					'a second',
					'min',
					'p50',
					'p95',
					'p99',
					'max',
					'late, p99',
					'CPU',
					'main',
				],
				rows: parts.map(({ what, times, late, rate, cpu, main }) => [
					what,
					String(times.length),
					rate.toFixed(0),
					...[0, 0.5, 0.95, 0.99, 1].map((share) =>
						times.length > 0 ? figure(times, share) : '–',
					),
					late.length > 0 ? figure(late, 0.99) : '–',
					percent(cpu),
					percent(main),
				]),
			},
		],
		plots: [plot],
		goals,
		notes: [
			'A request is `media:hearing`, which is answered from memory. All clients are in one process on the same machine; by how much that was late is in the times.',
		],
	};
}

/** Requests beside idle sockets, what those cost, and the delivery of messages. */
export const signalling: Benchmark = {
	title: 'Signalling: requests, idle sockets and the chat',
	compares: false,
	start({ isSmoke }) {
		const sockets = isSmoke ? { idle: 20, active: 10 } : { idle: 1000, active: 100 };
		const ms = isSmoke ? 500 : 10_000;
		// Each may ask 60 times a second, also where several seconds come at once.
		const rates = isSmoke ? [100, 200] : [250, 500, 1000, 2000];
		const parts: Part[] = [];
		return {
			bound: isSmoke ? 90 : 300,
			async work(measurement) {
				const service = await serviceOf(measurement, { environment: generous });
				const cast = new Cast(service);
				measurement.owns('the clients', () => cast.close());
				const many = async (count: number): Promise<TestClient[]> => {
					const clients: TestClient[] = [];
					while (clients.length < count && !measurement.signal.aborted)
						clients.push(await cast.connect());
					return clients;
				};
				await many(sockets.idle);
				const idle = await used(service, () => pause(ms));
				const { cpu, main } = idle;
				parts.push({
					what: `${sockets.idle} idle sockets`,
					times: [],
					late: [],
					rate: 0,
					cpu,
					main,
				});
				const active = await many(sockets.active);
				for (const [index, client] of active.entries())
					await client.join(`active-${Math.floor(index / 10)}` as typeof cast.roomId, 'Guest', 0);
				for (const rate of rates) {
					// Those who joined have spent of their budget.
					await pause(isSmoke ? 0 : personBudget.duration * 1000);
					parts.push(await askAt(service, active, rate, ms));
				}
				const writers = await many(sockets.active);
				parts.push(await post(service, writers, { rate: isSmoke ? 20 : 200, ms }));
			},
			findings: () => findingsOf(parts, sockets),
		};
	},
};
