import type * as v from 'valibot';
import type { signInRule } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import { inForce, suspended } from './standings.ts';
import { isGuest, type Visitor } from './visitors.ts';

type Rule = v.InferOutput<typeof signInRule>;

/** Who may do anything here, and who may make rooms, as the operator decided. */
export class Entry {
	readonly required: Rule;
	readonly #isMade: (roomId: RoomId) => Promise<boolean>;

	/** @param isMade whether somebody has made this room: it has a host. */
	constructor(required: Rule, isMade: (roomId: RoomId) => Promise<boolean>) {
		this.required = required;
		this.#isMade = isMade;
	}

	/** @throws {CodedError} SUSPENDED, SIGN_IN_REQUIRED (R76, R77). */
	check(visitor: Pick<Visitor, 'profile' | 'roomId'>): void {
		const suspension = inForce(visitor.profile);
		if (suspension) throw suspended(suspension);
		if (this.required === 'joining' && isGuest(visitor)) throw new CodedError('SIGN_IN_REQUIRED');
	}

	/**
	 * Before somebody enters a room that would be made by that.
	 *
	 * @throws {CodedError} SIGN_IN_REQUIRED (R76).
	 */
	async checkMaking(visitor: Pick<Visitor, 'profile' | 'roomId'>, roomId: RoomId): Promise<void> {
		if (this.required !== 'rooms' || !isGuest(visitor)) return;
		if (!(await this.#isMade(roomId)))
			throw new CodedError(
				'SIGN_IN_REQUIRED',
				'Sign in to make a room or to call somebody: this server asks for it.',
			);
	}
}

/**
 * Before somebody does anything that concerns a room, or none.
 *
 * @param about the room; null where it is about something else.
 * @throws {CodedError} NOT_ALLOWED where the session is for another room (R79).
 */
export function checkLimit(limit: RoomId | null, about: RoomId | null): void {
	if (limit !== null && limit !== about)
		throw new CodedError('NOT_ALLOWED', 'This visit is for one room only.');
}
