import { CodedError, type ErrorCode } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Log } from './log.ts';

type Task = () => Promise<void>;
/** Whose task it is, and its lane. */
type TaskOrigin = {
	/** The tasks of one lane run in order. A lane is a room, or two people. */
	lane: string;
	/** Null for a task that belongs to no person. */
	person: PersonId | null;
};
type Waiting = { task: Task; person: PersonId | null };

/** Pauses between the attempts at one task, in ms: about two minutes in all. */
const retryDelays = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
/** How many tasks may wait: of one person, in one lane, and altogether. */
const maxOfPerson = 200;
const maxInLane = 2_000;
const maxTasks = 20_000;
/** Errors after which another attempt may succeed. Other refusals are final. */
const retryableCodes = new Set<ErrorCode>(['NOT_SAVED', 'UNAVAILABLE', 'TOO_MANY_REQUESTS']);

/**
 * Writes that no request waits for. The tasks of a lane run one after the other. A task is tried again for a while when
 * the database is unavailable. Lanes do not wait for each other. Calls go on meanwhile.
 */
export class Backlog {
	readonly #log: Log;
	readonly #lanes = new Map<string, Waiting[]>();
	readonly #ofPerson = new Map<PersonId, number>();
	/** Wakes the lanes that pause before another attempt. */
	readonly #wakes = new Set<() => void>();
	readonly #working = new Set<Promise<void>>();
	readonly #recovered: Promise<void>;
	#waiting = 0;
	#dropped = 0;
	#leftOut = false;
	#closed = false;
	#over = false;

	/** @param recover runs before all tasks. */
	constructor(log: Log, recover: Task = () => Promise.resolve()) {
		this.#log = log;
		this.#recovered = this.#attempt(recover);
	}

	/** How many tasks wait. */
	get waiting(): number {
		return this.#waiting;
	}

	/** How many tasks were dropped so far. */
	get dropped(): number {
		return this.#dropped;
	}

	/** Drops the task and logs it if too many tasks of this person, of this lane or altogether wait. */
	add({ lane: name, person }: TaskOrigin, task: Task): void {
		if (this.#closed) return;
		const lane = this.#lanes.get(name) ?? [];
		const ofPerson = (person && this.#ofPerson.get(person)) ?? 0;
		if (ofPerson >= maxOfPerson || lane.length >= maxInLane || this.#waiting >= maxTasks) {
			// Logged once until the backlog is empty: a line for each dropped task would flood the log.
			if (!this.#leftOut)
				this.#log.warn(
					{ lane: name, person },
					'too many entries wait for the database: further entries are dropped',
				);
			this.#leftOut = true;
			this.#dropped++;
			return;
		}
		lane.push({ task, person });
		this.#waiting++;
		if (person) this.#ofPerson.set(person, ofPerson + 1);
		if (this.#lanes.has(name)) return;
		this.#lanes.set(name, lane);
		const working = this.#work(name, lane).finally(() => this.#working.delete(working));
		this.#working.add(working);
	}

	/**
	 * Takes no new tasks, tries the waiting tasks once more, and ends.
	 *
	 * @param deadline ends the waiting: tasks that are not written by then are given up.
	 */
	async close(deadline?: AbortSignal): Promise<void> {
		this.#closed = true;
		for (const wake of this.#wakes) wake();
		const done = Promise.all([this.#recovered, ...this.#working]);
		if (!deadline) return void (await done);
		const over = new Promise<void>((resolve) => {
			if (deadline.aborted) resolve();
			else deadline.addEventListener('abort', () => resolve(), { once: true });
		});
		await Promise.race([done, over]);
		this.#over = true;
		if (this.#waiting > 0)
			this.#log.error(
				{ tasks: this.#waiting },
				'entries were not written before the service closed',
			);
	}

	async #work(name: string, lane: Waiting[]): Promise<void> {
		await this.#recovered;
		// The lane is found empty and given up in the same step, so that no task is added to a lane without a runner.
		for (let next = lane[0]; next && !this.#over; next = lane[0]) {
			await this.#attempt(next.task);
			lane.shift();
			this.#forget(next);
		}
		this.#lanes.delete(name);
	}

	#forget({ person }: Waiting): void {
		if (--this.#waiting === 0) this.#leftOut = false;
		if (!person) return;
		const left = (this.#ofPerson.get(person) ?? 1) - 1;
		if (left > 0) this.#ofPerson.set(person, left);
		else this.#ofPerson.delete(person);
	}

	async #attempt(task: Task): Promise<void> {
		for (const wait of [...retryDelays, null]) {
			try {
				return await task();
			} catch (error) {
				const final = error instanceof CodedError && !retryableCodes.has(error.code);
				if (final || wait === null || this.#closed) {
					this.#log[final ? 'info' : 'error'](
						{ err: error },
						'something could not be written down',
					);
					return;
				}
				await this.#pause(wait);
			}
		}
	}

	#pause(wait: number): Promise<void> {
		return new Promise((resolve) => {
			const wake = () => {
				clearTimeout(timer);
				this.#wakes.delete(wake);
				resolve();
			};
			const timer = setTimeout(wake, wait);
			this.#wakes.add(wake);
		});
	}
}
