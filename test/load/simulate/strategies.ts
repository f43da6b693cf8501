import { placeRoom, sendingTime, type NodeUse } from '#sfu/nodes/placement.ts';
import { Random } from './random.ts';

/** Chooses the node of a new room, at a time in s, by what the nodes that live said last; `here` is the node at hand. */
type Strategy = (nodes: readonly NodeUse[], room: string, here: string, now: number) => string;

/** What the service does: `placeRoom`, where each node knows what it sent to others itself. */
function parley(): Strategy {
	const sent = new Map<string, { node: string; at: number }[]>();
	return (nodes, room, here, now) => {
		const recent = (sent.get(here) ?? []).filter(({ at }) => at > now - sendingTime / 1000);
		const uses = nodes.map((node) => ({
			...node,
			begun: node.begun + recent.filter((one) => one.node === node.id).length,
		}));
		const chosen = placeRoom(uses, room, here) ?? here;
		sent.set(here, [...recent, { node: chosen, at: now }]);
		return chosen;
	};
}

/** The one that said that it is the least loaded. */
const leastLoaded = (): Strategy => (nodes, _room, here) =>
	nodes.toSorted((one, other) => one.load - other.load)[0]?.id ?? here;

function random(seed: number): Strategy {
	// Other numbers than those by which the load balancer draws.
	const draws = new Random(~seed);
	return ([first, ...others], _room, here) => (first ? draws.of([first, ...others]).id : here);
}

export const strategies = { parley, 'least loaded': leastLoaded, random } as const;
export type StrategyName = keyof typeof strategies;
