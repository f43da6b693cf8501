import { createHash } from 'node:crypto';

/** A node, as far as placing a new room goes. */
export type NodeUse = {
	id: string;
	/** Where it is, as its operator named it; empty where that does not matter. */
	region: string;
	/** The share of what it can do that is in use, as it measured; 0 for idle, 1 for full. */
	load: number;
	/** Rooms that are live there. */
	rooms: number;
	/** Rooms that began there, or were sent there, so lately that `load` does not show them yet. */
	begun: number;
	/** It takes no new rooms. */
	draining: boolean;
	/** How old this description of the node is, in ms. */
	age: number;
};

/** A node whose last description is older, in ms, gets no new room. Each node describes itself each second, and the others read it each second. */
export const maxAge = 2_500;

/** For how long a room that began counts beside the measured load, in ms: until people are in it, and the measure has followed. */
export const beginningTime = 10_000;
/** For how long a room that was sent to a node counts there, in ms: by then the node itself says that the room began. */
export const sendingTime = 2_000;

/** The node at hand gets a room if it is busier than the least busy one by no more: what passing connections on is worth. */
export const handMargin = 0.1;

/** A region whose nodes are all busier gets no new room, if there are others. */
const fullRegion = 1;

/** Nodes whose loads differ by less are equally busy. */
const noticeable = 0.05;

/**
 * The load of a room before a service has measured its own rooms, and how many measured rooms count as much. Four people with
 * cameras take 0.03 of a core (docs/operations/scaling.md), which is this share of a node with three.
 */
const supposed = { load: 0.01, rooms: 20 };

/** The load that one more room is expected to bring: the mean of those that run. */
export function loadOfRoom(nodes: readonly Pick<NodeUse, 'load' | 'rooms'>[]): number {
	const [load, rooms] = [
		nodes.reduce((sum, node) => sum + node.load, 0),
		nodes.reduce((sum, node) => sum + node.rooms, 0),
	];
	return (load + supposed.load * supposed.rooms) / (rooms + supposed.rooms);
}

/**
 * The node for a new room: the one at hand, unless it is noticeably busier than the least busy one; else one of the least busy. Among
 * these the name of the room decides, so that nodes that know the same give the same answer. Rooms that do not show in the
 * measured load yet count as rooms on average do, so that many rooms of one moment spread out. Where the person is in a region that
 * has a node which is not full, the nodes of that region are the only ones.
 *
 * @param here the node at hand; null if it is not to be preferred.
 * @param region where the person is who opens the room; without it, where the node at hand is.
 * @returns null if no node takes a new room.
 */
export function placeRoom(
	nodes: readonly NodeUse[],
	name: string,
	here: string | null,
	region = nodes.find(({ id }) => id === here)?.region ?? '',
): string | null {
	const open = nodes.filter(({ draining, age }) => !draining && age <= maxAge);
	const each = loadOfRoom(open);
	const all = open.map((node) => ({ ...node, load: node.load + node.begun * each }));
	const near = all.filter((node) => node.region === region && node.load < fullRegion);
	const busy = region !== '' && near.length > 0 ? near : all;
	const least = Math.min(...busy.map(({ load }) => load));
	const atHand = busy.find(({ id }) => id === here);
	if (atHand && atHand.load <= least + handMargin) return atHand.id;
	const weight = (id: string) => createHash('sha256').update(`${name} ${id}`).digest('hex');
	const [best] = busy
		.filter(({ load }) => load < least + noticeable)
		.map(({ id }) => ({ id, weight: weight(id) }))
		.toSorted((a, b) => (a.weight < b.weight ? -1 : 1));
	return best?.id ?? null;
}
