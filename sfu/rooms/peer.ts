import type { ExchangeKey } from '#shared/encryption.ts';
import {
	newPeerId,
	newResumeToken,
	type PeerId,
	type PersonId,
	type ResumeToken,
} from '#shared/ids.ts';

/** Where a peer is, with what belongs to that only. `since` is when its connection was lost, in ms since 1970. */
export type PeerState =
	/** In the lobby, and not in the room before. */
	| { kind: 'waiting' }
	/** In the room, and connected. */
	| { kind: 'joined' }
	/** In the room. Its connection may come back until the timer ends (ROOM-4). */
	| { kind: 'lost'; since: number; timer: NodeJS.Timeout }
	/** In the room. Its page is gone, and another page has its place or may take it until the timer ends (RELOAD-1). */
	| { kind: 'unloading'; since: number; timer: NodeJS.Timeout }
	/** Out for good. */
	| { kind: 'gone' };

/** Whether others see a peer in this state in the room, connected or not. */
export function isInRoom(state: PeerState): boolean {
	switch (state.kind) {
		case 'joined':
		case 'lost':
		case 'unloading':
			return true;
		case 'waiting':
		case 'gone':
			return false;
	}
}

/** One person's presence in a live room, from one tab: first in the lobby, then joined. */
export class Peer {
	readonly id: PeerId = newPeerId();
	/** A client that knows it may take over this peer. */
	readonly resumeToken: ResumeToken = newResumeToken();
	readonly personId: PersonId;
	name = '';
	/** Since when the hand is raised, in ms since 1970. */
	hand: number | null = null;
	/** In an encrypted room: to what new secrets are sealed for this peer. */
	exchangeKey: ExchangeKey | undefined = undefined;
	/** Changed by its room only. */
	state: PeerState = { kind: 'waiting' };

	constructor(personId: PersonId) {
		this.personId = personId;
	}

	get isInRoom(): boolean {
		return isInRoom(this.state);
	}

	get isConnected(): boolean {
		return this.state.kind === 'joined';
	}
}
