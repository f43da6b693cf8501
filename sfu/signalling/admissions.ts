import type { IncomingMessage } from 'node:http';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Config } from '../config.ts';
import { addressBlock, addressOf, trusting, type Trust } from '../people/address.ts';
import { Tally } from '../people/tally.ts';
import { bounds } from './bounds.ts';
import type { Connection } from './wire.ts';

/** Of the connections that a bound allows, how many may have said nothing of themselves yet. */
const unnamedShare = 1 / 4;

/** Counts connections and sockets: by person, by network and altogether (R173). */
export class Admissions {
	readonly #limits: Config['limits'];
	readonly #trust: Trust;
	readonly #unnamed = new Tally<string>();
	readonly #byBlock = new Tally<string>();
	readonly #byPerson = new Tally<PersonId>();
	/** The network of each connection, and what gives back its place among those that say nothing of themselves. */
	readonly #opened = new WeakMap<Connection, { block: string; release: () => void }>();
	readonly #admitted = new WeakSet<Connection>();

	constructor(limits: Config['limits'], trustProxy: Config['http']['trustProxy']) {
		this.#limits = limits;
		this.#trust = trusting(trustProxy);
	}

	/** Whether there is room for one more connection of which nobody knows who it is. */
	hasRoom(request: IncomingMessage): boolean {
		const { sockets, socketsPerAddress } = this.#limits;
		const ofBlock = this.#unnamed.of(this.#blockOf(request));
		return (
			ofBlock < Math.ceil(socketsPerAddress * unnamedShare) &&
			this.#unnamed.all < Math.ceil(sockets * unnamedShare)
		);
	}

	/** A connection was made that says nothing of itself yet. It counts until it does, or is closed. */
	opened(connection: Connection): void {
		const block = this.#blockOf(connection.request);
		const release = this.#unnamed.take(block);
		this.#opened.set(connection, { block, release });
		connection.once('close', release);
	}

	/**
	 * A socket of this person is about to be let in. It counts until its connection is closed.
	 *
	 * @returns the network it comes from.
	 * @throws {CodedError} TOO_MANY_REQUESTS, UNAVAILABLE; BAD_REQUEST for a second socket of one connection.
	 */
	admit(connection: Connection, personId: PersonId): string {
		const { sockets, socketsPerAddress } = this.#limits;
		const opened = this.#opened.get(connection);
		if (!opened || connection.readyState !== 'open' || this.#admitted.has(connection))
			throw new CodedError('BAD_REQUEST');
		const { block, release } = opened;
		if (this.#byPerson.of(personId) >= bounds.socketsPerPerson)
			throw new CodedError(
				'TOO_MANY_REQUESTS',
				'This service is open in too many tabs. Close some of them, then reload this one.',
			);
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
