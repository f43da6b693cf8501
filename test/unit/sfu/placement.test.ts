import { describe, expect, test } from 'vitest';
import {
	expectedConsumers,
	placePeer,
	type GrowthBounds,
	type Placement,
	type RouterLoad,
} from '../../../sfu/media/router/placement.ts';
import type { WorkerLoad } from '../../../sfu/media/worker/placed.ts';

/** A router on this worker with peers who have joined, to whom so many consumers flow. */
const joined = (slot: number, peers: number, flowing: number): RouterLoad => ({
	...{ slot, peers, flowing },
	waiting: 0,
});
/** The same with peers in the lobby. */
const waiting = (slot: number, peers: number): RouterLoad => ({
	...{ slot, peers, flowing: 0 },
	waiting: peers,
});

const worker = (slot: number, changes: Partial<WorkerLoad> = {}): WorkerLoad => ({
	...{ slot, load: 10, cpu: 0.1, hasPlace: true, takesPeer: true, isBorrowed: false },
	...changes,
});
const full = { hasPlace: false, takesPeer: false };

const bounds: GrowthBounds = { consumers: 100, cpu: 0.75, audible: 8 };

describe('where the next peer of a room goes', () => {
	test.each<[string, RouterLoad[], WorkerLoad[], Placement | null]>([
		[
			'onto its one router, which is empty',
			[joined(0, 0, 0)],
			[worker(0), worker(1)],
			{ router: 0 },
		],
		[
			'onto its one router within the bound',
			[joined(0, 5, 50)],
			[worker(0), worker(1)],
			{ router: 0 },
		],
		[
			'onto another worker beyond the bound of consumers',
			[joined(0, 10, 95)],
			[worker(0), worker(1)],
			{ worker: 1 },
		],
		[
			'onto another worker, where those who wait will reach the bound',
			[waiting(0, 10)],
			[worker(0), worker(1)],
			{ worker: 1 },
		],
		[
			'onto the least loaded of the other workers',
			[joined(0, 10, 95)],
			[worker(0, { load: 0 }), worker(1, { load: 3 }), worker(2, { load: 2 })],
			{ worker: 2 },
		],
		[
			'onto the lighter of two routers',
			[joined(0, 6, 60), joined(1, 3, 30)],
			[worker(0), worker(1), worker(2)],
			{ router: 1 },
		],
		[
			'onto the first router again, when many have left it',
			[joined(0, 2, 20), joined(1, 9, 80)],
			[worker(0), worker(1), worker(2)],
			{ router: 0 },
		],
		[
			'onto a third worker, where two routers are beyond the bound',
			[joined(0, 10, 95), joined(1, 10, 99)],
			[worker(0), worker(1), worker(2)],
			{ worker: 2 },
		],
		[
			'onto the lightest router, where every worker has one beyond the bound',
			[joined(0, 12, 300), joined(1, 10, 200)],
			[worker(0), worker(1)],
			{ router: 1, isCrowded: true },
		],
		[
			'onto a new router that is empty, even where the bound is less than what one peer receives',
			[joined(0, 30, 200), joined(1, 0, 0)],
			[worker(0), worker(1), worker(2)],
			{ router: 1 },
		],
		[
			'onto another worker, where its own is busy and the room is not small',
			[joined(0, 4, 40)],
			[worker(0, { cpu: 0.9 }), worker(1)],
			{ worker: 1 },
		],
		[
			'onto its own busy worker, where the room is small: pipes would cost as much',
			[joined(0, 2, 4)],
			[worker(0, { cpu: 0.9 }), worker(1)],
			{ router: 0 },
		],
		[
			'onto the router whose worker is not busy, though it is the heavier one',
			[joined(0, 4, 40), joined(1, 5, 50)],
			[worker(0, { cpu: 0.9 }), worker(1)],
			{ router: 1 },
		],
		[
			'onto its own router beyond the bound, where all other workers are busy',
			[joined(0, 10, 95)],
			[worker(0), worker(1, { cpu: 0.9 })],
			{ router: 0, isCrowded: true },
		],
		[
			'onto another worker, where its own carries no more peers',
			[joined(0, 2, 4)],
			[worker(0, full), worker(1)],
			{ worker: 1 },
		],
		[
			'onto a worker of this machine before one of another, though that does less',
			[joined(0, 10, 95)],
			[worker(0), worker(1), worker(2, { load: 0, isBorrowed: true })],
			{ worker: 1 },
		],
		[
			'onto a worker of another machine, where those of this one are busy',
			[joined(0, 10, 95)],
			[worker(0), worker(1, { cpu: 0.9 }), worker(2, { isBorrowed: true })],
			{ worker: 2 },
		],
		[
			'onto a busy worker, where no other carries one more peer',
			[joined(0, 2, 4)],
			[worker(0, full), worker(1, { cpu: 0.99 })],
			{ worker: 1 },
		],
		[
			'onto its router beyond the bound, where other workers carry no more routers',
			[joined(0, 10, 95)],
			[worker(0), worker(1, { hasPlace: false })],
			{ router: 0, isCrowded: true },
		],
		[
			'nowhere, where all workers are full',
			[joined(0, 2, 4)],
			[worker(0, full), worker(1, full)],
			null,
		],
		['nowhere, where its worker died and no other is alive', [joined(0, 2, 4)], [], null],
	])('%s', (_where, routers, workers, expected) => {
		expect(placePeer(routers, workers, bounds)).toEqual(expected);
	});

	test.each<[string, RouterLoad[], WorkerLoad[], Placement | null]>([
		[
			'onto the one router, however much flows',
			[joined(0, 300, 900)],
			[worker(0), worker(1)],
			{ router: 0 },
		],
		['nowhere, where its worker is full', [joined(0, 2, 4)], [worker(0, full), worker(1)], null],
	])('what does not grow places %s', (_where, routers, workers, expected) => {
		expect(placePeer(routers, workers, null)).toEqual(expected);
	});
});

test.each([
	[1, 8, 0],
	[2, 8, 2],
	[5, 8, 8],
	[10, 8, 17],
	[200, 8, 17],
	[20, 0, 28],
])(
	'in a room of %i with %i audible microphones, %i consumers flow to a peer',
	(peers, audible, expected) => {
		expect(expectedConsumers(peers, audible)).toBe(expected);
	},
);

test('a room of people who all wait in the lobby spreads as it would if they had joined', () => {
	const routers: RouterLoad[] = [waiting(0, 0)];
	const workers = [0, 1, 2, 3].map((slot) => worker(slot));
	for (let peer = 0; peer < 20; peer++) {
		const placed = placePeer(routers, workers, bounds);
		if (!placed) throw new Error('nobody could be placed');
		const index = 'router' in placed ? placed.router : routers.push(waiting(placed.worker, 0)) - 1;
		const { slot, peers } = routers[index] ?? waiting(0, 0);
		routers[index] = waiting(slot, peers + 1);
	}
	// Each carries what is within the bound: 17 consumers a peer.
	expect(routers.map(({ peers }) => peers)).toEqual([7, 5, 5, 3]);
});
