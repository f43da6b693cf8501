import * as v from 'valibot';
import { isSealed } from '#shared/sealedForm.ts';
import { callId, personId, type RoomId } from '#shared/ids.ts';
import { askApi } from '#lib/http/api.ts';

const time = v.number();
/** A name that was sealed in an encrypted room is not opened outside of it. */
const nameOutside = v.pipe(
	v.string(),
	v.transform((name) => (isSealed(name) ? somebody() : name)),
);
function somebody(): string {
	return 'Someone';
}

const pastCall = v.object({
	callId,
	beganAt: time,
	endedAt: time,
	people: v.array(v.object({ personId, name: nameOutside, seconds: v.number() })),
});
/** A call of a room that is over. Times in ms since 1970. */
export type PastCall = v.InferOutput<typeof pastCall>;

const page = v.object({ calls: v.array(pastCall), more: v.boolean() });

const addressOf = (roomId: RoomId) => `/api/rooms/${encodeURIComponent(roomId)}`;

/** The past calls of a room that began before this time, the latest first. Rejects with a CodedError. */
export function pastCalls(roomId: RoomId, before?: number): Promise<v.InferOutput<typeof page>> {
	const query = before === undefined ? '' : `?before=${before}`;
	return askApi(page, 'GET', `${addressOf(roomId)}/calls${query}`);
}

/** The address at which a host downloads all past calls as a table. */
export const pastCallsTable = (roomId: RoomId): string => `${addressOf(roomId)}/calls.csv`;

const done = v.object({});

/** For hosts; null removes the name. Rejects with a CodedError. */
export async function nameRoom(roomId: RoomId, name: string | null): Promise<void> {
	await askApi(done, 'PUT', `${addressOf(roomId)}/name`, { name });
}

/** Removes a room from the list, or lists it again. Rejects with a CodedError. */
export async function setListed(roomId: RoomId, listed: boolean): Promise<void> {
	await askApi(done, 'PUT', `${addressOf(roomId)}/listed`, { listed });
}
