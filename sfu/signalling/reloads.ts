import { CodedError, type ErrorCode } from '#shared/errors.ts';
import type { ResumeToken } from '#shared/ids.ts';
import { mediaSource } from '#shared/mediaSource.ts';
import type { PeerMedia } from '../media/peerMedia.ts';
import type { RoomMedia } from '../media/roomMedia.ts';
import type { Presence } from '../people/presence.ts';
import type { Peer } from '../rooms/peer.ts';
import type { Room } from '../rooms/room.ts';
import type { Client } from './client.ts';
import type { Occupied, Seats } from './seats.ts';

type Parts = {
	room: Room;
	media: RoomMedia;
	seats: Seats;
	presence: Pick<Presence, 'stay' | 'leave'>;
	/** Tells a client that its place is not its own any more. */
	end: (client: Client, code: ErrorCode) => void;
};

/**
 * Pages that are loaded again in a call. The place of the one that went is kept, without its media, for the one that
 * follows, which gets new transports and is the same peer: to the others a connection was lost and is back.
 */
export class Reloads {
	readonly #parts: Parts;
	/** Of the seats that are being made ready, one page after the other. */
	readonly #turns = new WeakMap<Occupied, Promise<unknown>>();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** The page of somebody goes (R110). From the lobby it goes for good, unless it was on its way back. */
	unload(client: Client, peer: Peer): void {
		const { room, seats, presence } = this.#parts;
		const seat = seats.get(peer.id);
		const held = seat?.client === client;
		// They are in the call, as others see them, until it is clear that they are not.
		if (held && peer.joined) presence.stay(peer.personId, peer);
		client.moveTo({ phase: 'outside' });
		if (!held) return;
		seat.client = null;
		room.unload(peer);
		if (peer.joined) this.#stop(seat);
	}

	/**
	 * Gives the place of a page to the one that follows it, which is in its lobby until it joins (R111). Whoever held
	 * the place until now is told `TAKEN_OVER`.
	 *
	 * @returns null where no place was kept.
	 */
	async follow(client: Client, token: ResumeToken): Promise<Occupied | null> {
		const { room, media, seats, end } = this.#parts;
		const peer = room.follow(token, client.personId);
		const seat = peer && seats.get(peer.id);
		if (!seat) return null;
		if (seat.client) end(seat.client, 'TAKEN_OVER');
		seat.client = client;
		const before = this.#turns.get(seat) ?? Promise.resolve();
		const turn = before.then(() => {
			this.#stop(seat);
			return media.add(seat.peer.id);
		});
		this.#turns.set(
			seat,
			turn.catch(() => undefined),
		);
		const made = await this.#made(turn, client, seat);
		if (seats.get(seat.peer.id) !== seat) {
			media.remove(seat.peer.id);
			throw new CodedError('UNAVAILABLE');
		}
		// Another page was quicker to ask than this one to be ready; it stops what was made here.
		if (seat.client !== client) throw new CodedError('TAKEN_OVER');
		seat.media = made;
		seat.stopped.clear();
		media.expect(seat.peer.id, true);
		return seat;
	}

	/** What the new page sends is everybody's from now on. */
	resumed({ id: peerId }: Peer, media: PeerMedia): void {
		for (const producer of media.producers.infos)
			this.#parts.seats.tellRoom('producer:added', { peerId, producer }, peerId);
	}

	/** The new page is in the call itself, or nobody is any more. */
	settled(peer: Peer): void {
		this.#parts.presence.leave(peer.personId, peer);
	}

	async #made(turn: Promise<PeerMedia>, client: Client, seat: Occupied): Promise<PeerMedia> {
		try {
			return await turn;
		} catch (error) {
			if (seat.client === client) this.unload(client, seat.peer);
			throw error;
		}
	}

	/** Ends what the old page sent and received. */
	#stop({ peer, media }: Occupied): void {
		media.producers.closeSources(mediaSource.options);
		this.#parts.media.remove(peer.id);
	}
}
