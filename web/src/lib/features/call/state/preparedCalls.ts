import type { RoomId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import type { ResumeRecord } from '../engine/session/resumeRecord.ts';
import type { CallState } from './callState.svelte.ts';

/** A call that skips its lobby, because a person calls or is called, or the page was reloaded in it. */
export type PreparedCall = {
	readonly call: CallState;
	/** The person who calls or is called; null if that is not known. */
	readonly person: Author | null;
	/** Fulfilled when inside, and rejected when that will not be. */
	readonly joining: Promise<void>;
};

/** A call that is in its room's lobby or on the way there, with no device open. */
export type QuietCall = {
	readonly call: CallState;
	/** @param on which devices to open. */
	answer(name: string, on: { microphone: boolean; camera: boolean }): Promise<void>;
};

/** Makes quiet calls. It is there once the code of the room's page is, which brings it along. */
export const maker: { make: ((roomId: RoomId, stay?: ResumeRecord) => QuietCall) | null } = {
	make: null,
};

const waiting = new Map<RoomId, PreparedCall>();

/** Keeps a prepared call for the page of its room. */
export function hand(roomId: RoomId, prepared: PreparedCall): void {
	waiting.get(roomId)?.call.close();
	waiting.set(roomId, prepared);
}

/** The call that waits for this page, if any. The page that takes it has to close it. */
export function take(roomId: RoomId): PreparedCall | null {
	const prepared = waiting.get(roomId) ?? null;
	waiting.delete(roomId);
	return prepared;
}
