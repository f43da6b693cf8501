import { note } from '#lib/browser/diagnostics.ts';
import type { Consequences } from './consequences.ts';
import { statusAtFirst, statusOf, type CallStatus } from './status.ts';
import { idle, type Command, type Event, type State } from './state.ts';
import { transition } from './transition.ts';

type MachineEvents = {
	/** The interface shows another status. Called before the commands of the same transition run. */
	status: (status: CallStatus) => void;
	/** Begins a command in the current turn. Its result is sent as an event of that turn. */
	run: (command: Command) => void;
};

/** Holds the state of one connection and has the commands carried out that its transitions give, one after the other. */
export class Machine {
	readonly #consequences: Consequences;
	readonly #events: MachineEvents;
	readonly #waiting: Event[] = [];
	#state = idle;
	#status: CallStatus = statusAtFirst;
	#running = false;

	constructor(consequences: Consequences, events: MachineEvents) {
		this.#consequences = consequences;
		this.#events = events;
	}

	get state(): State {
		return this.#state;
	}

	/** Whether the results of this turn still count. */
	isCurrent(turn: number): boolean {
		return turn === this.#state.turn;
	}

	/** Something happened. While commands run, it waits until they have begun. */
	send(event: Event): void {
		this.#waiting.push(event);
		if (this.#running) return;
		this.#running = true;
		try {
			for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) this.#apply(next);
		} finally {
			this.#running = false;
		}
	}

	#apply(event: Event): void {
		const { state, commands } = transition(this.#state, event, this.#consequences);
		note('connection', event.kind, { from: this.#state.kind, to: state.kind, turn: state.turn });
		this.#state = state;
		const status = statusOf(state);
		if (status && JSON.stringify(status) !== JSON.stringify(this.#status)) {
			this.#status = status;
			this.#events.status(status);
		}
		for (const command of commands) this.#events.run(command);
	}
}
