import { randomBytes, timingSafeEqual } from 'node:crypto';
import { CodedError } from '#shared/errors.ts';
import { deriveKey } from './hashThread.ts';

/** The parameters of scrypt. */
export type HashCost = { N: number; r: number; p: number };

/** What one hash costs: 32 MB and some tenths of a second, which makes guessing expensive. */
const usualCost: HashCost = { N: 2 ** 15, r: 8, p: 3 };
/** The most memory that one hash may take, in bytes. */
const maxmem = 64 * 1024 * 1024;
const hashLength = 32;
/** How many hashes may wait for their turn, altogether and of one network. */
const maxWaiting = { altogether: 300, ofNetwork: 50 };
/** A new password's hash is refused earlier, so that signing in still works while many people sign up. */
const maxWaitingForNew = { altogether: 200, ofNetwork: 20 };

/** While more hashes of a network wait, it rests so many times as long as its last hash took: it gets a quarter of a core. */
const restShare = 3;

/** The hashes of one network that wait, and when the next of them may begin, in ms of `performance.now()`. */
type NetworkQueue = { works: (() => Promise<number>)[]; from: number };

/**
 * Hashes of passwords: made one at a time in a thread of low priority, so that calls go on whoever guesses. Networks take
 * turns and rest (SERVICE-5), so that nobody waits for all that another network asked for.
 */
export class SlowHash {
	readonly #cost: HashCost;
	/** Where there is no password, it is compared with this hash, so that the answer takes as long. */
	readonly #decoyHash: string;
	/** What waits, by network: the one whose turn it is comes first. */
	readonly #queues = new Map<string, NetworkQueue>();
	#waiting = 0;
	#busy = false;
	/** Set while all who wait belong to networks that rest. */
	#restTimer: NodeJS.Timeout | null = null;

	/** @param cost of each new hash. Only tests make it lower. */
	constructor(cost = usualCost) {
		this.#cost = cost;
		this.#decoyHash = encode(cost, randomBytes(16), randomBytes(hashLength));
	}

	/**
	 * The stored form: `scrypt`, the parameters, salt and hash.
	 *
	 * @param network whose turn it takes; empty if unknown.
	 * @throws {CodedError} TOO_MANY_REQUESTS if too many wait.
	 */
	async make(password: string, network = ''): Promise<string> {
		if (!this.#hasRoom(network, maxWaitingForNew)) throw new CodedError('TOO_MANY_REQUESTS');
		const salt = randomBytes(16);
		return encode(this.#cost, salt, await this.#derive(password, salt, this.#cost, network));
	}

	/**
	 * Whether this is the password of the hash. Without a hash the answer is false and takes the same time.
	 *
	 * @param network whose turn it takes; empty if unknown.
	 * @throws {CodedError} TOO_MANY_REQUESTS if too many wait.
	 */
	async matches(password: string, hash: string | null, network = ''): Promise<boolean> {
		const { N, r, p, salt, expected } = decode(hash ?? this.#decoyHash);
		const found = await this.#derive(password, salt, { N, r, p }, network);
		return timingSafeEqual(found, expected) && hash !== null;
	}

	#hasRoom(network: string, most: typeof maxWaiting): boolean {
		const ofNetwork = this.#queues.get(network)?.works.length ?? 0;
		return this.#waiting < most.altogether && ofNetwork < most.ofNetwork;
	}

	#derive(password: string, salt: Buffer, cost: HashCost, network: string): Promise<Buffer> {
		if (!this.#hasRoom(network, maxWaiting))
			return Promise.reject(new CodedError('TOO_MANY_REQUESTS'));
		const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
		const work = async () => {
			try {
				// The same letters may be typed in two ways.
				const input = {
					password: password.normalize('NFC'),
					salt,
					length: hashLength,
					options: { ...cost, maxmem },
				};
				const { key, ms } = await deriveKey(input);
				resolve(key);
				return ms;
			} catch (error) {
				reject(error);
				return 0;
			}
		};
		const queue = this.#queues.get(network);
		if (queue) queue.works.push(work);
		else this.#queues.set(network, { works: [work], from: 0 });
		this.#waiting++;
		void this.#next();
		return promise;
	}

	async #next(): Promise<void> {
		if (this.#busy || this.#waiting === 0) return;
		if (this.#restTimer) clearTimeout(this.#restTimer);
		this.#restTimer = null;
		const now = performance.now();
		const [network, queue] = [...this.#queues].find(([, { from }]) => from <= now) ?? [];
		const work = queue?.works.shift();
		if (network === undefined || !queue || !work) {
			const soonest = Math.min(...[...this.#queues.values()].map(({ from }) => from));
			this.#restTimer = setTimeout(() => void this.#next(), soonest - now);
			return;
		}
		// To the end. The queue stays while its hash is made, so that what comes meanwhile waits for the rest, too.
		this.#queues.delete(network);
		this.#queues.set(network, queue);
		this.#waiting--;
		this.#busy = true;
		queue.from = performance.now() + restShare * (await work());
		if (queue.works.length === 0) this.#queues.delete(network);
		this.#busy = false;
		void this.#next();
	}
}

function encode({ N, r, p }: HashCost, salt: Buffer, hash: Buffer): string {
	return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

function decode(text: string) {
	const [, N, r, p, salt = '', hash = ''] = text.split('$');
	return {
		N: Number(N),
		r: Number(r),
		p: Number(p),
		salt: Buffer.from(salt, 'base64url'),
		expected: Buffer.from(hash, 'base64url'),
	};
}
