import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import { Tally } from '../people/tally.ts';
import type { Matches } from './matches.ts';
import { TextClient } from './textClient.ts';

/** How long a client may ask for nothing before it counts as lost, in ms. */
const patience = 60_000;
/** Clients at a time: altogether, and from one network. */
const bounds = { altogether: 20_000, network: 2_000 };

/** Those who meet strangers in writing, by requests alone: one client for each person. */
export class TextClients {
	readonly #matches: Matches;
	readonly #patience: number;
	readonly #clients = new Map<PersonId, TextClient>();
	readonly #timers = new Map<PersonId, NodeJS.Timeout>();
	readonly #most: typeof bounds;
	readonly #byNetwork = new Tally<string>();
	/** What gives back the place that a client has of its network. */
	readonly #places = new Map<PersonId, () => void>();
	#closed = false;

	constructor(matches: Matches, silence = patience, most = bounds) {
		this.#matches = matches;
		this.#patience = silence;
		this.#most = most;
	}

	/**
	 * The client of this person, made if there is none.
	 *
	 * @param network where they ask from, as `addressBlock` names it.
	 * @throws {CodedError} UNAVAILABLE, LIMIT_REACHED.
	 */
	begin(person: PersonId, network: string): TextClient {
		if (this.#closed) throw new CodedError('UNAVAILABLE');
		const client = this.#clients.get(person) ?? this.#make(person, network);
		this.#heardOf(person);
		return client;
	}

	#make(person: PersonId, network: string): TextClient {
		if (this.#clients.size >= this.#most.altogether)
			throw new CodedError('UNAVAILABLE', 'Too many people wait already. Try again later.');
		if (this.#byNetwork.of(network) >= this.#most.network)
			throw new CodedError('LIMIT_REACHED', 'Too many people of your network wait already.');
		const client = new TextClient(person);
		this.#clients.set(person, client);
		this.#places.set(person, this.#byNetwork.take(network));
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
		this.#places.get(person)?.();
		this.#places.delete(person);
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
