import type { Data } from '#shared/protocol.ts';
import type { PeerInfo } from '#shared/room.ts';
import type { Peer } from '../../rooms/peer.ts';
import type { RoomAdmission } from '../../rooms/roomAdmission.ts';
import type { Room } from '../../rooms/room.ts';
import type { RoomRules } from '../../rooms/roomRules.ts';
import type { MediaRouter } from '../../media/router/mediaRouter.ts';
import type { Encryption } from './encryption.ts';
import type { MediaPermissions } from './mediaPermissions.ts';
import type { PeerSession, PeerSessions } from './peerSessions.ts';

/** The parts of a live room that its state is read from. */
export type RoomParts = {
	readonly room: Room;
	readonly media: MediaRouter;
	readonly rules: RoomRules;
	readonly peerSessions: PeerSessions;
	readonly roomAdmission: RoomAdmission;
	readonly mediaPermissions: MediaPermissions;
	readonly encryption: Encryption;
	readonly reportQuality: boolean;
};

/** What all members of the room may know about a joined peer. */
export function infoOf(
	{
		rules,
		mediaPermissions,
		peerSessions,
	}: Pick<RoomParts, 'rules' | 'mediaPermissions' | 'peerSessions'>,
	peer: Peer,
): PeerInfo {
	const { id: peerId, personId, name, hand, state, isConnected, exchangeKey } = peer;
	const label = rules.labelOf(personId);
	return {
		peerId,
		personId,
		name,
		role: rules.isHost(personId) ? 'host' : 'member',
		...(label !== undefined && { label }),
		hand,
		hostMuted: mediaPermissions.isSilenced(personId),
		connected: isConnected,
		// The producers of a page that is being loaded again are not shown yet.
		producers:
			state.kind === 'unloading' ? [] : (peerSessions.get(peerId)?.media.producers.infos ?? []),
		...(exchangeKey && { exchangeKey }),
	};
}

/**
 * The whole state of a room now, for a joined peer (ROOM-1, ROOM-3).
 *
 * @param unavailable the offered producers without a consumer.
 */
export function stateFor(
	parts: RoomParts,
	peerSession: PeerSession,
	unavailable: Data<'room:join'>['unavailable'] = [],
): Data<'room:join'> {
	const { room, rules, roomAdmission, mediaPermissions, encryption } = parts;
	const { peer, media } = peerSession;
	const newSecret = encryption.newSecretFor(peer.id);
	return {
		room: room.info,
		you: {
			...infoOf(parts, peer),
			cameraStopped: mediaPermissions.isStopped(peerSession, 'camera'),
			resumeToken: peer.resumeToken,
		},
		peers: room.joined.filter((other) => other !== peer).map((other) => infoOf(parts, other)),
		consumers: media.consumers.infos,
		unavailable,
		knocks: rules.isHost(peer.personId) ? roomAdmission.knocks : [],
		speakers: parts.media.speakers.state,
		videoCodec: parts.media.videoCodec,
		reportQuality: parts.reportQuality,
		...(newSecret && { newSecret }),
		...(encryption.isDueFor(peer.personId) && { secretDue: true }),
	};
}
