import type { NodeEndpoint } from '../nodes/relay.ts';
import type { Cluster } from '../nodes/enterCluster.ts';

/** Where a node says whether Redis renews its lease. */
const path = '/nodes/lease';
/** How often a node without a lease asks the others, in ms. */
const askEvery = 1_000;
/** How long another node may take to answer, in ms. */
const answerTime = 800;
/** How many times in turn another node must have said so: when Redis fails, nodes notice at different moments. */
const timesNeeded = 2;

/**
 * A node that lost its lease asks the others whether they have theirs. Where one has, Redis is there, and this node alone is cut
 * off: it gives up what it can no longer prove to own. Where none has, Redis is away, and calls go on as they are. So do they where
 * Redis answers this node and gives leases only later: nobody can take what it had until then.
 */
export class LeaseWatch {
	/** Answers other nodes. */
	readonly answer: NodeEndpoint;
	readonly #cluster: Cluster;
	readonly #credentials: Record<string, string>;
	#timer: NodeJS.Timeout | null = null;
	#seen = 0;
	#closed = false;

	/** @param credentials by which the other nodes know that this one is of the same service. */
	constructor(cluster: Cluster, credentials: Record<string, string>) {
		this.#cluster = cluster;
		this.#credentials = credentials;
		const { lease } = cluster;
		this.answer = {
			path,
			request: (_asked, response) => response.writeHead(lease.isFresh ? 204 : 503).end(),
		};
		lease.on('lost', () => {
			this.#seen = 0;
			if (!this.#closed) this.#timer ??= setInterval(() => void this.#ask(), askEvery);
		});
		lease.on('held', () => this.#stop());
	}

	close(): void {
		this.#closed = true;
		this.#stop();
	}

	#stop(): void {
		if (this.#timer) clearInterval(this.#timer);
		this.#timer = null;
	}

	async #ask(): Promise<void> {
		const { lease, places } = this.#cluster;
		const others = places.nodes.filter(({ id, url }) => id !== places.ownId && url !== '');
		const said = await Promise.all(others.map(({ url }) => this.#isFresh(url)));
		this.#seen = said.includes(true) && !lease.isAwaited ? this.#seen + 1 : 0;
		if (this.#seen < timesNeeded) return;
		this.#stop();
		places.standAlone();
	}

	/** Whether Redis renews the lease of the node there. Never rejects. */
	async #isFresh(url: string): Promise<boolean> {
		try {
			const signal = AbortSignal.timeout(answerTime);
			const response = await fetch(new URL(path, url), { headers: this.#credentials, signal });
			return response.status === 204;
		} catch {
			return false;
		}
	}
}
