import type { WebRtcServer, Worker } from 'mediasoup/types';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import { leaveSignals } from './leaveSignals.ts';
import type { MediaAddresses } from './mediaAddresses.ts';
import type { LinkEnd } from './pipes.ts';
import { Placed } from './placed.ts';

/** How long a worker on which nothing is stays borrowed, in ms. */
const keptIdle = 30_000;
/** How soon after a refusal another one is asked for, in ms. */
const askAgain = 2_000;

/** A media worker that another node runs for rooms of this one. */
export type BorrowedWorker = {
	/** The id of the node. */
	node: string;
	worker: Worker;
	server: WebRtcServer;
	/** What browsers are told of the server's addresses. */
	addresses: Pick<MediaAddresses, 'candidates'>;
	linkEnd: LinkEnd;
};

/** Has another node run a worker. Null where none has one to spare. Never rejects. */
export type Borrow = () => Promise<BorrowedWorker | null>;

type Settings = Pick<Config['media'], 'workers' | 'roomsPerWorker' | 'peersPerWorker'>;

/** The media workers of other nodes that rooms of this node grow onto. What they do is asked for as of the workers here. */
export class BorrowedWorkers {
	/** Where they come from; null where there are no other nodes. */
	source: Borrow | null = null;
	/** Whether the node of this id is about to end. */
	isLeaving: (node: string) => boolean = () => false;
	readonly #settings: Settings;
	readonly #log: Log;
	/** The node of each, and since when nothing is on it, in ms of the monotonic clock; null while something is. */
	readonly #all = new Map<Placed, { node: string; idleSince: number | null }>();
	#asking: Promise<boolean> | null = null;
	#refusedAt = -askAgain;
	#ending = false;

	constructor(settings: Settings, log: Log) {
		this.#settings = settings;
		this.#log = log;
	}

	get all(): Placed[] {
		return [...this.#all.keys()];
	}

	/** Those whose nodes are not about to end. */
	get lasting(): Placed[] {
		return [...this.#all].filter(([, { node }]) => !this.isLeaving(node)).map(([placed]) => placed);
	}

	/**
	 * Asks for one more. All that ask at the same time share it. Never rejects.
	 *
	 * @returns whether there is one more.
	 */
	add(): Promise<boolean> {
		if (!this.source || this.#ending || performance.now() - this.#refusedAt < askAgain)
			return Promise.resolve(false);
		return (this.#asking ??= this.#add(this.source).finally(() => (this.#asking = null)));
	}

	/** Gives back those on which nothing has been for a while, and at once where their node is about to end. */
	giveBack(): void {
		const now = performance.now();
		for (const [placed, borrowed] of this.#all) {
			borrowed.idleSince = placed.load.load > 0 ? null : (borrowed.idleSince ?? now);
			const { node, idleSince } = borrowed;
			if (idleSince === null || (now - idleSince < keptIdle && !this.isLeaving(node))) continue;
			placed.worker.close();
			this.#log.info({ slot: placed.slot }, 'a media worker of another node is given back');
		}
	}

	/** The service ends: from now on none is asked for, and one that ends is no failure. */
	expectEnd(): void {
		this.#ending = true;
	}

	close(): void {
		this.#ending = true;
		for (const { worker } of this.all) worker.close();
	}

	async #add(source: Borrow): Promise<boolean> {
		const borrowed = await source();
		if (!borrowed || this.#ending || borrowed.worker.closed) {
			borrowed?.worker.close();
			this.#refusedAt = performance.now();
			return false;
		}
		const { node, worker, server, addresses, linkEnd } = borrowed;
		leaveSignals(worker);
		const slot = this.#freeSlot();
		const placed = new Placed(slot, worker, server, addresses, this.#settings, linkEnd);
		this.#all.set(placed, { node, idleSince: null });
		this.#log.info({ slot, node }, 'another node runs a media worker for this one');
		worker.observer.once('close', () => this.#all.delete(placed));
		worker.once('died', ({ message }) => {
			if (this.#ending) return;
			this.#log.error({ slot, node, reason: message }, 'the media worker of another node is lost');
			for (const tell of [...placed.onDied]) tell();
		});
		return true;
	}

	/** After those of this machine. */
	#freeSlot(): number {
		const taken = new Set(this.all.map(({ slot }) => slot));
		let slot = this.#settings.workers;
		while (taken.has(slot)) slot++;
		return slot;
	}
}
