import { sameDay } from '#lib/language/dates.text.ts';

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

/** Someone who is back within this time, in ms, has not left: their connection was lost, or the service restarted. */
const reconnectGrace = 30_000;

/** Whether the message says that its author joined or left; null for all others. */
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

/** What a run of comings and goings changed, by the names that people had last. */
export type NetMovements = Readonly<Record<'joined' | 'rejoined' | 'left', readonly string[]>>;

/** @param run messages that say that people joined or left; others are passed over. */
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
 * Puts messages into rows: days set apart, the "new" line before `newFrom`, one name over what one person
 * wrote without a pause, and comings and goings that follow each other in one row. A run of them that changed
 * nothing has no row, nor has someone who was away for less than the grace time.
 */
export function rowsOf<M extends Placed>(
	messages: readonly M[],
	newFrom: number | null,
): readonly Row<M>[] {
	const rows: Row<M>[] = [];
	const quiet = reconnects(messages);
	let before: M | null = null;
	/** The run that may go on. It becomes a row when it ends. */
	let run: M[] = [];
	/** Whether the next row begins what is new. */
	let newBegins = false;
	let dayBefore: number | null = null;

	/** The marks before a row that begins with this message. */
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
