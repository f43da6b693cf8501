import type { Response } from 'express';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';

const mebibyte = 1024 * 1024;

/** How many bytes of answers may be unread before no further request is read for: by one person, and altogether. */
export const unreadBounds = { person: 16 * mebibyte, altogether: 512 * mebibyte };

/** Keeps clients from requesting large answers without reading them (HTTP-10). */
export class UnreadAnswers {
	readonly #byPerson = new Map<PersonId, number>();
	#all = 0;

	/**
	 * Reserves memory for an answer until it was read, or its connection is closed.
	 *
	 * @param bytes the most that it may have.
	 * @returns a function that takes its real size.
	 * @throws {CodedError} TOO_MANY_REQUESTS, UNAVAILABLE.
	 */
	hold(person: PersonId, bytes: number, response: Response): (bytes: number) => void {
		if ((this.#byPerson.get(person) ?? 0) + bytes > unreadBounds.person)
			throw new CodedError(
				'TOO_MANY_REQUESTS',
				"You're requesting faster than you read. Read the answers, or ask for fewer messages at once.",
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
