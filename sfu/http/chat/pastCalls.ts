import type { RequestHandler } from 'express';
import * as v from 'valibot';
import type { PersonId, RoomId } from '#shared/ids.ts';
import { callId, personId, roomId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { isSealed } from '#shared/sealedForm.ts';
import type { Chats } from '../../chat/chats.ts';
import type { CallRecord, CallStore, Store } from '../../store/api/store.ts';
import type { Authentication } from '../request/authentication.ts';
import { parsed } from '../request/input.ts';
import { csvOf } from './csv.ts';
import { attachment, sendText } from './downloads.ts';
import { day } from './exportText.ts';

const time = v.number();

/** A call that is over, and everyone who was there, in the order in which they came. */
export const pastCall = v.object({
	callId,
	beganAt: time,
	endedAt: time,
	people: v.array(
		v.object({
			personId,
			name: v.string(),
			joinedAt: time,
			leftAt: time,
			/** How long they were there, in seconds: less than from `joinedAt` to `leftAt` if they left in between. */
			seconds: v.number(),
		}),
	),
});
type PastCall = v.InferOutput<typeof pastCall>;

const whole = v.pipe(
	v.string(),
	v.regex(/^\d{1,15}$/, 'must be a whole number'),
	v.transform(Number),
);

export const pastCallsQuery = v.object({
	/** Calls that began before this time, in ms since 1970. */
	before: v.optional(whole),
	limit: v.optional(
		v.pipe(whole, v.minValue(1), v.maxValue(limits.pastCalls, `is at most ${limits.pastCalls}`)),
		String(limits.pastCalls),
	),
});

/** One call: a person who came several times, or with several tabs, counts once. */
export function toPastCall({ callId, beganAt, endedAt, participants }: CallRecord): PastCall {
	const end = endedAt ?? beganAt;
	const people = new Map<PersonId, PastCall['people'][number] & { until: number; ms: number }>();
	// Each begins at or after the one before.
	for (const { personId, name, joinedAt, leftAt } of participants) {
		const left = Math.max(joinedAt, leftAt ?? end);
		const known = people.get(personId);
		const ms = Math.max(0, left - Math.max(joinedAt, known?.until ?? 0));
		people.set(personId, {
			...{ personId, name, seconds: 0 },
			joinedAt: known?.joinedAt ?? joinedAt,
			leftAt: Math.max(left, known?.leftAt ?? 0),
			until: Math.max(left, known?.until ?? 0),
			ms: ms + (known?.ms ?? 0),
		});
	}
	return {
		...{ callId, beganAt, endedAt: end },
		people: [...people.values()].map(({ until: _, ms, ...person }) => ({
			...person,
			seconds: Math.round(ms / 1000),
		})),
	};
}

/** A page of the past calls of a room, for its members (ROOM-15). */
export function pastCallsRoute(
	authentication: Authentication,
	chats: Chats,
	calls: Pick<CallStore, 'past'>,
): RequestHandler<{ roomId: string }> {
	return async (request, response) => {
		const room = parsed(roomId, request.params.roomId);
		const { before = Number.MAX_SAFE_INTEGER, limit } = parsed(pastCallsQuery, request.query);
		await chats.access.member(authentication.personOf(request), room);
		const found = await chats.access.reading(() => calls.past(room, before, limit + 1));
		const data = { calls: found.slice(0, limit).map(toPastCall), more: found.length > limit };
		response.json({ ok: true, data });
	};
}

/** All past calls of a room as a table, one line for each person in each call, for its hosts (ROOM-15). */
export function pastCallsCsvRoute(
	authentication: Authentication,
	chats: Chats,
	store: Pick<Store, 'rooms' | 'calls'>,
): RequestHandler<{ roomId: string }> {
	return async (request, response) => {
		const room = parsed(roomId, request.params.roomId);
		await chats.access.host(authentication.personOf(request), room);
		const [members, first] = await chats.access.reading(() =>
			Promise.all([store.rooms.members(room), pageOf(store.calls, room)]),
		);
		const labels = new Map(members.map(({ personId, label }) => [personId, label ?? '']));
		response.setHeader(
			'Content-Disposition',
			attachment(`parley-${room}-calls-${day(Date.now())}.csv`),
		);
		response.type('text/csv');
		await sendText(csvOf(linesOf(store.calls, room, first, labels)), response);
	};
}

const pageOf = async (calls: Pick<CallStore, 'past'>, room: RoomId, before?: number) =>
	(await calls.past(room, before ?? Number.MAX_SAFE_INTEGER, limits.pastCalls)).map(toPastCall);

const header = [
	...['Call began (UTC)', 'Call ended (UTC)', 'Call minutes'],
	...['Name', 'Label', 'Joined (UTC)', 'Left (UTC)', 'Minutes'],
];

/** In a file nobody opens what an end-to-end encrypted room has sealed (ENCRYPTION-22). */
const readable = (text: string, what: string) => (isSealed(text) ? `encrypted ${what}` : text);

/** `2026-01-31 23:59:59`, which spreadsheets take for a date. */
const moment = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
const minutes = (seconds: number) => (seconds / 60).toFixed(1);

async function* linesOf(
	calls: Pick<CallStore, 'past'>,
	room: RoomId,
	first: PastCall[],
	labels: ReadonlyMap<PersonId, string>,
): AsyncGenerator<string[]> {
	yield header;
	for (let page = first; page.length > 0;) {
		for (const { beganAt, endedAt, people } of page)
			for (const { personId, name, joinedAt, leftAt, seconds } of people)
				yield [
					...[moment(beganAt), moment(endedAt), minutes((endedAt - beganAt) / 1000)],
					...[readable(name, 'name'), readable(labels.get(personId) ?? '', 'label')],
					...[moment(joinedAt), moment(leftAt), minutes(seconds)],
				];
		page = await pageOf(calls, room, page.at(-1)?.beganAt);
	}
}
