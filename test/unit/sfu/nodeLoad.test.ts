import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { NodeLoad } from '../../../sfu/cluster/nodeLoad.ts';
import type { WorkerLoad } from '../../../sfu/media/worker/placed.ts';

const worker = (slot: number, cpu: number): WorkerLoad => ({
	...{ slot, cpu, load: 10 },
	hasPlace: true,
	takesPeer: true,
	isBorrowed: false,
});

/** Keeps this thread busy for so many ms of its own time. */
function compute(ms: number): void {
	const used = () => {
		const { user, system } = process.threadCpuUsage();
		return (user + system) / 1000;
	};
	const until = used() + ms;
	while (used() < until);
}

test('the load of a node is that of its busiest part', () => {
	const load = (share: number, ...cpus: number[]) =>
		new NodeLoad({ share, loads: cpus.map((cpu, slot) => worker(slot, cpu)) }).measure();
	expect(load(0.1, 0.2, 0.6)).toEqual({ load: 0.4, workersCpu: 0.4, nodeCpu: 0 });
	expect(load(0.7, 0.2, 0.6).load).toBe(0.7);
	// No worker is alive: nothing fits.
	expect(load(1)).toEqual({ load: 1, workersCpu: 0, nodeCpu: 0 });
});

test('the time that the main thread uses is measured from one look to the next', async () => {
	const load = new NodeLoad({ share: 0, loads: [worker(0, 0)] });
	compute(400);
	const busy = load.measure();
	expect(busy.nodeCpu).toBeGreaterThan(0.05);
	expect(busy.nodeCpu).toBeLessThanOrEqual(0.51);
	expect(busy.load).toBe(busy.nodeCpu);
	// Too soon to say anything new.
	expect(load.measure().nodeCpu).toBe(busy.nodeCpu);
	await wait(400);
	expect(load.measure().nodeCpu).toBeLessThan(busy.nodeCpu);
});
