import { createHook } from 'node:async_hooks';
import { isMainThread } from 'node:worker_threads';

// Loaded into a service process before its own code, by `--import`. Answers the process that started it, over the channel
// between the two.

/** What a service process holds, counted from within. */
export type Gauge = {
	/** Timers that run, also those that keep no process alive. */
	timers: number;
	/** What keeps the process alive, by kind: sockets, servers, requests to the file system. */
	resources: Record<string, number>;
	/** Bytes that objects take, after a collection if that was asked for and the process runs with `--expose-gc`. */
	heap: number;
	/** The most that the main thread computed in one turn of its loop since the last reading, in ms of a core. */
	longestTurn: number;
};

/** How often the main thread looks at what it has computed, in ms. */
const step = 5;

function watch(): void {
	const timers = new Set<number>();
	createHook({
		init: (id, type) => void (type === 'Timeout' && timers.add(id)),
		destroy: (id) => void timers.delete(id),
		trackPromises: false,
	}).enable();

	let longestTurn = 0;
	let before = process.threadCpuUsage();
	setInterval(() => {
		const { user, system } = process.threadCpuUsage(before);
		longestTurn = Math.max(longestTurn, (user + system) / 1000);
		before = process.threadCpuUsage();
	}, step).unref();

	process.on('message', ({ collected }: { collected: boolean }) => {
		if (collected) globalThis.gc?.();
		const resources: Record<string, number> = {};
		for (const kind of process.getActiveResourcesInfo())
			resources[kind] = (resources[kind] ?? 0) + 1;
		const heap = process.memoryUsage().heapUsed;
		process.send?.({ timers: timers.size, resources, heap, longestTurn } satisfies Gauge);
		// What the reading itself took is nobody's doing.
		setTimeout(() => {
			longestTurn = 0;
			before = process.threadCpuUsage();
		}, 0);
	});
	process.channel?.unref();
}

if (isMainThread && process.send) watch();
