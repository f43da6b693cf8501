import { accountStore } from '../lifecycle/accounts.ts';
import { callStore } from '../rooms/callLog.ts';
import { blockStore } from '../people/blocks.ts';
import { chatStore, type LocalChatStore } from '../chat/chats.ts';
import { contactStore } from '../people/contacts.ts';
import type { Database } from '../database/database.ts';
import { directStore } from '../rooms/directs.ts';
import { fileStore } from '../chat/files.ts';
import { moderationStore } from '../lifecycle/moderation.ts';
import { peopleStore } from '../people/people.ts';
import { ringStore } from '../rooms/rings.ts';
import { pushStore } from '../people/pushes.ts';
import { roomStore } from '../rooms/rooms.ts';
import { sessionStore } from '../people/sessions.ts';
import { secretStore } from '../people/secrets.ts';
import { tokenStore } from '../people/tokens.ts';
import { forgettingCalls, forgettingPeople } from '../lifecycle/forgetting.ts';
import type { Store } from '../api/store.ts';

/** The store as its threads offer it: each method is one request with one answer. */
export type LocalStore = Omit<Store, 'chats' | 'ping' | 'close'> & {
	chats: LocalChatStore;
	database: { ping(): Promise<void> };
};

/** The store over a database that is open in this thread. */
export function localStore(database: Database): LocalStore {
	return {
		people: { ...peopleStore(database), ...forgettingPeople(database) },
		accounts: accountStore(database),
		sessions: sessionStore(database),
		rooms: roomStore(database),
		chats: chatStore(database),
		files: fileStore(database),
		calls: { ...callStore(database), ...forgettingCalls(database) },
		tokens: tokenStore(database),
		contacts: contactStore(database),
		blocks: blockStore(database),
		directs: directStore(database),
		rings: ringStore(database),
		moderation: moderationStore(database),
		secrets: secretStore(database),
		pushes: pushStore(database),
		database: {
			ping: async () => {
				await database.db.selectNoFrom((eb) => eb.lit(1).as('one')).execute();
			},
		},
	};
}
