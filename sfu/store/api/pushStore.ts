import type { PersonId, RoomId, SessionId } from '#shared/ids.ts';
import type { PushSettings } from '#shared/push.ts';

/** A browser that gets notifications by a push service. */
export type PushDevice = PushSettings & {
	personId: PersonId;
	sessionId: SessionId;
};

export interface PushStore {
	/**
	 * Keeps where the notifications of this session go, in the place of what was kept. A person has at most 10 devices:
	 * the one that was added first is given up for another.
	 *
	 * @throws {CodedError} UNAUTHENTICATED if the session is over.
	 */
	keep(personId: PersonId, sessionId: SessionId, settings: PushSettings, at: number): Promise<void>;
	/** This session gets no notifications any more. */
	drop(sessionId: SessionId): Promise<void>;
	/** The push service does not know this endpoint of the session any more. */
	gone(sessionId: SessionId, endpoint: string): Promise<void>;
	/**
	 * The devices of these people: of sessions that are not over, were used after `usedAfter`, and belong to nobody who
	 * is suspended.
	 *
	 * @param messagesOf leaves out devices that want no messages of this room; null leaves out none.
	 */
	of(
		people: readonly PersonId[],
		messagesOf: RoomId | null,
		times: { now: number; usedAfter: number },
	): Promise<PushDevice[]>;
}
