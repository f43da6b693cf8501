import { CodedError } from '#shared/errors.ts';
import type { ResumeToken } from '#shared/ids.ts';
import type { Unavailable } from '#shared/media.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { Client, Seat } from './client.ts';
import type { LiveRoom } from './liveRoom.ts';
import { stateFor } from './roomState.ts';

/** How clients come into a live room: to its lobby, from there into the call, and back to where they were. */
export class Seating {
	readonly #live: LiveRoom;

	constructor(live: LiveRoom) {
		this.#live = live;
	}

	/**
	 * Into the lobby (R10).
	 *
	 * @param follows the token of the page whose place this one is to have, if it was kept (R111).
	 */
	async enter(client: Client, follows?: ResumeToken): Promise<Seat> {
		const live = this.#live;
		const kept = follows && (await live.reloads.follow(client, follows));
		if (kept) {
			const { peer, media } = kept;
			client.leave();
			client.moveTo({ live, peer, media, phase: 'lobby' });
			return kept;
		}
		if (live.closed) throw new CodedError('UNAVAILABLE');
		// Each of them has transports, though nobody sees them (R215).
		if (live.room.size - live.room.joined.length >= live.lobbyPeers)
			throw new CodedError(
				'LIMIT_REACHED',
				'Too many people are at the door of this room already.',
			);
		const peer = live.room.enter(client.personId);
		try {
			const media = await live.media.add(peer.id);
			if (live.closed) throw new CodedError('UNAVAILABLE');
			const seat = { live, peer, media };
			const standing = live.door.standingOf(peer);
			const called = live.door.isCalled(peer.personId);
			live.media.expect(peer.id, standing.admission === 'open', called);
			live.seats.take({ ...seat, client, standing, stopped: new Set() });
			client.leave();
			client.moveTo({ ...seat, phase: 'lobby' });
			return seat;
		} catch (error) {
			live.room.leave(peer);
			throw live.closed ? new CodedError('UNAVAILABLE') : error;
		}
	}

	/** From the lobby into the room (R15). */
	async join(client: Client, seat: Seat, input: Parsed<'room:join'>): Promise<Data<'room:join'>> {
		const live = this.#live;
		const { peer, media } = seat;
		const returns = peer.joined;
		live.door.check(peer.personId);
		live.media.learn(media, input.rtpCapabilities);
		live.room.join(peer, input.name);
		live.media.publish(peer.id);
		if (returns) {
			live.reloads.resumed(peer, media);
			live.rename(peer, input.name);
		}
		// Neither fails by what others, or this peer, said to the engine: who has joined is not undone (R211).
		await live.floor.admit(seat);
		const [{ unavailable }] = await Promise.all([
			live.media.wantFirst(media, input.firstPage),
			live.hosting.known(peer.personId),
		]);
		if (live.closed) throw new CodedError('MEDIA_LOST');
		this.#checkHeld(client, seat);
		if (!live.seats.get(peer.id)) {
			// A host was quicker; the client has been told.
			const removed = live.rules.roleOf(peer.personId) === 'removed';
			throw new CodedError(removed ? 'REMOVED' : 'CALL_ENDED');
		}
		return this.#settleIn(client, seat, unavailable);
	}

	/** Back to the peer this client was before its connection was lost (R17). */
	resume(
		client: Client,
		token: NonNullable<Parsed<'room:join'>['resumeToken']>,
	): Data<'room:join'> {
		const live = this.#live;
		const peer = live.room.resume(token, client.personId);
		const seat = live.seats.get(peer.id);
		if (!seat) throw new CodedError('RESUME_EXPIRED');
		const before = seat.client;
		if (before && before !== client) live.end(before, 'TAKEN_OVER');
		seat.client = client;
		live.media.forgetTold(seat.media);
		return this.#settleIn(client, { live, peer, media: seat.media });
	}

	/** @throws {CodedError} TAKEN_OVER when another page has the place by now. */
	#checkHeld(client: Client, { peer }: Seat): void {
		const seat = this.#live.seats.get(peer.id);
		if (seat && seat.client !== client) throw new CodedError('TAKEN_OVER');
	}

	/** The state of the room as of now; from here on the client is told what changes (R15, R17). */
	#settleIn(client: Client, seat: Seat, unavailable: Unavailable = []): Data<'room:join'> {
		client.hold();
		client.moveTo({ ...seat, phase: 'room' });
		seat.live.reloads.settled(seat.peer);
		seat.live.media.welcome(seat.media);
		return stateFor(seat, unavailable);
	}
}
