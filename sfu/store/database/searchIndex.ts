import type { Transaction } from 'kysely';
import type { Tables } from './tables.ts';

type Tx = Transaction<Tables>;

export type Indexed = { row: number; chatId: number; seq: number; words: readonly string[] };

/** The index of words, updated in the transaction of its messages. */
export interface SearchIndex {
	put(tx: Tx, messages: readonly Indexed[]): Promise<void>;
	/** Needs the same words as `put`. */
	drop(tx: Tx, messages: readonly Omit<Indexed, 'seq'>[]): Promise<void>;
	/** Rows of a chat's messages that have, for each of these beginnings, a word that begins with it; newest first. */
	find(
		tx: Tx,
		chatId: number,
		beginnings: readonly string[],
		before: number | undefined,
		limit: number,
	): Promise<number[]>;
}

/**
 * Words as stored in the index: each begins with the mark of its chat, so that a search for beginnings scans the words
 * of this chat only. Words consist of letters and digits, so a mark is no word.
 */
export const marked = (chatId: number, words: readonly string[]): string[] =>
	words.map((word) => `_${chatId}_${word}`);
