/** The queues of a socket. Requests of one queue wait for each other (CONN-7). A request without a queue of its own is the call's. */
export type QueueName = 'call' | 'chat' | 'host' | 'match' | 'people';

/** The queue of a request. */
export function queueOf(name: unknown): QueueName {
	const [prefix] = typeof name === 'string' ? name.split(':', 1) : [];
	const own = prefix === 'chat' || prefix === 'host' || prefix === 'match' || prefix === 'people';
	return own ? prefix : 'call';
}

/** The requests of one socket: in each queue one after the other. A failure does not stop the queue. */
export class RequestQueues {
	readonly #failed: (error: unknown) => void;
	readonly #last: Record<QueueName, Promise<void>> = {
		call: Promise.resolve(),
		chat: Promise.resolve(),
		host: Promise.resolve(),
		match: Promise.resolve(),
		people: Promise.resolve(),
	};

	/** @param failed is given what a turn throws. */
	constructor(failed: (error: unknown) => void) {
		this.#failed = failed;
	}

	/** Takes a turn when the turns before it in these queues are over. Later turns wait for it in the first queue. */
	add([queue, ...others]: [QueueName, ...QueueName[]], turn: () => Promise<void> | void): void {
		const before = Promise.all([this.#last[queue], ...others.map((other) => this.#last[other])]);
		this.#last[queue] = before.then(turn).catch(this.#failed);
	}
}
