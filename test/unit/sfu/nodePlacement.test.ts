import { describe, expect, test } from 'vitest';
import {
	handMargin,
	loadOfRoom,
	maxAge,
	placeRoom,
	type NodeUse,
} from '../../../sfu/nodes/placement.ts';
import { newRoomId } from '../../../shared/ids.ts';

const node = (id: string, load = 0, changes: Partial<NodeUse> = {}): NodeUse => ({
	...{ id, region: '', load, rooms: 0, begun: 0, draining: false, age: 300 },
	...changes,
});
const draining = { draining: true };
const silent = { age: maxAge + 1 };

describe('the node for a new room', () => {
	test.each<[string, NodeUse[], string | null, string | null]>([
		['the one at hand, where all are idle', [node('a'), node('b')], 'b', 'b'],
		[
			'the one at hand, where it is busier by less than the margin',
			[node('a', 0.3), node('b', 0.35 + handMargin / 2)],
			'b',
			'b',
		],
		[
			'the least busy one, where the one at hand is busier',
			[node('a', 0.1), node('b', 0.5)],
			'b',
			'a',
		],
		[
			'the least busy one, where none is at hand',
			[node('a', 0.5), node('b', 0.1), node('c', 0.9)],
			null,
			'b',
		],
		['none that is about to end', [node('a', 0, draining), node('b', 0.8)], 'a', 'b'],
		['none that is silent', [node('a', 0, silent), node('b', 0.8)], 'a', 'b'],
		[
			'none where all are about to end or silent',
			[node('a', 0, draining), node('b', 0, silent)],
			'a',
			null,
		],
		['none where there is none', [], 'a', null],
		[
			'another one, where rooms that do not show yet make the one at hand busier',
			[node('a', 0, { begun: 30 }), node('b', 0.05)],
			'a',
			'b',
		],
		[
			'one that is over its capacity, where all are',
			[node('a', 1.6), node('b', 1.2), node('c', 1.4)],
			'a',
			'b',
		],
	])('is %s', (_what, nodes, here, best) => expect(placeRoom(nodes, 'room x', here)).toBe(best));

	const [west, east] = [{ region: 'west' }, { region: 'east' }];
	test.each<[string, NodeUse[], string | undefined, string]>([
		[
			'one where the node at hand is, though another region is idle',
			[node('a', 0.8, west), node('b', 0.4, west), node('c', 0, east)],
			undefined,
			'b',
		],
		[
			'one where the person is',
			[node('a', 0, west), node('b', 0.5, east), node('c', 0.9, east)],
			'east',
			'b',
		],
		[
			'one elsewhere, where all in the region are full',
			[node('a', 1, west), node('b', 1.2, west), node('c', 0.7, east)],
			undefined,
			'c',
		],
		[
			'one elsewhere, where those in the region are about to end',
			[node('a', 0, { ...west, ...draining }), node('c', 0.7, east)],
			undefined,
			'c',
		],
		[
			'the one at hand, where no node is in that region',
			[node('a', 0, west), node('b', 0, east)],
			'south',
			'a',
		],
	])('of regions is %s', (_what, nodes, region, best) =>
		expect(placeRoom(nodes, 'room x', 'a', region)).toBe(best),
	);

	test('is the same whichever node looks, and another one for another room, where the nodes are equally busy', () => {
		const nodes = ['a', 'b', 'c'].map((id, index) => node(id, index / 100));
		const rooms = Array.from({ length: 60 }, () => `room ${newRoomId()}`);
		const chosen = rooms.map((room) => placeRoom(nodes, room, null));
		expect(rooms.map((room) => placeRoom(nodes.toReversed(), room, null))).toEqual(chosen);
		expect(new Set(chosen)).toEqual(new Set(['a', 'b', 'c']));
	});
});

describe('the load of one more room', () => {
	test('is what is supposed before there are rooms, and the mean of many', () => {
		expect(loadOfRoom([node('a'), node('b', 0.02)])).toBeCloseTo(0.011);
		const measured = [node('a', 0.5, { rooms: 1000 }), node('b', 0.7, { rooms: 1400 })];
		expect(loadOfRoom(measured)).toBeCloseTo(0.0006, 4);
	});
});

/** Places so many rooms while nothing new is heard of the nodes, and counts what each got. */
function placeMany(count: number, told: NodeUse[], here: (index: number) => string) {
	const nodes = told.map((known) => ({ ...known }));
	const got = new Map(nodes.map(({ id }) => [id, 0]));
	for (let index = 0; index < count; index++) {
		const id = placeRoom(nodes, `room ${index}`, here(index));
		const chosen = nodes.find((known) => known.id === id);
		if (!chosen) throw new Error('no node was chosen');
		chosen.begun++;
		got.set(chosen.id, (got.get(chosen.id) ?? 0) + 1);
	}
	return got;
}

describe('fifty rooms of one second', () => {
	test('do not all go to the node that was the least busy a second ago', () => {
		const got = placeMany(50, [node('a', 0.3), node('b', 0.1), node('c', 0.3)], () => 'a');
		expect(Math.max(...got.values())).toBeLessThan(35);
		expect(Math.min(...got.values())).toBeGreaterThan(5);
		expect(got.get('b')).toBe(Math.max(...got.values()));
	});

	test('do not all stay at the node at hand, however idle the nodes are', () => {
		const got = placeMany(50, [node('a'), node('b'), node('c')], () => 'a');
		expect(Math.max(...got.values())).toBeLessThan(30);
		expect(Math.min(...got.values())).toBeGreaterThan(8);
	});

	test('stay where they come in, if a load balancer spreads them', () => {
		const hands = ['a', 'b', 'c'];
		const here = (index: number) => hands[index % 3] ?? 'a';
		const got = placeMany(
			48,
			hands.map((id) => node(id, 0.2)),
			here,
		);
		expect([...got.values()]).toEqual([16, 16, 16]);
	});
});
