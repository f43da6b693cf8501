import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import { Tally } from '../platform/tally.ts';
import type { Matches } from './matches.ts';
import { TextClient } from './textClient.ts';

/** How long a client may send no request before it counts as lost, in ms. */
const clientTimeout = 60_000;
/** The most clients at a time: altogether, and from one network. */
const bounds = { altogether: 20_000, network: 2_000 };

/** People who meet strangers in text by HTTP: one client for each person. */
export class TextClients {
	readonly #matches: Matches;
	readonly #timeout: number;
	readonly #clients = new Map<PersonId, TextClient>();
	readonly #timers = new Map<PersonId, NodeJS.Timeout>();
	readonly #bounds: typeof bounds;
	readonly #byNetwork = new Tally<string>();
	/** Releases the client's place in the count of its network. */
	readonly #places = new Map<PersonId, () => void>();
	#closed = false;

	constructor(matches: Matches, timeout = clientTimeout, maxClients = bounds) {
		this.#matches = matches;
		this.#timeout = timeout;
		this.#bounds = maxClients;
	}

	/**
	 * The client of this person, made if there is none.
	 *
	 * @param network of the request, by `addressBlock`.
	 * @throws {CodedError} UNAVAILABLE, LIMIT_REACHED.
	 */
	begin(person: PersonId, network: string): TextClient {
		if (this.#closed) throw new CodedError('UNAVAILABLE');
		const client = this.#clients.get(person) ?? this.#make(person, network);
		this.#restartTimer(person);
		return client;
	}

	#make(person: PersonId, network: string): TextClient {
		if (this.#clients.size >= this.#bounds.altogether)
			throw new CodedError('UNAVAILABLE', 'Too many people are already waiting. Try again later.');
		if (this.#byNetwork.of(network) >= this.#bounds.network)
			throw new CodedError(
				'LIMIT_REACHED',
				'Too many people from your network are already waiting.',
			);
		const client = new TextClient(person);
		this.#clients.set(person, client);
		this.#places.set(person, this.#byNetwork.take(network));
		return client;
	}

	/** @throws {CodedError} NOT_FOUND for a person who did not begin, or has ended. */
	of(person: PersonId): TextClient {
		const client = this.find(person);
		if (!client) throw new CodedError('NOT_FOUND', "You aren't waiting for anyone. Start first.");
		return client;
	}

	/** The person's client, if there is one. Counts as a request of the client. */
	find(person: PersonId): TextClient | undefined {
		const client = this.#clients.get(person);
		if (client) this.#restartTimer(person);
		return client;
	}

	/** Ends the client; harmless if there is none. */
	end(person: PersonId, why: 'left' | 'lost' = 'left'): void {
		clearTimeout(this.#timers.get(person));
		this.#timers.delete(person);
		const client = this.#clients.get(person);
		if (!client) return;
		this.#clients.delete(person);
		this.#places.get(person)?.();
		this.#places.delete(person);
		this.#matches.maker.remove(client.session, why);
		client.close();
	}

	close(): void {
		this.#closed = true;
		for (const person of [...this.#clients.keys()]) this.end(person);
	}

	/** The client sent a request: it has to send the next one before its time is over. */
	#restartTimer(person: PersonId): void {
		clearTimeout(this.#timers.get(person));
		const check = () => {
			if (this.#clients.get(person)?.isPolled) this.#restartTimer(person);
			else this.end(person, 'lost');
		};
		this.#timers.set(person, setTimeout(check, this.#timeout));
	}
}
