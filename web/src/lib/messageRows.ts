import { sameDay } from './dateWords.ts';

/** As much of a message as its place in the list depends on. */
export type Placed = {
	readonly messageId: string;
	readonly seq: number | null;
	readonly sentAt: number;
	readonly author: { readonly personId: string; readonly name: string };
	readonly content: { readonly kind: 'text' | 'deleted' } | SystemContent;
};
type SystemContent = { readonly kind: 'system'; readonly system: { readonly event: string } };

/** One line of the list: a message, or a run of people who came and went. */
export type Row<M extends Placed> = {
	/** The id of its last message: it stays when older ones are put in front. */
	readonly key: string;
	/** The day that begins with it, as a moment in it; null where it goes on. */
	readonly day: number | null;
	/** Whether the "new" line stands before it. */
	readonly isNew: boolean;
} & (
	| { readonly kind: 'message'; readonly message: M; readonly showsAuthor: boolean }
	| { readonly kind: 'system'; readonly messages: readonly M[] }
);

/** How long somebody may pause before their name stands there again, in ms. */
const pause = 5 * 60_000;

const isComingOrGoing = ({ content }: Placed): boolean =>
	content.kind === 'system' &&
	(content.system.event === 'joined' || content.system.event === 'left');

function continues(before: Placed, after: Placed): boolean {
	return (
		before.content.kind !== 'system' &&
		before.author.personId === after.author.personId &&
		before.author.name === after.author.name &&
		after.sentAt - before.sentAt < pause
	);
}

/**
 * Puts messages into rows: days set apart, the "new" line before `newFrom`, one name over what one person
 * wrote without a pause, and comings and goings that follow each other in one row.
 */
export function rowsOf<M extends Placed>(
	messages: readonly M[],
	newFrom: number | null,
): readonly Row<M>[] {
	const rows: Row<M>[] = [];
	let before: M | null = null;
	for (const message of messages) {
		const day = before && sameDay(before.sentAt, message.sentAt) ? null : message.sentAt;
		const isNew = newFrom !== null && message.seq === newFrom;
		const apart = day !== null || isNew;
		const last = rows.at(-1);
		if (message.content.kind === 'system') {
			const run = isComingOrGoing(message) && before !== null && isComingOrGoing(before);
			if (run && !apart && last?.kind === 'system') {
				rows[rows.length - 1] = {
					...last,
					key: message.messageId,
					messages: [...last.messages, message],
				};
			} else {
				rows.push({ key: message.messageId, day, isNew, kind: 'system', messages: [message] });
			}
		} else {
			const showsAuthor = apart || before === null || !continues(before, message);
			rows.push({ key: message.messageId, day, isNew, kind: 'message', message, showsAuthor });
		}
		before = message;
	}
	return rows;
}

/**
 * How a list gets from some rows to others: a virtual list can keep its place only if its front and its end do
 * not change at the same time. `front` says at which of them a step changes; null when nothing of the old rows
 * is left, and the list begins anew.
 */
export type RowsStep<R> = { readonly rows: readonly R[]; readonly front: boolean };
export function stepsBetween<R extends { readonly key: string }>(
	before: readonly R[],
	after: readonly R[],
): readonly RowsStep<R>[] | null {
	const places = new Map(after.map(({ key }, index) => [key, index]));
	const first = before.findIndex(({ key }) => places.has(key));
	const common = before[first];
	if (!common) return before.length === 0 ? [{ rows: after, front: false }] : null;
	/** Rows that come in front, or with a minus that go there. */
	const added = (places.get(common.key) ?? 0) - first;
	if (added === 0) return [{ rows: after, front: false }];
	// The end first, with the front as it was; then the front alone.
	const end = added > 0 ? after.slice(added) : [...before.slice(0, -added), ...after];
	const front = { rows: after, front: true };
	return before.length === end.length ? [front] : [{ rows: end, front: false }, front];
}
