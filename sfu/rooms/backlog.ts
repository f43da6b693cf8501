import { CodedError, type ErrorCode } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Log } from '../log.ts';

type Task = () => Promise<void>;
/** Who made a task, and what it waits behind. */
type Of = {
	/** Tasks of one lane are done in their order: a room, or two people. */
	lane: string;
	/** Null for what nobody in particular made. */
	person: PersonId | null;
};
type Waiting = { task: Task; person: PersonId | null };

/** Waits between the attempts at one task, in ms: about two minutes in all. */
const waits = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
/** Tasks that may wait: of one person, in one lane, and altogether. */
const mostOfPerson = 200;
const mostInLane = 2_000;
const most = 20_000;
/** What another attempt may mend; other refusals are final. */
const passing = new Set<ErrorCode>(['NOT_SAVED', 'UNAVAILABLE', 'TOO_MANY_REQUESTS']);

/**
 * What is written down without anybody waiting for it. The tasks of a lane are done one after the other, each tried again
 * for a while when the database is away; lanes do not wait for each other. Calls go on meanwhile.
 */
export class Backlog {
	readonly #log: Log;
	readonly #lanes = new Map<string, Waiting[]>();
	readonly #ofPerson = new Map<PersonId, number>();
	/** Lanes that wait before another attempt. */
	readonly #wakes = new Set<() => void>();
	readonly #working = new Set<Promise<void>>();
	readonly #recovered: Promise<void>;
	#waiting = 0;
	#leftOut = false;
	#closed = false;
	#over = false;

	/** @param recover is done before everything else. */
	constructor(log: Log, recover: Task = () => Promise.resolve()) {
		this.#log = log;
		this.#recovered = this.#attempt(recover);
	}

	/** Left out, with a line in the log, when too much of this person, in this lane, or altogether waits. */
	add({ lane: name, person }: Of, task: Task): void {
		if (this.#closed) return;
		const lane = this.#lanes.get(name) ?? [];
		const ofPerson = (person && this.#ofPerson.get(person)) ?? 0;
		if (ofPerson >= mostOfPerson || lane.length >= mostInLane || this.#waiting >= most) {
			// Said once until all is written down: a line for each would be a flood of its own.
			if (!this.#leftOut)
				this.#log.warn(
					{ lane: name, person },
					'too much waits to be written down: parts are left out',
				);
			this.#leftOut = true;
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
	 * Takes nothing more, tries what waits once more, and ends.
	 *
	 * @param deadline ends the waiting: what is not written down by then is given up.
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
			this.#log.error({ tasks: this.#waiting }, 'not everything could be written down in time');
	}

	async #work(name: string, lane: Waiting[]): Promise<void> {
		await this.#recovered;
		// Seen to be empty and given up in the same step, so that nothing is added to a lane that nobody works at.
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
		for (const wait of [...waits, null]) {
			try {
				return await task();
			} catch (error) {
				const final = error instanceof CodedError && !passing.has(error.code);
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
