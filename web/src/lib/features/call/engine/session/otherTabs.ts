import * as v from 'valibot';
import { personId, type PersonId, type RoomId } from '#shared/ids.ts';
import { resumeRecord, type ResumeRecord } from './resumeRecord.ts';

/** How long a tab has to hand its call over, in ms. A tab that the browser has frozen does not answer. */
const patience = 3000;

/** A tab in the lobby asks which others are in the call. */
const who = 'who';
/** This tab is in the call as this person, and holds this lock for as long as it is. */
const here = v.object({ person: personId, lock: v.string() });
/** The tab that is in the call is to hand it over. It answers with a resume record. */
const take = 'take';

/**
 * A channel to the tabs of this browser that show the same room. Tabs of another build may send messages that this one
 * does not know.
 */
function lineTo(roomId: RoomId, hear: (said: unknown) => void): BroadcastChannel {
	const line = new BroadcastChannel(`parley:call:${roomId}`);
	line.onmessage = ({ data }) => hear(data);
	return line;
}

/** Browsers have locks on pages that were served safely only. A lock ends with its tab, however the tab ends. */
const canTell = () => 'locks' in navigator;

/** Runs a task that holds a lock. Where the browser refuses the lock, or the wait for it is given up, nothing runs. */
function withLock(name: string, task: () => Promise<void> | void, signal?: AbortSignal): void {
	void navigator.locks.request(name, signal ? { signal } : {}, task).catch(() => undefined);
}

/**
 * Reports to the other tabs that this one is in the call, and hands the call over to the tab that asks for it.
 *
 * @param record returns what the other tab needs; null while the call cannot be handed over
 * @returns what ends that
 */
export function tellOtherTabs(
	roomId: RoomId,
	person: PersonId,
	record: () => ResumeRecord | null,
): () => void {
	if (!canTell()) return () => undefined;
	const over = Promise.withResolvers<void>();
	const lock = `parley:call:${crypto.randomUUID()}`;
	withLock(lock, () => {
		const present = { person, lock };
		const line = lineTo(roomId, (said) => {
			if (said === who) line.postMessage(present);
			const place = said === take ? record() : null;
			if (place) line.postMessage(place);
		});
		line.postMessage(present);
		return over.promise.finally(() => line.close());
	});
	return () => over.resolve();
}

/**
 * Looks for another tab in which this person is in the call.
 *
 * @param found called whenever that changes; at first there is none
 * @returns what ends the search
 */
export function watchOtherTabs(
	roomId: RoomId,
	person: PersonId,
	found: (there: boolean) => void,
): () => void {
	if (!canTell()) return () => undefined;
	const end = new AbortController();
	let there = false;
	const line = lineTo(roomId, (said) => {
		const { success, output } = v.safeParse(here, said);
		if (!success || output.person !== person || there) return;
		there = true;
		found(true);
		const ended = () => {
			there = false;
			found(false);
			line.postMessage(who);
		};
		withLock(output.lock, ended, end.signal);
	});
	line.postMessage(who);
	return () => {
		end.abort();
		line.close();
	};
}

/** Asks the tab that is in the call for its place. Null where none answers. */
export async function takeFromOtherTab(roomId: RoomId): Promise<ResumeRecord | null> {
	if (!canTell()) return null;
	const answer = Promise.withResolvers<ResumeRecord | null>();
	const line = lineTo(roomId, (said) => {
		const { success, output } = v.safeParse(resumeRecord, said);
		if (success && output.roomId === roomId) answer.resolve(output);
	});
	const timer = setTimeout(() => answer.resolve(null), patience);
	line.postMessage(take);
	try {
		return await answer.promise;
	} finally {
		clearTimeout(timer);
		line.close();
	}
}
