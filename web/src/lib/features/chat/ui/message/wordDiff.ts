import { diffWordsWithSpace } from 'diff';

/** A piece of two texts: in both, only in the first, or only in the second. */
export type DiffPart = { kind: 'same' | 'removed' | 'added'; text: string };

/** How many words may differ before one text counts as removed and the other as added. */
const mostEdits = 1000;

const isBlank = (text: string): boolean => /^[^\S\n]+$/.test(text);

/**
 * The difference between two texts, for reading. Neighbouring changes become one, also across the blank between two
 * changed words. Removed text comes before added text.
 */
export function wordDiff(before: string, after: string): DiffPart[] {
	const changes = diffWordsWithSpace(before, after, { maxEditLength: mostEdits }) ?? [
		{ value: before, removed: true, added: false },
		{ value: after, removed: false, added: true },
	];
	const parts: DiffPart[] = [];
	let removed = '';
	let added = '';
	const settle = (): void => {
		if (removed) parts.push({ kind: 'removed', text: removed });
		if (added) parts.push({ kind: 'added', text: added });
		removed = added = '';
	};
	changes.forEach((change, index) => {
		if (change.removed) removed += change.value;
		else if (change.added) added += change.value;
		else if (isBlank(change.value) && removed && added && followedByBoth(changes, index)) {
			removed += change.value;
			added += change.value;
		} else {
			settle();
			parts.push({ kind: 'same', text: change.value });
		}
	});
	settle();
	return parts.filter(({ text }) => text !== '');
}

/** Whether the two changes after this index are a removal and an addition. */
function followedByBoth(
	changes: readonly { removed: boolean; added: boolean }[],
	index: number,
): boolean {
	const next = changes.slice(index + 1, index + 3);
	return next.some((change) => change.removed) && next.some((change) => change.added);
}
