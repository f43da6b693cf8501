import type * as v from 'valibot';
import type { signInRule } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import { inForce, suspended } from './accountStatus.ts';
import { isGuest, type Visitor } from './sessionRegistry.ts';

type Rule = v.InferOutput<typeof signInRule>;

/** Which people may use the service, and which may make rooms, by the operator's configuration. */
export class AccessPolicy {
	readonly required: Rule;
	readonly #isMade: (roomId: RoomId) => Promise<boolean>;

	/** @param isMade whether a person made this room: it has a host. */
	constructor(required: Rule, isMade: (roomId: RoomId) => Promise<boolean>) {
		this.required = required;
		this.#isMade = isMade;
	}

	/** @throws {CodedError} SUSPENDED, SIGN_IN_REQUIRED (ACCOUNT-7, ACCOUNT-8). */
	check(visitor: Pick<Visitor, 'profile' | 'roomId'>): void {
		const suspension = inForce(visitor.profile);
		if (suspension) throw suspended(suspension);
		if (this.required === 'joining' && isGuest(visitor)) throw new CodedError('SIGN_IN_REQUIRED');
	}

	/**
	 * For a person who enters a room that this would make.
	 *
	 * @throws {CodedError} SIGN_IN_REQUIRED (ACCOUNT-7).
	 */
	async checkMaking(visitor: Pick<Visitor, 'profile' | 'roomId'>, roomId: RoomId): Promise<void> {
		if (this.required !== 'rooms' || !isGuest(visitor)) return;
		if (!(await this.#isMade(roomId)))
			throw new CodedError('SIGN_IN_REQUIRED', 'Sign in to create rooms or call people.');
	}
}

/**
 * Checks that a session may make a request about a room, or about none.
 *
 * @param about the room; null if the request is about something else.
 * @throws {CodedError} NOT_ALLOWED if the session is for another room (ACCOUNT-10).
 */
export function checkLimit(limit: RoomId | null, about: RoomId | null): void {
	if (limit !== null && limit !== about)
		throw new CodedError('NOT_ALLOWED', 'This link only gives access to one room.');
}
