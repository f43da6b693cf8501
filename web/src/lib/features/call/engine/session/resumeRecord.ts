import * as v from 'valibot';
import { resumeToken, roomId, type RoomId } from '#shared/ids.ts';

const key = 'parley:stay';

/** How long after it was unloaded a page is thought to be loaded again, in ms. */
const freshness = 60_000;

export const resumeRecord = v.object({
	roomId,
	token: resumeToken,
	name: v.string(),
	microphone: v.boolean(),
	camera: v.boolean(),
	/** When it was written, in ms since 1970. */
	at: v.number(),
});
/** A session that another page continues: the same page after a reload, or one in another tab. */
export type ResumeRecord = v.InferOutput<typeof resumeRecord>;

/** Whether this page was reloaded, or reached by going back, and not opened by an address or a link. */
function isReturn(): boolean {
	const [entry] = performance.getEntriesByType('navigation');
	return entry instanceof PerformanceNavigationTiming && entry.type !== 'navigate';
}

/** The record for this room, if the page was loaded again within its time. */
export function readResumeRecord(room: RoomId): ResumeRecord | null {
	try {
		const kept = v.parse(resumeRecord, JSON.parse(sessionStorage.getItem(key) ?? 'null'));
		const mine = kept.roomId === room && Date.now() - kept.at < freshness;
		return mine && isReturn() ? kept : null;
	} catch {
		// Nothing was kept, or nothing that is known: the page begins in the lobby.
		return null;
	}
}

/** Keeps the record for the page that is loaded next in this tab. */
export function keepResumeRecord(kept: ResumeRecord): void {
	try {
		sessionStorage.setItem(key, JSON.stringify(kept));
	} catch {
		// Without the record, the person comes back through the lobby.
	}
}

/** The person is in, or does not want to be. */
export function forgetResumeRecord(): void {
	try {
		sessionStorage.removeItem(key);
	} catch {
		// Nothing was kept.
	}
}
