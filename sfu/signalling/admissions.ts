import type { IncomingMessage } from 'node:http';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Config } from '../platform/config.ts';
import { addressBlock, addressOf, trusting, type Trust } from '../platform/address.ts';
import { Tally } from '../platform/tally.ts';
import { bounds } from './client/bounds.ts';
import type { Connection } from './client/wire.ts';

/** The share of the allowed connections that may have no session yet. */
const unnamedShare = 1 / 4;

/** Counts connections and sockets: by person, by network and altogether (CONN-12). */
export class Admissions {
	readonly #limits: Config['limits'];
	readonly #trust: Trust;
	readonly #unnamed = new Tally<string>();
	readonly #byBlock = new Tally<string>();
	readonly #byPerson = new Tally<PersonId>();
	/** The network of each connection, and the release of its place among the connections without a session. */
	readonly #opened = new WeakMap<Connection, { block: string; release: () => void }>();
	readonly #admitted = new WeakSet<Connection>();

	constructor(limits: Config['limits'], trustProxy: Config['http']['trustProxy']) {
		this.#limits = limits;
		this.#trust = trusting(trustProxy);
	}

	/** Whether one more connection without a session fits. */
	hasRoom(request: IncomingMessage): boolean {
		const { sockets, socketsPerAddress } = this.#limits;
		const ofBlock = this.#unnamed.of(this.#blockOf(request));
		return (
			ofBlock < Math.ceil(socketsPerAddress * unnamedShare) &&
			this.#unnamed.all < Math.ceil(sockets * unnamedShare)
		);
	}

	/**
	 * A connection was made. It counts as one without a session until it is admitted or closed.
	 *
	 * @returns the network it comes from.
	 */
	opened(connection: Connection): string {
		const block = this.#blockOf(connection.request);
		const release = this.#unnamed.take(block);
		this.#opened.set(connection, { block, release });
		connection.once('close', release);
		return block;
	}

	/**
	 * A socket of this person is about to be let in. It counts until its connection is closed.
	 *
	 * @returns the network it comes from.
	 * @throws {CodedError} TOO_MANY_TABS, TOO_MANY_REQUESTS, UNAVAILABLE; BAD_REQUEST for a second socket of one connection.
	 */
	admit(connection: Connection, personId: PersonId): string {
		const { sockets, socketsPerAddress } = this.#limits;
		const opened = this.#opened.get(connection);
		if (!opened || connection.readyState !== 'open' || this.#admitted.has(connection))
			throw new CodedError('BAD_REQUEST');
		const { block, release } = opened;
		if (this.#byPerson.of(personId) >= bounds.socketsPerPerson)
			throw new CodedError('TOO_MANY_TABS');
		if (this.#byBlock.of(block) >= socketsPerAddress)
			throw new CodedError(
				'TOO_MANY_REQUESTS',
				'Too many people are connected from your network. Try again later.',
			);
		if (this.#byBlock.all >= sockets)
			throw new CodedError('UNAVAILABLE', 'Too many people are connected. Try again later.');
		this.#admitted.add(connection);
		release();
		connection.once('close', this.#byPerson.take(personId));
		connection.once('close', this.#byBlock.take(block));
		return block;
	}

	#blockOf(request: IncomingMessage): string {
		return addressBlock(addressOf(request, this.#trust));
	}
}
