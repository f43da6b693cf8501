import { createHmac } from 'node:crypto';
import type { PersonId } from '#shared/ids.ts';
import type { IceServer } from '#shared/rtp.ts';
import type { Config } from '../../platform/config.ts';

/** How long credentials for a TURN server can be used to begin something with, in seconds. */
const lifetime = 600;

/**
 * The STUN and TURN servers of the configuration. For those of `media.turn` each person gets credentials of their own, as
 * TURN servers with a shared secret understand them (draft-uberti-behave-turn-rest, coturn's `use-auth-secret`).
 */
export class IceServers {
	readonly #fixed: readonly IceServer[];
	readonly #turn: Config['media']['turn'];

	constructor({ iceServers, turn }: Pick<Config['media'], 'iceServers' | 'turn'>) {
		this.#fixed = iceServers;
		this.#turn = turn;
	}

	/** What this person may use from now on. */
	of(person: PersonId): IceServer[] {
		const { urls, secret } = this.#turn;
		if (urls.length === 0) return [...this.#fixed];
		const username = `${Math.floor(Date.now() / 1000) + lifetime}:${person}`;
		const credential = createHmac('sha1', secret).update(username).digest('base64');
		return [...this.#fixed, { urls, username, credential }];
	}
}
