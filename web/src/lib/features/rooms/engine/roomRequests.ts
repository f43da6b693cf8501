import * as v from 'valibot';
import { isSealed } from '#shared/sealedForm.ts';
import { callId, personId, type RoomId } from '#shared/ids.ts';
import { loadPart } from '#lib/browser/loadPart.ts';
import { hasKey } from '#lib/encryption/linkKey.ts';
import { askApi } from '#lib/http/api.ts';

const time = v.number();

const pastCall = v.object({
	callId,
	beganAt: time,
	endedAt: time,
	people: v.array(v.object({ personId, name: v.string(), seconds: v.number() })),
});
/** A call of a room that is over. Times in ms since 1970. */
export type PastCall = v.InferOutput<typeof pastCall>;

const page = v.object({ calls: v.array(pastCall), more: v.boolean() });

const addressOf = (roomId: RoomId) => `/api/rooms/${encodeURIComponent(roomId)}`;

/** The past calls of a room that began before this time, the latest first. Rejects with a CodedError. */
export async function pastCalls(
	roomId: RoomId,
	before?: number,
): Promise<v.InferOutput<typeof page>> {
	const query = before === undefined ? '' : `?before=${before}`;
	const found = await askApi(page, 'GET', `${addressOf(roomId)}/calls${query}`);
	if (!hasKey(location.hash)) return withoutSealed(found);
	const { openedByLink } = await loadPart(() => import('#lib/encryption/openedByLink.ts'));
	return withoutSealed(await openedByLink(roomId, found));
}

/** A name that does not open says nothing. */
function withoutSealed(found: v.InferOutput<typeof page>): v.InferOutput<typeof page> {
	for (const { people } of found.calls)
		for (const person of people) if (isSealed(person.name)) person.name = 'Someone';
	return found;
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
