import { anticipatedCameras } from '../peer/wants.ts';
import type { WorkerLoad } from '../worker/placed.ts';

/** A router of a room, as far as placing the next peer goes. */
export type RouterLoad = {
	/** The worker that it is on. */
	slot: number;
	/** Peers on it. */
	peers: number;
	/** Those of them that have not joined: consumers will flow to them, and do not yet. */
	waiting: number;
	/** Consumers that flow. */
	flowing: number;
};

/** What a router of a room and its worker do at most, before the room grows onto another worker. */
export type GrowthBounds = {
	/** Consumers that flow on one router. */
	consumers: number;
	/** The share of a core that its worker uses. */
	cpu: number;
	/** How many microphones are heard at a time; 0 for all. */
	audible: number;
};

/** Onto a router of the room, by its index, which is beyond the bounds if it is crowded; or onto a new one on this worker. */
export type Placement = { router: number; isCrowded?: true } | { worker: number };

/**
 * A worker that is busy makes a room grow only if the router has this share of the consumers that it may have. In a smaller room
 * the first peer on another worker would cost the busy one as much, by pipes, as it would cost by itself.
 */
const worthPiping = 0.2;

/** How many consumers will flow to one peer of so many: its first page of cameras, and the microphones that are heard. */
export function expectedConsumers(peers: number, audible: number): number {
	const others = Math.max(0, peers - 1);
	return (
		Math.min(others, anticipatedCameras) + (audible === 0 ? others : Math.min(others, audible))
	);
}

/**
 * Where the next peer of a room has its transports: on the lightest router of the room, as long as one of them is within the
 * bounds; else on a new router, on the least loaded worker that has none of the room and is not busy itself, one of this machine
 * before one of another. Where there is no such worker the bounds give way: what a worker carries at most (MEDIA-20) does not.
 *
 * @param routers of the room.
 * @param workers that are alive.
 * @param bounds null for what stays on the routers that it has.
 * @returns null if no worker carries one more peer.
 */
export function placePeer(
	routers: readonly RouterLoad[],
	workers: readonly WorkerLoad[],
	bounds: GrowthBounds | null,
): Placement | null {
	const all = routers.reduce((sum, { peers }) => sum + peers, 0) + 1;
	const each = bounds ? expectedConsumers(all, bounds.audible) : 0;
	const bySlot = new Map(workers.map((worker) => [worker.slot, worker]));
	const isBusy = (slot: number) => !!bounds && (bySlot.get(slot)?.cpu ?? 0) > bounds.cpu;
	const open = routers
		.map((router, index) => {
			const consumers = router.flowing + (router.waiting + 1) * each;
			return { ...router, index, consumers, isBusy: isBusy(router.slot) };
		})
		.filter(({ slot }) => bySlot.get(slot)?.takesPeer)
		.sort((one, other) =>
			one.isBusy === other.isBusy
				? one.consumers - other.consumers || one.peers - other.peers
				: Number(one.isBusy) - Number(other.isBusy),
		);
	const [lightest] = open;
	if (!bounds) return lightest ? { router: lightest.index } : null;
	const fits = ({ peers, consumers, isBusy: busy }: (typeof open)[number]) =>
		peers === 0 ||
		(consumers <= bounds.consumers && !(busy && consumers > bounds.consumers * worthPiping));
	const fitting = open.find(fits);
	if (fitting) return { router: fitting.index };
	const taken = new Set(routers.map(({ slot }) => slot));
	const [idle] = workers
		.filter(({ slot, hasPlace }) => hasPlace && !taken.has(slot))
		.sort(
			(one, other) =>
				Number(isBusy(one.slot)) - Number(isBusy(other.slot)) ||
				Number(one.isBorrowed) - Number(other.isBorrowed) ||
				one.load - other.load,
		);
	if (idle && !isBusy(idle.slot)) return { worker: idle.slot };
	if (lightest) return { router: lightest.index, isCrowded: true };
	return idle ? { worker: idle.slot } : null;
}
