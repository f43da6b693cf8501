import { createHmac } from 'node:crypto';
import type { PersonId } from '#shared/ids.ts';
import type { IceServer } from '#shared/rtp.ts';
import type { Config } from '../../platform/config.ts';

/** How long credentials for a TURN server can be used to begin something with, in seconds. */
const lifetime = 600;

const isTurn = ({ urls }: IceServer) => [urls].flat().some((url) => /^turns?:/i.test(url));

/**
 * The STUN and TURN servers of the configuration. With `media.turnSecret` each person gets credentials of their own, as
 * TURN servers with a shared secret understand them (draft-uberti-behave-turn-rest, coturn's `use-auth-secret`).
 */
export class IceServers {
	readonly #servers: readonly IceServer[];
	readonly #secret: string;

	constructor({ iceServers, turnSecret }: Pick<Config['media'], 'iceServers' | 'turnSecret'>) {
		this.#servers = iceServers;
		this.#secret = turnSecret;
	}

	/** What this person may use from now on. */
	of(person: PersonId): IceServer[] {
		if (!this.#secret) return [...this.#servers];
		const username = `${Math.floor(Date.now() / 1000) + lifetime}:${person}`;
		const credential = createHmac('sha1', this.#secret).update(username).digest('base64');
		return this.#servers.map((server) =>
			isTurn(server) ? { ...server, username, credential } : server,
		);
	}
}
