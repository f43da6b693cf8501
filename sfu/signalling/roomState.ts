import type { Data } from '#shared/protocol.ts';
import type { PeerInfo } from '#shared/room.ts';
import type { Peer } from '../rooms/peer.ts';
import type { Seat } from './client.ts';
import type { LiveRoom } from './liveRoom.ts';

/** A joined peer as everybody may know it now. */
export function infoOf({ rules, floor, seats }: LiveRoom, peer: Peer): PeerInfo {
	const { id: peerId, personId, name, hand, connected, unloaded } = peer;
	return {
		peerId,
		personId,
		name,
		role: rules.isHost(personId) ? 'host' : 'member',
		hand,
		hostMuted: floor.isSilenced(personId),
		connected,
		// Those of a page that is on its way back are nobody's yet.
		producers: (!unloaded && seats.get(peerId)?.media.producers.infos) || [],
	};
}

/**
 * The whole state of a room as of now, for one who is in it (R15, R17).
 *
 * @param unavailable what there is no consumer of though it was to be had.
 */
export function stateFor(
	seat: Seat,
	unavailable: Data<'room:join'>['unavailable'] = [],
): Data<'room:join'> {
	const { live, peer, media } = seat;
	const { room, rules, door, floor } = live;
	return {
		room: room.info,
		you: {
			...infoOf(live, peer),
			cameraStopped: floor.isStopped(seat, 'camera'),
			resumeToken: peer.resumeToken,
		},
		peers: room.joined.filter((other) => other !== peer).map((other) => infoOf(live, other)),
		consumers: media.consumers.infos,
		unavailable,
		knocks: rules.isHost(peer.personId) ? door.knocks : [],
		speakers: live.media.speakers.state,
		videoCodec: live.media.videoCodec,
	};
}
