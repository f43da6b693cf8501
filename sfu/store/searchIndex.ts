import type { Tx } from './database.ts';

export type Indexed = { row: number; chatId: number; seq: number; words: readonly string[] };

/** The index of words, kept in the transaction of the messages it is of. */
export interface SearchIndex {
	put(tx: Tx, messages: readonly Indexed[]): Promise<void>;
	/** With the words as they were put. */
	drop(tx: Tx, messages: readonly Omit<Indexed, 'seq'>[]): Promise<void>;
	/** Rows of the messages of a chat that have, for each of these, a word that begins with it; newest first. */
	find(
		tx: Tx,
		chatId: number,
		beginnings: readonly string[],
		before: number | undefined,
		limit: number,
	): Promise<number[]>;
}

/**
 * Words as they are in the index: each begins with the mark of its chat, so that looking for the beginnings of words walks
 * through what was said in this chat alone. Words have letters and digits only, so that marks are none of them.
 */
export const marked = (chatId: number, words: readonly string[]): string[] =>
	words.map((word) => `_${chatId}_${word}`);
