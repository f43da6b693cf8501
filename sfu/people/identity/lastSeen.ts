import { LRUCache } from 'lru-cache';
import type { SessionId } from '#shared/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { PeopleStore } from '../../store/api/store.ts';
import type { Identity } from './sessionCookies.ts';

/** How long until a session's visit is stored again, in ms: the time is precise to the hour. */
const storeInterval = 60 * 60 * 1000;
/** How many characters are stored of a browser's description. */
export const longestDevice = 300;
/** How many sessions are remembered as stored. */
const maxSessions = 50_000;

/** Stores people's visits by session. No request waits for it: the next visit makes up for a failure. */
export class LastSeen {
	readonly #people: PeopleStore;
	readonly #log: Log;
	readonly #noted = new LRUCache<SessionId, number>({ max: maxSessions });

	constructor(people: PeopleStore, log: Log) {
		this.#people = people;
		this.#log = log;
	}

	note({ personId, sessionId }: Identity, device = '', now = Date.now()): void {
		if ((this.#noted.get(sessionId) ?? 0) + storeInterval > now) return;
		this.#noted.set(sessionId, now);
		this.#people
			.seen(personId, sessionId, now, device.slice(0, longestDevice))
			.catch((error: unknown) => {
				this.#noted.delete(sessionId);
				this.#log.warn({ err: error }, 'a visit of a person could not be stored');
			});
	}
}
