import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, ProducerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { Told } from '#shared/protocol.ts';
import type { Peer } from '../rooms/peer.ts';
import { maySend, mayUnmute } from '../rooms/permissions.ts';
import type { Rules } from '../rooms/rules.ts';
import type { Seat } from './client.ts';
import type { Occupied, Seats } from './seats.ts';

const shared: readonly MediaSource[] = ['screen', 'screen-audio'];

/** What somebody says of a producer of theirs. */
export type Stated = { producerId: ProducerId; source: MediaSource; paused: boolean };

export type Action = Told<'host:acted'>['action'];

/** What people in a room may send, and whom hosts silenced. */
export class Floor {
	readonly #rules: Rules;
	readonly #seats: Seats;
	readonly #updated: (peer: Peer) => void;
	/** By person, so that another tab changes nothing. */
	readonly #silenced = new Set<PersonId>();

	/** @param updated is called for each joined peer whose state changed. */
	constructor(rules: Rules, seats: Seats, updated: (peer: Peer) => void) {
		this.#rules = rules;
		this.#seats = seats;
		this.#updated = updated;
	}

	isSilenced(person: PersonId): boolean {
		return this.#silenced.has(person);
	}

	/** Whether a host ended what comes from this source, and its owner did not begin it again. */
	isStopped({ peer, media }: Seat, source: MediaSource): boolean {
		const stopped = this.#seats.get(peer.id)?.stopped;
		const { infos } = media.producers;
		return infos.some((info) => info.source === source && stopped?.has(info.producerId));
	}

	/**
	 * Whoever may unmute themselves and does so is silenced no longer.
	 *
	 * @throws {CodedError} NOT_ALLOWED.
	 */
	check({ peer }: Seat, { producerId, source, paused }: Stated): void {
		const { id, personId, joined } = peer;
		if (!maySend(source, this.#role(personId), this.#rules.policy))
			throw new CodedError('NOT_ALLOWED', 'Only hosts may share in this room.');
		const stopped = this.#seats.get(id)?.stopped;
		if (shared.includes(source) && stopped?.has(producerId))
			throw new CodedError('NOT_ALLOWED', 'A host ended what you share.');
		if (source === 'camera' && !paused) stopped?.delete(producerId);
		// In the lobby nobody hears it.
		if (source !== 'microphone' || paused || !joined || !this.isSilenced(personId)) return;
		if (!this.#mayUnmute(personId))
			throw new CodedError('NOT_ALLOWED', 'A host muted you. Wait until a host lets you speak.');
		this.#lift(personId);
	}

	/** Takes back what was decided against while it was on its way. */
	async enforce({ peer, media }: Seat): Promise<void> {
		if (peer.joined && this.isSilenced(peer.personId))
			await media.producers.pauseSource('microphone');
		if (maySend('screen', this.#role(peer.personId), this.#rules.policy)) return;
		if (media.producers.closeSources(shared).length > 0)
			throw new CodedError('NOT_ALLOWED', 'Only hosts may share in this room.');
	}

	/** Somebody comes in: silent, if they were silenced before and may not unmute themselves. */
	async admit({ peer, media }: Seat): Promise<void> {
		if (!this.isSilenced(peer.personId)) return;
		if (this.#mayUnmute(peer.personId)) this.#lift(peer.personId);
		else await media.producers.pauseSource('microphone');
	}

	/** Silences all tabs of a person, or lets them unmute. */
	async silence(by: Author, person: PersonId, muted: boolean): Promise<void> {
		const changes = this.isSilenced(person) !== muted;
		if (!muted) {
			if (!changes) return;
			this.#lift(person);
			for (const seat of this.#joined(person)) tellActed(seat, by, 'allowed-to-unmute', []);
			return;
		}
		this.#silenced.add(person);
		await Promise.all(
			this.#joined(person).map(async (seat) => {
				if (changes) this.#updated(seat.peer);
				const ids = await seat.media.producers.pauseSource('microphone');
				if (changes || ids.length > 0) tellActed(seat, by, 'muted', ids);
			}),
		);
	}

	async stopCamera(by: Author, seat: Occupied): Promise<void> {
		const ids = await seat.media.producers.pauseSource('camera');
		for (const id of ids) seat.stopped.add(id);
		if (ids.length > 0) tellActed(seat, by, 'camera-stopped', ids);
	}

	stopShares(by: Author, seat: Occupied): void {
		const ids = seat.media.producers.closeSources(shared);
		for (const id of ids) seat.stopped.add(id);
		if (ids.length > 0) tellActed(seat, by, 'share-stopped', ids);
	}

	/** Ends the shares of all who may not share any more, and of those in the lobby who would. */
	stopForbiddenShares(by: Author): void {
		for (const seat of this.#seats.all) {
			if (!maySend('screen', this.#role(seat.peer.personId), this.#rules.policy))
				this.stopShares(by, seat);
		}
	}

	#role(person: PersonId): 'host' | 'member' {
		return this.#rules.isHost(person) ? 'host' : 'member';
	}

	#mayUnmute(person: PersonId): boolean {
		return mayUnmute(this.#role(person), this.#rules.policy);
	}

	#joined(person: PersonId): Occupied[] {
		return this.#seats.of(person).filter(({ peer }) => peer.joined);
	}

	#lift(person: PersonId): void {
		if (!this.#silenced.delete(person)) return;
		for (const { peer } of this.#joined(person)) this.#updated(peer);
	}
}

/** Tells somebody what a host did to them. */
export function tellActed(
	{ client }: Occupied,
	by: Author,
	action: Action,
	producerIds: ProducerId[],
): void {
	client?.tell('host:acted', { by, action, producerIds });
}
