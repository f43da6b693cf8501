import { LRUCache } from 'lru-cache';
import type { Config } from './config.ts';

/** What the main thread does for a network, in points. A point is about a twentieth of a millisecond of a core. */
export const workPoints = {
	/** A new TCP connection, with the TLS handshake. */
	connection: 3,
	/** A request over HTTP. */
	request: 4,
	/** A request of the API that may change something: it has a body, and often asks the database. */
	change: 20,
	/** A request for a file whose name is derived from its content: a page has some fifty of them. */
	file: 1,
	/** A request that turns its connection into a WebSocket, with the handshake of Socket.IO. */
	webSocket: 24,
	/** A packet of a socket. */
	packet: 1,
	/** A piece of media that came over the port of the pages. */
	media: 0.5,
	/** A place in a lobby or in a pairing pool: two transports, and often a new room. */
	place: 50,
} as const;

/** A network may spend the points of so many seconds at once: fifteen people who come in together do not wait. */
const burst = 1;
/** It owes the points of so many seconds at most. */
const longestDebt = 2;
/** The work that waits for its turn is at most that of so many seconds. */
const longestQueue = 3;
/** In ms. Shorter waits are not worth a timer. */
const shortestWait = 10;
/** How many networks are remembered. */
const maxNetworks = 50_000;

type Turn = { points: number; start(): void };

type Network = {
	points: number;
	/** When the points were counted, in ms of `performance.now()`. */
	at: number;
	/** In their order, and how many points they take together. */
	turns: Set<Turn>;
	queued: number;
	timer: NodeJS.Timeout | null;
};

/**
 * Bounds how much of the main thread one network takes, whatever it sends (SERVICE-6). Beyond its share a network waits for
 * its turn, and no other network waits for it.
 */
export class NetworkPace {
	readonly #rate: number;
	readonly #networks = new LRUCache<string, Network>({ max: maxNetworks });

	/** @param limits how many points a network may spend in a second. */
	constructor({ workPerAddress }: Pick<Config['limits'], 'workPerAddress'>) {
		this.#rate = workPerAddress;
	}

	/**
	 * Starts work of so many points: at once, or when the network has its turn.
	 *
	 * @param block the network, as `addressBlock` names it.
	 * @returns gives the turn up if it has not come yet; null if too much waits: then the work never starts.
	 */
	take(block: string, points: number, start: () => void): (() => void) | null {
		const network = this.#find(block);
		if (network.points > 0 && network.turns.size === 0) {
			this.#spend(network, points);
			start();
			return () => undefined;
		}
		if (network.queued + points > this.#rate * longestQueue) return null;
		return this.#queue(network, { points, start });
	}

	/**
	 * Calls when the network has its turn, however much waits.
	 *
	 * @returns gives the turn up.
	 */
	whenFree(block: string, start: () => void): () => void {
		// It costs a point, so that not all who wait for it come at once.
		return this.#queue(this.#find(block), { points: 1, start });
	}

	/**
	 * For work that cannot wait any more.
	 *
	 * @returns whether the network has points left.
	 */
	spend(block: string, points: number): boolean {
		const network = this.#find(block);
		this.#spend(network, points);
		return network.points > 0;
	}

	#spend(network: Network, points: number): void {
		network.points = Math.max(-this.#rate * longestDebt, network.points - points);
	}

	#queue(network: Network, turn: Turn): () => void {
		network.turns.add(turn);
		network.queued += turn.points;
		this.#schedule(network);
		return () => {
			this.#dequeue(network, turn);
			if (network.turns.size > 0 || !network.timer) return;
			clearTimeout(network.timer);
			network.timer = null;
		};
	}

	#dequeue(network: Network, turn: Turn): void {
		if (network.turns.delete(turn)) network.queued -= turn.points;
	}

	#schedule(network: Network): void {
		const missing = 1 - network.points;
		network.timer ??= setTimeout(
			() => {
				network.timer = null;
				this.#refill(network);
				for (const turn of network.turns) {
					if (network.points <= 0) break;
					this.#dequeue(network, turn);
					this.#spend(network, turn.points);
					turn.start();
				}
				if (network.turns.size > 0) this.#schedule(network);
			},
			Math.max(shortestWait, (missing / this.#rate) * 1000),
		);
	}

	#find(block: string): Network {
		const known = this.#networks.get(block);
		if (known) {
			this.#refill(known);
			return known;
		}
		const network: Network = {
			...{ points: this.#rate * burst, at: performance.now() },
			...{ turns: new Set(), queued: 0, timer: null },
		};
		this.#networks.set(block, network);
		return network;
	}

	#refill(network: Network): void {
		const now = performance.now();
		const gained = ((now - network.at) / 1000) * this.#rate;
		network.points = Math.min(this.#rate * burst, network.points + gained);
		network.at = now;
	}
}
