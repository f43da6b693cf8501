import type { Tx } from './database.ts';

export type Indexed = { row: number; chatId: number; seq: number; words: readonly string[] };

/** The index of words, kept in the transaction of the messages it is of. */
export interface SearchIndex {
	put(tx: Tx, messages: readonly Indexed[]): Promise<void>;
	drop(tx: Tx, rows: readonly number[]): Promise<void>;
	/** Rows of the messages of a chat that have, for each of these, a word that begins with it; newest first. */
	find(
		tx: Tx,
		chatId: number,
		beginnings: readonly string[],
		before: number | undefined,
		limit: number,
	): Promise<number[]>;
}
