import type { SessionId } from '#shared/ids.ts';
import type { Log } from '../log.ts';
import type { PeopleStore } from '../store/store.ts';
import type { Identity } from './session.ts';

/** A session is written down again after this, in ms: to the hour is near enough. */
const again = 60 * 60 * 1000;
/** As much as is kept of what a browser says it is. */
export const longestDevice = 300;
/** Sessions remembered as written down. */
const most = 50_000;

/** Writes down who was here, in which session. Nobody waits for it: the next time makes up for a failure. */
export class Arrivals {
	readonly #people: PeopleStore;
	readonly #log: Log;
	readonly #noted = new Map<SessionId, number>();

	constructor(people: PeopleStore, log: Log) {
		this.#people = people;
		this.#log = log;
	}

	note({ personId, sessionId }: Identity, device = '', now = Date.now()): void {
		if ((this.#noted.get(sessionId) ?? 0) + again > now) return;
		if (this.#noted.size >= most) this.#noted.clear();
		this.#noted.set(sessionId, now);
		this.#people
			.seen(personId, sessionId, now, device.slice(0, longestDevice))
			.catch((error: unknown) => {
				this.#noted.delete(sessionId);
				this.#log.warn({ err: error }, 'an arrival could not be written down');
			});
	}
}
