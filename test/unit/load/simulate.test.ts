import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packetsOf, streamsTo } from '../../load/simulate/costs.ts';
import { busiestHour, meanSize, roomsOfDay, type PlannedRoom } from '../../load/simulate/day.ts';
import { useOf } from '../../load/simulate/simulatedNode.ts';
import { Simulation, type SimulationSettings } from '../../load/simulate/simulation.ts';
import { strategies, type StrategyName } from '../../load/simulate/strategies.ts';
import { comparison, summaryOf } from '../../load/simulate/summary.ts';

const audible = 8;
const settings: SimulationSettings = {
	nodes: 3,
	workers: 2,
	seed: 7,
	roomsPerWorker: 500,
	peersPerWorker: 1000,
	bounds: { consumers: 500, cpu: 0.75, audible },
	failsAt: null,
};
const habits = { people: 300, hours: 24, maxPeers: 50 };
const day = roomsOfDay(habits, 7);
const play = (name: StrategyName, changes: Partial<SimulationSettings> = {}, rooms = day) =>
	new Simulation(name, { ...settings, ...changes }).run(rooms, habits.hours);

/** A room with so many people from a time on, in s, for an hour. */
const room = (begins: number, people: number): PlannedRoom => ({
	begins,
	ends: begins + 3600,
	people: Array.from({ length: people }, (_, index) => ({
		comes: begins + index,
		leaves: begins + 3600 + index,
	})),
});

describe('the rooms of a day', () => {
	test('are the same for the same seed, and others for another', () => {
		expect(roomsOfDay(habits, 7)).toEqual(day);
		expect(roomsOfDay(habits, 8)).not.toEqual(day);
	});

	test('have about the mean size and length that are published, and nobody is inside after the end', () => {
		const many = roomsOfDay({ ...habits, people: 6_000 }, 1);
		const mean = (of: (planned: PlannedRoom) => number) =>
			many.reduce((sum, planned) => sum + of(planned), 0) / many.length;
		expect(mean(({ people }) => people.length)).toBeGreaterThan(meanSize * 0.9);
		expect(mean(({ people }) => people.length)).toBeLessThan(meanSize * 1.1);
		expect(mean(({ begins, ends }) => (ends - begins) / 60)).toBeGreaterThan(49);
		expect(mean(({ begins, ends }) => (ends - begins) / 60)).toBeLessThan(55);
		const wrong = many.filter(({ begins, ends, people }) =>
			people.some(({ comes, leaves }) => comes < begins || comes >= leaves || leaves > ends + 1),
		);
		expect(wrong).toEqual([]);
	});

	test('are most at the busiest hour', () => {
		const within = (hour: number) =>
			day.filter(({ begins }) => Math.floor(begins / 3600) === hour).length;
		expect(busiestHour(24)).toBe(9);
		expect(within(9)).toBeGreaterThan(2 * within(6));
	});
});

describe('what a room takes', () => {
	test('is forwarded by its worker, once to everybody of everybody else', () => {
		const { bySlot, piped } = useOf([{ slot: 1, peers: 4 }], audible);
		const each = streamsTo(4, audible);
		expect(each).toEqual({ cameras: 3, microphones: 3 });
		expect([...bySlot]).toEqual([[1, 4 * packetsOf(each, 3)]]);
		expect(piped).toBe(0);
	});

	test('is more on two workers, by what is piped from one to the other', () => {
		const sum = (values: Iterable<number>) => [...values].reduce((all, value) => all + value, 0);
		const one = useOf([{ slot: 0, peers: 10 }], audible);
		const two = useOf(
			[
				{ slot: 0, peers: 5 },
				{ slot: 1, peers: 5 },
			],
			audible,
		);
		expect(two.piped).toBeGreaterThan(0);
		// A packet through a pipe is one to send, and one to receive.
		expect(sum(two.bySlot.values())).toBeCloseTo(sum(one.bySlot.values()) + 2 * two.piped);
		expect(two.bySlot.get(0)).toBeCloseTo(two.bySlot.get(1) ?? 0);
	});
});

