import * as v from 'valibot';
import { personId, ringId, roomId, type RingId, type RoomId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import type { RingOutcome } from '#shared/systemEvent.ts';

/** A call that the person makes to another. */
export type Outgoing = {
	readonly ringId: RingId;
	readonly roomId: RoomId;
	readonly person: Author;
	readonly video: boolean;
	/** When it was asked for first, in ms since 1970. */
	readonly at: number;
	/** Null while it rings. */
	readonly outcome: Exclude<RingOutcome, 'accepted'> | null;
	/** The message of the person who declined, or why the call failed. */
	readonly message: string | null;
};

const key = 'parley:calling';

/** How long after a page was unloaded the next page in its tab continues its calls, in ms. */
const freshness = 30_000;

const kept = v.object({
	calls: v.array(
		v.object({
			ringId,
			roomId,
			person: v.object({ personId, name: v.string() }),
			video: v.boolean(),
			at: v.number(),
			outcome: v.nullable(
				v.picklist(['declined', 'cancelled', 'no-answer', 'busy', 'do-not-disturb']),
			),
			message: v.nullable(v.string()),
		}),
	),
	/** In ms since 1970. */
	at: v.number(),
});
export type KeptCalls = v.InferOutput<typeof kept>['calls'];

/** The calls that the previous page was making when it was unloaded. Returned once. */
export function recallCalls(): KeptCalls {
	try {
		const text = sessionStorage.getItem(key);
		sessionStorage.removeItem(key);
		const { calls, at } = v.parse(kept, JSON.parse(text ?? 'null'));
		return Date.now() - at < freshness ? calls : [];
	} catch {
		// Nothing was kept, or nothing that is known.
		return [];
	}
}

/** For the next page in this tab. */
export function keepCalls(calls: Readonly<KeptCalls>): void {
	try {
		if (calls.length > 0) sessionStorage.setItem(key, JSON.stringify({ calls, at: Date.now() }));
	} catch {
		// Then the next page does not show the calls. The rings continue all the same.
	}
}
