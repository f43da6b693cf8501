import type { Database } from '../database/database.ts';
import type { ChatKey, ChatStore } from '../api/store.ts';
import { exportAfter, type Exported } from './exporting.ts';
import { paceOf } from './pacing.ts';
import { post } from './posting.ts';
import { readingStore } from './reading.ts';
import { revisingStore } from './revising.ts';
import { searchingStore } from './searching.ts';
import { sweepingStore } from './sweeping.ts';
import { unreadStore } from './unread.ts';

/** The chat part of a store thread: an export is requested part by part. */
export type LocalChatStore = Omit<ChatStore, 'export'> & {
	/** A part of the export: the messages after this seq; empty at the end. */
	exportAfter(key: ChatKey, seq: number): Promise<Exported[]>;
};

export function chatStore(database: Database): LocalChatStore {
	return {
		post: async (posts) =>
			posts.length === 0 ? [] : database.write((tx) => post(database, tx, posts)),
		pace: (...args) => database.read((tx) => paceOf(tx, ...args)),
		exportAfter: (key, seq) => exportAfter(database, key, seq),
		...revisingStore(database),
		...readingStore(database),
		...searchingStore(database),
		...unreadStore(database),
		...sweepingStore(database),
	};
}
