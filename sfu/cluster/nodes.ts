import type { RequestListener, Server } from 'node:http';
import type { RoomId } from '#shared/ids.ts';
import type { CallRequests, CallRooms, Calls } from '../calls/calls.ts';
import type { RingRegistry } from '../calls/ringRegistry.ts';
import type { Place } from '../nodes/places.ts';
import type { Sockets } from '../nodes/relay.ts';
import { ownBudget, type MakeBudget } from '../platform/budget.ts';
import { onlyHere, type RoomOwners } from '../signalling/room/liveRooms.ts';
import type { SharedParts } from './shareParts.ts';

/** What the parts of the service need of the nodes, however many there are. */
export type Nodes = {
	/** The id of this node; null if this process is the whole service. */
	readonly id: string | null;
	/** How many nodes are ready, as far as this one knows. */
	readonly ready: number;
	/** Whether this node alone is cut off from the others. */
	readonly isAlone: boolean;
	/** Whether another node is there. */
	readonly hasOthers: boolean;
	/** Makes ids of connections by which other nodes find this one; null if there are no others. */
	readonly newConnectionId: (() => string) | null;
	/** Whether a media worker of this node carries people of another one. */
	readonly isLending: boolean;
	/** The rooms of this node among those of all. */
	readonly owners: RoomOwners;
	/** Makes budgets that all nodes count together. */
	readonly budget: MakeBudget;
	/** Whether people are in this room's call, on another node. */
	isLiveElsewhere(id: RoomId): Promise<boolean>;
	/** Makes this node the one that has the place, if no other one has it. @returns whether it has it. */
	tryClaim(place: Place): Promise<boolean>;
	/** Whether this node has the place. */
	has(place: Place): boolean;
	/**
	 * Makes this node the one where strangers meet.
	 *
	 * @throws {CodedError} ELSEWHERE if they meet on another one; UNAVAILABLE while nobody can tell.
	 */
	claimStrangers(): Promise<void>;
	/**
	 * Asks all nodes, this one first. A node that does not answer is left out.
	 *
	 * @param question its name among the nodes.
	 */
	askAllNodes<A extends unknown[], T>(
		question: string,
		here: (...args: A) => T | Promise<T>,
	): (...args: A) => Promise<T[]>;
	/** The rooms of calls, on whichever node each is. */
	callRooms(rooms: CallRooms): CallRooms;
	/** Calls from person to person, whichever node looks after them. */
	calls(calls: Calls, rings: RingRegistry): CallRequests;
	/** The nodes tell each other what happens from now on. */
	share(parts: SharedParts): void;
	/** From now on requests for another node go there. */
	attach(server: Server): void;
	/** Takes what other nodes pass on. */
	listen(pages: RequestListener, sockets: Sockets): Promise<void>;
	/** Gives `look` the media ports that are kept for workers of other nodes, and that no such worker has. */
	examineLentPorts<T>(look: (ports: readonly number[]) => Promise<T>): Promise<T>;
	/** New rooms begin on other nodes from now on. */
	drain(): void;
	close(): Promise<void>;
};

/** One process is the whole service. */
export const alone: Nodes = {
	id: null,
	ready: 1,
	isAlone: false,
	hasOthers: false,
	isLending: false,
	newConnectionId: null,
	owners: onlyHere,
	budget: ownBudget,
	isLiveElsewhere: () => Promise.resolve(false),
	tryClaim: () => Promise.resolve(true),
	has: () => true,
	claimStrangers: () => Promise.resolve(),
	askAllNodes:
		(_question, here) =>
		async (...args) => [await here(...args)],
	callRooms: (rooms) => rooms,
	calls: (calls) => calls,
	share: () => undefined,
	attach: () => undefined,
	listen: () => Promise.resolve(),
	examineLentPorts: (look) => look([]),
	drain: () => undefined,
	close: () => Promise.resolve(),
};
