import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Matches } from './matches.ts';
import { TextClient } from './textClient.ts';

/** How long a client may ask for nothing before it counts as lost, in ms. */
const patience = 60_000;
/** Clients at a time. */
const most = 20_000;

/** Those who meet strangers in writing, by requests alone: one client for each person. */
export class TextClients {
	readonly #matches: Matches;
	readonly #patience: number;
	readonly #clients = new Map<PersonId, TextClient>();
	readonly #timers = new Map<PersonId, NodeJS.Timeout>();
	#closed = false;

	constructor(matches: Matches, silence = patience) {
		this.#matches = matches;
		this.#patience = silence;
	}

	/** The client of this person, made if there is none. */
	begin(person: PersonId): TextClient {
		if (this.#closed || (!this.#clients.has(person) && this.#clients.size >= most))
			throw new CodedError('UNAVAILABLE');
		const client = this.#clients.get(person) ?? new TextClient(person);
		this.#clients.set(person, client);
		this.#heardOf(person);
		return client;
	}

	/** @throws {CodedError} NOT_FOUND for somebody who did not begin, or has ended. */
	of(person: PersonId): TextClient {
		const client = this.find(person);
		if (!client) throw new CodedError('NOT_FOUND', 'You do not wait for anybody: start first.');
		return client;
	}

	/** The client of a person who asks for something, if they have one. */
	find(person: PersonId): TextClient | undefined {
		const client = this.#clients.get(person);
		if (client) this.#heardOf(person);
		return client;
	}

	/** Ends it; harmless where there is nothing to end. */
	end(person: PersonId, why: 'left' | 'lost' = 'left'): void {
		clearTimeout(this.#timers.get(person));
		this.#timers.delete(person);
		const client = this.#clients.get(person);
		if (!client) return;
		this.#clients.delete(person);
		this.#matches.maker.remove(client.stay, why);
		client.close();
	}

	close(): void {
		this.#closed = true;
		for (const person of [...this.#clients.keys()]) this.end(person);
	}

	/** The client is there: it has to ask again before its patience is over. */
	#heardOf(person: PersonId): void {
		clearTimeout(this.#timers.get(person));
		const look = () => {
			if (this.#clients.get(person)?.attended) this.#heardOf(person);
			else this.end(person, 'lost');
		};
		this.#timers.set(person, setTimeout(look, this.#patience));
	}
}
