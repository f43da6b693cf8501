import type { Database } from './database.ts';
import { exportAfter } from './exporting.ts';
import type { LocalStore } from './localStore.ts';
import { post } from './posting.ts';
import { readingStore } from './reading.ts';
import { revisingStore } from './revising.ts';
import { searchingStore } from './searching.ts';
import { sweepingStore } from './sweeping.ts';
import { unreadStore } from './unread.ts';

export function chatStore(database: Database): LocalStore['chats'] {
	return {
		post: async (posts) =>
			posts.length === 0 ? [] : database.write((tx) => post(database, tx, posts)),
		exportAfter: (key, seq) => exportAfter(database, key, seq),
		...revisingStore(database),
		...readingStore(database),
		...searchingStore(database),
		...unreadStore(database),
		...sweepingStore(database),
	};
}
