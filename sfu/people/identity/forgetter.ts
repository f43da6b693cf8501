import type { PersonId } from '#shared/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { Seen, Store } from '../../store/api/store.ts';

/** How often one step runs, and how long after the last step everything is checked again, in ms. */
const interval = 60_000;
const pause = 6 * 60 * 60 * 1000;
/** How long guests who left nothing are remembered, in ms: a month. */
const guestLifetime = 30 * 24 * 60 * 60 * 1000;
/** A call of which nothing was heard for so long has ended with its node, in ms. */
const unheardTime = 120_000;
/** People who are checked in each step. */
const batchSize = 200;

/**
 * Forgets, step by step, guests who left nothing, who was in calls long ago, and the browsers of sessions that are
 * over.
 */
export class Forgetter {
	readonly #store: Pick<Store, 'people' | 'calls'>;
	readonly #log: Log;
	readonly #callDays: number;
	readonly #forgotten: (people: PersonId[]) => void;
	readonly #isOurs: () => Promise<boolean>;
	readonly #timer: NodeJS.Timeout;
	#forgetting: Promise<void> = Promise.resolve();
	#after: Seen | null = null;
	#notBefore = 0;

	/**
	 * @param callDays for how many days participants of calls are stored.
	 * @param forgotten is given the people who are not known any more.
	 * @param isOurs whether this node does that: one of several does.
	 */
	constructor(
		store: Pick<Store, 'people' | 'calls'>,
		log: Log,
		callDays: number,
		forgotten: (people: PersonId[]) => void,
		isOurs: () => Promise<boolean> = () => Promise.resolve(true),
	) {
		this.#store = store;
		this.#log = log;
		this.#callDays = callDays;
		this.#forgotten = forgotten;
		this.#isOurs = isOurs;
		this.#timer = setInterval(() => void this.forget(), interval);
	}

	/** Takes one step of each kind. Never rejects. */
	forget(now = Date.now()): Promise<void> {
		this.#forgetting = this.#forgetting
			.then(() => this.#forget(now))
			.catch((error: unknown) => {
				this.#log.error({ err: error }, 'old data could not be removed');
			});
		return this.#forgetting;
	}

	async close(): Promise<void> {
		clearInterval(this.#timer);
		await this.#forgetting;
	}

	async #forget(now: number): Promise<void> {
		if (!(await this.#isOurs())) return;
		await this.#store.calls.recover(now - unheardTime);
		await this.#store.calls.forget(now, this.#callDays);
		await this.#store.people.forgetDevices(now);
		if (now < this.#notBefore) return;
		const { forgotten, next } = await this.#store.people.forget(
			now - guestLifetime,
			this.#after,
			batchSize,
		);
		if (forgotten.length > 0) this.#forgotten(forgotten);
		this.#after = next;
		if (!next) this.#notBefore = now + pause;
	}
}
