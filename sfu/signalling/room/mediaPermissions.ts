import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, ProducerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { FactOf } from '#shared/protocol.ts';
import type { Peer } from '../../rooms/peer.ts';
import { maySend, mayUnmute } from '../../rooms/permissions.ts';
import type { RoomRules } from '../../rooms/roomRules.ts';
import type { HeldSession, PeerSession, PeerSessions } from './peerSessions.ts';

const shared: readonly MediaSource[] = ['screen', 'screen-audio'];

/** What a client states about a producer. */
export type ProducerState = { producerId: ProducerId; source: MediaSource; paused: boolean };

export type Action = FactOf<'host:acted'>['action'];

/** What people in a room may send, and which people hosts silenced. */
export class MediaPermissions {
	readonly #rules: RoomRules;
	readonly #peerSessions: PeerSessions;
	readonly #updated: (peer: Peer) => void;
	/** By person, so that another tab changes nothing. */
	readonly #silenced = new Set<PersonId>();

	/** @param updated is called for each joined peer whose state changed. */
	constructor(rules: RoomRules, peerSessions: PeerSessions, updated: (peer: Peer) => void) {
		this.#rules = rules;
		this.#peerSessions = peerSessions;
		this.#updated = updated;
	}

	isSilenced(person: PersonId): boolean {
		return this.#silenced.has(person);
	}

	/** Whether a host stopped this source, and its owner did not start it again. */
	isStopped({ peer, media }: PeerSession, source: MediaSource): boolean {
		const stopped = this.#peerSessions.get(peer.id)?.stopped;
		const { infos } = media.producers;
		return infos.some((info) => info.source === source && stopped?.has(info.producerId));
	}

	/**
	 * A person who may unmute and does so is not silenced any more.
	 *
	 * @throws {CodedError} NOT_ALLOWED.
	 */
	check({ peer }: PeerSession, { producerId, source, paused }: ProducerState): void {
		const { id, personId, isInRoom } = peer;
		if (!maySend(source, this.#role(personId), this.#rules.policy))
			throw new CodedError('NOT_ALLOWED', 'Only hosts can share in this room.');
		const stopped = this.#peerSessions.get(id)?.stopped;
		if (shared.includes(source) && stopped?.has(producerId))
			throw new CodedError('NOT_ALLOWED', 'A host stopped your share.');
		if (source === 'camera' && !paused) stopped?.delete(producerId);
		// In the lobby the microphone reaches no other peer.
		if (source !== 'microphone' || paused || !isInRoom || !this.isSilenced(personId)) return;
		if (!this.#mayUnmute(personId))
			throw new CodedError('NOT_ALLOWED', 'A host muted you. Only a host can unmute you.');
		this.#unsilence(personId);
	}

	/** Applies decisions of hosts that were made while the request ran. */
	async enforce({ peer, media }: PeerSession): Promise<void> {
		if (peer.isInRoom && this.isSilenced(peer.personId))
			await media.producers.pauseSource('microphone');
		if (maySend('screen', this.#role(peer.personId), this.#rules.policy)) return;
		if (media.producers.closeSources(shared).length > 0)
			throw new CodedError('NOT_ALLOWED', 'Only hosts can share in this room.');
	}

	/** A person joins: muted, if a host silenced them before and they may not unmute. */
	async admit({ peer, media }: PeerSession): Promise<void> {
		if (!this.isSilenced(peer.personId)) return;
		if (this.#mayUnmute(peer.personId)) this.#unsilence(peer.personId);
		else await media.producers.pauseSource('microphone');
	}

	/** Silences all tabs of a person, or lets them unmute. */
	async silence(by: Author, person: PersonId, muted: boolean): Promise<void> {
		const changes = this.isSilenced(person) !== muted;
		if (!muted) {
			if (!changes) return;
			this.#unsilence(person);
			for (const peerSession of this.#joined(person))
				tellHostActed(peerSession, by, 'allowed-to-unmute', []);
			return;
		}
		this.#silenced.add(person);
		await Promise.all(
			this.#joined(person).map(async (peerSession) => {
				if (changes) this.#updated(peerSession.peer);
				const ids = await peerSession.media.producers.pauseSource('microphone');
				if (changes || ids.length > 0) tellHostActed(peerSession, by, 'muted', ids);
			}),
		);
	}

	async stopCamera(by: Author, peerSession: HeldSession): Promise<void> {
		const ids = await peerSession.media.producers.pauseSource('camera');
		for (const id of ids) peerSession.stopped.add(id);
		if (ids.length > 0) tellHostActed(peerSession, by, 'camera-stopped', ids);
	}

	stopShares(by: Author, peerSession: HeldSession): void {
		const ids = peerSession.media.producers.closeSources(shared);
		for (const id of ids) peerSession.stopped.add(id);
		if (ids.length > 0) tellHostActed(peerSession, by, 'share-stopped', ids);
	}

	/** Ends the shares of all people who may not share any more, in the room and in the lobby. */
	stopForbiddenShares(by: Author): void {
		for (const peerSession of this.#peerSessions.all) {
			if (!maySend('screen', this.#role(peerSession.peer.personId), this.#rules.policy))
				this.stopShares(by, peerSession);
		}
	}

	#role(person: PersonId): 'host' | 'member' {
		return this.#rules.isHost(person) ? 'host' : 'member';
	}

	#mayUnmute(person: PersonId): boolean {
		return mayUnmute(this.#role(person), this.#rules.policy);
	}

	#joined(person: PersonId): HeldSession[] {
		return this.#peerSessions.of(person).filter(({ peer }) => peer.isInRoom);
	}

	#unsilence(person: PersonId): void {
		if (!this.#silenced.delete(person)) return;
		for (const { peer } of this.#joined(person)) this.#updated(peer);
	}
}

/** Tells a client what a host did. */
export function tellHostActed(
	{ client }: HeldSession,
	by: Author,
	action: Action,
	producerIds: ProducerId[],
): void {
	client?.tell('host:acted', { by, action, producerIds });
}
