import {
	newPeerId,
	newResumeToken,
	type PeerId,
	type PersonId,
	type ResumeToken,
} from '#shared/ids.ts';

/** One person's presence in a live room, from one tab: first in the lobby, then joined. */
export class Peer {
	readonly id: PeerId = newPeerId();
	/** Whoever knows it may come back as this peer. */
	readonly resumeToken: ResumeToken = newResumeToken();
	readonly personId: PersonId;
	name = '';
	joined = false;
	/** Since when the hand is raised, in ms since 1970. */
	hand: number | null = null;
	/** False while a lost connection may return. */
	connected = true;
	/** Since when it is not connected, in ms since 1970; null while it is. */
	lostAt: number | null = null;
	/** Its page is gone, and another one takes its place or will (R110). */
	unloaded = false;

	constructor(personId: PersonId) {
		this.personId = personId;
	}
}
