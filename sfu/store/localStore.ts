import type { Message } from '#shared/chat.ts';
import { accountStore } from './accounts.ts';
import { callStore } from './callLog.ts';
import { blockStore } from './blocks.ts';
import { chatStore } from './chats.ts';
import { contactStore } from './contacts.ts';
import type { Database } from './database.ts';
import { directStore } from './directs.ts';
import { fileStore } from './files.ts';
import { moderationStore } from './moderation.ts';
import { peopleStore } from './people.ts';
import { ringStore } from './rings.ts';
import { roomStore } from './rooms.ts';
import { sessionStore } from './sessions.ts';
import { tokenStore } from './tokens.ts';
import type { ChatKey, ChatStore, Store } from './store.ts';

export type Exported = Message & { edits: { body: string; at: number }[] };

/** The store as its threads have it: what is not a question with one answer is cut into such. */
export type LocalStore = Omit<Store, 'chats' | 'ping' | 'close'> & {
	chats: Omit<ChatStore, 'export'> & {
		/** A part of the export: the messages after this seq, none at the end. */
		exportAfter(key: ChatKey, seq: number): Promise<Exported[]>;
	};
	database: { ping(): Promise<void> };
};

/** The store over a database that is open in this thread. */
export function localStore(database: Database): LocalStore {
	return {
		people: peopleStore(database),
		accounts: accountStore(database),
		sessions: sessionStore(database),
		rooms: roomStore(database),
		chats: chatStore(database),
		files: fileStore(database),
		calls: callStore(database),
		tokens: tokenStore(database),
		contacts: contactStore(database),
		blocks: blockStore(database),
		directs: directStore(database),
		rings: ringStore(database),
		moderation: moderationStore(database),
		database: {
			ping: async () => {
				await database.db.selectNoFrom((eb) => eb.lit(1).as('one')).execute();
			},
		},
	};
}
