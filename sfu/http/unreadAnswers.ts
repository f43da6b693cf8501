import type { Response } from 'express';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';

const mebibyte = 1024 * 1024;

/** What may wait to be read over HTTP before nothing more is looked up, in bytes: by one person, and by all together. */
export const unreadBounds = { person: 16 * mebibyte, altogether: 512 * mebibyte };

/** Keeps people from asking for large answers without reading them (R245). */
export class UnreadAnswers {
	readonly #byPerson = new Map<PersonId, number>();
	#all = 0;

	/**
	 * Holds room for an answer until it was read, or its connection is closed.
	 *
	 * @param bytes how many it may have.
	 * @returns takes how many it has in fact.
	 * @throws {CodedError} TOO_MANY_REQUESTS, UNAVAILABLE.
	 */
	hold(person: PersonId, bytes: number, response: Response): (bytes: number) => void {
		if ((this.#byPerson.get(person) ?? 0) + bytes > unreadBounds.person)
			throw new CodedError(
				'TOO_MANY_REQUESTS',
				'You asked for more than you have read. Read the answers, or ask for fewer messages at once.',
			);
		if (this.#all + bytes > unreadBounds.altogether) throw new CodedError('UNAVAILABLE');
		let held = 0;
		let closed = response.closed;
		const change = (to: number) => {
			const size = closed ? 0 : to;
			this.#add(person, size - held);
			held = size;
		};
		response.once('close', () => {
			closed = true;
			change(0);
		});
		change(bytes);
		return change;
	}

	#add(person: PersonId, bytes: number): void {
		this.#all += bytes;
		const left = (this.#byPerson.get(person) ?? 0) + bytes;
		if (left > 0) this.#byPerson.set(person, left);
		else this.#byPerson.delete(person);
	}
}
