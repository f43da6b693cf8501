import { setTimeout as pause } from 'node:timers/promises';
import { preciseCpu } from '../processUse.ts';
import type { MediaLeg } from '../wire/mediaLeg.ts';
import type { VideoSender } from './wire/videoSender.ts';

/** Packets that one sender sends in a second. */
export const rate = 500;

/** One who sends and some who receive, on one router. */
export class Side {
	readonly name: string;
	/** Of the worker, and of Node beside it; null for bare mediasoup, whose Node is this process, and for what has no Node. */
	readonly pids: { worker: number; node: number | null };
	readonly receivers: MediaLeg[] = [];
	/** How many packets the engine has sent to receivers so far, by its own count. */
	readonly count: () => Promise<number>;
	/** Of each turn: packets that were forwarded for each ms of the worker's CPU. */
	readonly efficiency: number[] = [];
	/** Of each turn: how much of the CPU of the worker Node and the store used besides. */
	readonly beside: number[] = [];
	sent = 0;
	forwarded = 0;
	/** What came of it: a machine that is busy drops packets before this process reads them. */
	came = 0;
	sender: VideoSender | null = null;

	constructor(name: string, pids: Side['pids'], count: Side['count']) {
		this.name = name;
		this.pids = pids;
		this.count = count;
	}

	async receiveBy(leg: MediaLeg): Promise<void> {
		this.receivers.push(leg);
		await leg.connect();
	}

	/** Sends for so many ms. */
	async turn(ms: number, isCounted: boolean): Promise<void> {
		const { worker, node } = this.pids;
		const [receivedBefore, countBefore] = [this.received, await this.count()];
		const before = { worker: preciseCpu(worker), node: node ? preciseCpu(node) : 0 };
		const total = (await this.sender?.send(rate, ms)) ?? 0;
		// What is still on its way belongs to this turn.
		await pause(100);
		const used = preciseCpu(worker) - before.worker;
		const besides = node ? (preciseCpu(node) - before.node) / used : null;
		const forwarded = (await this.count()) - countBefore;
		if (!isCounted) return;
		this.sent += total;
		this.forwarded += forwarded;
		this.came += this.received - receivedBefore;
		this.efficiency.push(forwarded / used);
		if (besides !== null) this.beside.push(besides);
	}

	get received(): number {
		return this.receivers.reduce((sum, { received }) => sum + received, 0);
	}

	close(): void {
		for (const end of [...this.receivers, this.sender]) end?.close();
	}
}