describe('a simulated day', () => {
	test.each(Object.keys(strategies) as StrategyName[])('by %s is the same once more', (name) =>
		expect(play(name, { failsAt: 34_200 })).toEqual(play(name, { failsAt: 34_200 })),
	);

	test('has everybody in a room for as long as they stay, and nobody and nothing afterwards', () => {
		const { samples, people } = play('parley', {}, [room(0, 5), room(30, 60), room(7_300, 3)]);
		const at = (minute: number) =>
			[...samples.values()].reduce((sum, node) => sum + (node[minute - 1]?.peers ?? 0), 0);
		expect([2, 30, 90, 130, 300].map(at)).toEqual([65, 65, 0, 3, 0]);
		expect(people).toBe(68);
		for (const node of samples.values()) {
			expect(node.at(-1)).toMatchObject({ peers: 0, rooms: 0 });
			expect(node.at(-1)?.utilisation).toBeCloseTo(0);
			expect(node.at(-1)?.piped).toBeCloseTo(0);
		}
	});

	test('pipes only where a room is on several workers', () => {
		const most = (people: number) => Math.max(...play('parley', {}, [room(0, people)]).piped);
		expect(most(5)).toBe(0);
		expect(most(60)).toBeGreaterThan(0);
	});

	test('refuses people where all workers of a node are full', () => {
		const { refused } = play('parley', { nodes: 1, peersPerWorker: 10 }, [room(0, 25)]);
		expect(refused).toBe(5);
	});

	test('moves the people of a node that dies, none of whom is lost', () => {
		const { samples, failure } = play('parley', { failsAt: 600 }, [
			...Array.from({ length: 30 }, (_, index) => room(index, 6)),
		]);
		expect(failure?.people).toBeGreaterThan(0);
		expect(failure?.people).toBe((failure?.rooms ?? 0) * 6);
		const [first = [], ...others] = samples.values();
		// Ten minutes are missing.
		expect(first).toHaveLength(24 * 60 - 10);
		expect(others.reduce((sum, node) => sum + (node[11]?.peers ?? 0), 0)).toBe(180);
		expect(failure?.after).toBeGreaterThan(failure?.before ?? 1);
	});

	test('spreads rooms more evenly than chance, and than the least loaded node, and passes fewer on', () => {
		const [parley, leastLoaded, random] = (['parley', 'least loaded', 'random'] as const).map(
			(name) => summaryOf(play(name, { nodes: 8 }, roomsOfDay({ ...habits, people: 1500 }, 7))),
		);
		expect(parley?.apart.p95).toBeLessThan(random?.apart.p95 ?? 0);
		expect(parley?.apart.p95).toBeLessThan(leastLoaded?.apart.p95 ?? 0);
		expect(parley?.passedOn).toBeLessThan(leastLoaded?.passedOn ?? 0);
		expect(comparison(new Map([['parley', parley ?? expect.fail()]])).join('\n')).not.toContain(
			'NaN',
		);
	});
});

test('npm run simulate prints JSON, and says which number it does not take', () => {
	const run = (...args: string[]) =>
		spawnSync(process.execPath, [join(import.meta.dirname, '../../load/simulate.ts'), ...args], {
			encoding: 'utf8',
			timeout: 20_000,
		});
	const { stdout } = run('--json', '--nodes', '2', '--hours', '3', '--people', '200');
	const { asked, strategies: found } = JSON.parse(stdout) as {
		asked: { nodes: number; failsAt: number | null };
		strategies: Record<string, { nodes: unknown[]; failure: unknown }>;
	};
	expect(asked).toMatchObject({ nodes: 2, hours: 3, people: 200 });
	expect(Object.keys(found)).toEqual(Object.keys(strategies));
	for (const { nodes } of Object.values(found)) expect(nodes).toHaveLength(2);
	expect(run('--nodes', 'two')).toMatchObject({
		status: 1,
		stderr: '--nodes takes a whole number from 1 on.\n',
	});
});
