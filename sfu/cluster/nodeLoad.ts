import type { WorkerPool } from '../media/worker/workers.ts';
import type { NodeState } from '../nodes/nodeLease.ts';

/** The least time between two measures of the main thread, in ms: within less, one request would look like a full core. */
const leastTime = 200;

/** How busy this node is, as it measures. The part that is busiest decides: the next room needs all of them. */
export class NodeLoad {
	readonly #pool: Pick<WorkerPool, 'loads' | 'share'>;
	#used = usedByThread();
	#nodeCpu = 0;

	/** To be made on the main thread: the thread that makes it is the one that is measured. */
	constructor(pool: Pick<WorkerPool, 'loads' | 'share'>) {
		this.#pool = pool;
	}

	/** The main thread is measured from one call to the next. One busy moment counts half, as with workers. */
	measure(): Pick<NodeState, 'load' | 'workersCpu' | 'nodeCpu'> {
		const used = usedByThread();
		const time = used.at - this.#used.at;
		if (time >= leastTime) {
			this.#nodeCpu = (this.#nodeCpu + (used.ms - this.#used.ms) / time) / 2;
			this.#used = used;
		}
		const { loads, share } = this.#pool;
		const workersCpu = loads.reduce((sum, { cpu }) => sum + cpu, 0) / Math.max(1, loads.length);
		const [nodeCpu, load] = [this.#nodeCpu, Math.max(share, workersCpu, this.#nodeCpu)];
		return { load, workersCpu, nodeCpu };
	}
}

/** The CPU time of this thread so far, and the monotonic clock, in ms. */
function usedByThread(): { ms: number; at: number } {
	const { user, system } = process.threadCpuUsage();
	return { ms: (user + system) / 1000, at: performance.now() };
}
