import { sameDay } from '#lib/language/dates.text.ts';

/** The part of a message that decides its place in the list. */
export type Placed = {
	readonly messageId: string;
	readonly seq: number | null;
	readonly sentAt: number;
	readonly author: { readonly personId: string; readonly name: string };
	readonly content: { readonly kind: 'text' | 'deleted' } | SystemContent;
};
type SystemContent = { readonly kind: 'system'; readonly system: { readonly event: string } };

/** A row of the list: a message, or system messages, such as a run of joins and leaves. */
export type Row<M extends Placed> = {
	/** The id of the last message of the row. It stays the same when older messages are put in front. */
	readonly key: string;
	/** The day that begins with the row, as a moment of that day; null if the day continues. */
	readonly day: number | null;
	/** Whether the line "new" stands above the row. */
	readonly isNew: boolean;
} & (
	| { readonly kind: 'message'; readonly message: M; readonly showsAuthor: boolean }
	| { readonly kind: 'system'; readonly messages: readonly M[] }
);

/** After a pause of this length, in ms, the name of the author is shown again. */
const pause = 5 * 60_000;

/** A person who is back within this time, in ms, has not left: their connection was lost, or the service restarted. */
const reconnectGrace = 30_000;

/** Whether the message says that its author joined or left; null for all other messages. */
function movementOf({ content }: Placed): 'joined' | 'left' | null {
	if (content.kind !== 'system') return null;
	const { event } = content.system;
	return event === 'joined' || event === 'left' ? event : null;
}

/** The messages that say that people left and joined again within the grace time. */
function reconnects(messages: readonly Placed[]): ReadonlySet<Placed> {
	const found = new Set<Placed>();
	const lastLeft = new Map<string, Placed>();
	for (const message of messages) {
		const movement = movementOf(message);
		const { personId } = message.author;
		const left = lastLeft.get(personId);
		if (movement) lastLeft.delete(personId);
		if (movement === 'left') lastLeft.set(personId, message);
		if (movement === 'joined' && left && message.sentAt - left.sentAt <= reconnectGrace)
			found.add(left).add(message);
	}
	return found;
}

/** What a run of joins and leaves changed, by the names that people had last. */
export type NetMovements = Readonly<Record<'joined' | 'rejoined' | 'left', readonly string[]>>;

/** @param run messages that say that people joined or left; others are ignored */
export function netMovements(run: readonly Placed[]): NetMovements {
	const people = new Map<string, { name: string; first: string; last: string }>();
	for (const message of run) {
		const { personId, name } = message.author;
		const last = movementOf(message);
		if (last) people.set(personId, { name, first: people.get(personId)?.first ?? last, last });
	}
	const names = (wantedFirst: string, wantedLast: string) =>
		[...people.values()]
			.filter(({ first, last }) => first === wantedFirst && last === wantedLast)
			.map(({ name }) => name);
	return {
		joined: names('joined', 'joined'),
		rejoined: names('left', 'joined'),
		left: names('left', 'left'),
	};
}

const changesNothing = ({ joined, rejoined, left }: NetMovements): boolean =>
	joined.length + rejoined.length + left.length === 0;

function continues(before: Placed, after: Placed): boolean {
	return (
		before.content.kind !== 'system' &&
		before.author.personId === after.author.personId &&
		before.author.name === after.author.name &&
		after.sentAt - before.sentAt < pause
	);
}

/**
 * Groups messages into rows. Days are set apart, and the line "new" stands before `newFrom`. The name of an author
 * stands once above messages without a pause. Joins and leaves that follow each other share a row. A run of them that
 * changed nothing has no row, nor has a person who was away for less than the grace time.
 */
export function rowsOf<M extends Placed>(
	messages: readonly M[],
	newFrom: number | null,
): readonly Row<M>[] {
	const rows: Row<M>[] = [];
	const quiet = reconnects(messages);
	let before: M | null = null;
	/** The run that the next message may continue. It becomes a row when it ends. */
	let run: M[] = [];
	/** Whether the next row is the first new one. */
	let newBegins = false;
	let dayBefore: number | null = null;

	/** The marks above a row that begins with this message: its day, and whether it is the first new one. */
	const marks = ({ sentAt }: M) => {
		const day = dayBefore !== null && sameDay(dayBefore, sentAt) ? null : sentAt;
		const isNew = newBegins;
		dayBefore = sentAt;
		newBegins = false;
		return { day, isNew };
	};
	const endRun = () => {
		const [first] = run;
		const last = run.at(-1);
		if (first && last && !changesNothing(netMovements(run)))
			rows.push({ key: last.messageId, ...marks(first), kind: 'system', messages: run });
		run = [];
	};

	for (const message of messages) {
		if (newFrom !== null && message.seq === newFrom) {
			endRun();
			newBegins = true;
		}
		if (quiet.has(message)) continue;
		if (movementOf(message)) {
			if (before && !sameDay(before.sentAt, message.sentAt)) endRun();
			run.push(message);
		} else {
			endRun();
			const row = { key: message.messageId, ...marks(message) };
			if (message.content.kind === 'system') {
				rows.push({ ...row, kind: 'system', messages: [message] });
			} else {
				const apart = row.isNew || row.day !== null;
				const showsAuthor = apart || before === null || !continues(before, message);
				rows.push({ ...row, kind: 'message', message, showsAuthor });
			}
		}
		before = message;
	}
	endRun();
	return rows;
}

/**
 * How a list gets from old rows to new ones: a virtual list can keep its place only if its front and its end do not
 * change at the same time. `front` says which of them a step changes. Null when no old row is left, and the list
 * begins anew.
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
	/** How many rows are added at the front; negative if rows leave it. */
	const added = (places.get(common.key) ?? 0) - first;
	if (added === 0) return [{ rows: after, front: false }];
	// First the end, with the old front; then the front alone.
	const end = added > 0 ? after.slice(added) : [...before.slice(0, -added), ...after];
	const front = { rows: after, front: true };
	return before.length === end.length ? [front] : [{ rows: end, front: false }, front];
}
