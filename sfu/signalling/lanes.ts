/** Requests that wait for each other, and not for those of other lanes (R7). What has no lane of its own is the call's. */
export type Lane = 'call' | 'chat' | 'host' | 'match' | 'people';

/** The lane of what has this name. */
export function laneOf(name: unknown): Lane {
	const [prefix] = typeof name === 'string' ? name.split(':', 1) : [];
	const own = prefix === 'chat' || prefix === 'host' || prefix === 'match' || prefix === 'people';
	return own ? prefix : 'call';
}

/** Turns of one socket: in each lane one after the other, whatever becomes of those before. */
export class Lanes {
	readonly #failed: (error: unknown) => void;
	readonly #last: Record<Lane, Promise<void>> = {
		call: Promise.resolve(),
		chat: Promise.resolve(),
		host: Promise.resolve(),
		match: Promise.resolve(),
		people: Promise.resolve(),
	};

	/** @param failed is given what a turn throws; the lane goes on. */
	constructor(failed: (error: unknown) => void) {
		this.#failed = failed;
	}

	/** Takes a turn once those before it in these lanes are over; what comes later waits for it in the first one. */
	take([lane, ...others]: [Lane, ...Lane[]], turn: () => Promise<void> | void): void {
		const before = Promise.all([this.#last[lane], ...others.map((other) => this.#last[other])]);
		this.#last[lane] = before.then(turn).catch(this.#failed);
	}
}
