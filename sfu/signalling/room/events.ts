import type { ErrorCode } from '#shared/errors.ts';
import type { PeerId, PersonId } from '#shared/ids.ts';
import type { FactName, FactOf } from '#shared/protocol.ts';
import type { RingRegistry } from '../../calls/ringRegistry.ts';
import type { Log } from '../../platform/log.ts';
import type { CallRecords } from '../../rooms/callRecords.ts';
import { isInRoom } from '../../rooms/peer.ts';
import type { Client } from '../client/client.ts';
import type { HostActions } from './hostActions.ts';
import type { WaitingRoom } from './waitingRoom.ts';
import type { PageReloads } from './pageReloads.ts';
import { infoOf, type RoomParts } from './roomState.ts';

/** The live room in which something happens. */
type Live = RoomParts & {
	readonly waitingRoom: WaitingRoom;
	readonly hostActions: HostActions;
	readonly pageReloads: PageReloads;
	end(client: Client, code: ErrorCode): void;
	close(code: ErrorCode): void;
};

/** What a live room reports to the rooms that it belongs to. */
export type RoomReports = {
	/** A person joined the call. */
	joined(person: PersonId): void;
	/** A person left the call with all their tabs. They were connected until then, in ms since 1970. */
	left(person: PersonId, until: number): void;
	/** Nothing of the room is left. Called once. */
	closed(): void;
};

/** Turns the events of a room and of its media into facts, records and log lines. */
export function connectEvents(
	live: Live,
	records: CallRecords,
	rings: Pick<RingRegistry, 'isRingingIn'>,
	reports: RoomReports,
	log: Log,
): void {
	const { room, media, rules, peerSessions, roomAdmission, waitingRoom } = live;
	/** Tells the lobby how many people are inside and who may join. */
	const tellLobby = () => {
		const present = room.joined.length;
		if (present === 0) roomAdmission.emptied();
		peerSessions.tellLobby('lobby:present', { present });
		waitingRoom.refresh();
	};
	log.info('room opened');
	room.on('joined', (peer) => {
		log.info({ peer: peer.id }, 'peer joined');
		if (!rules.hasHost) live.hostActions.firstJoined({ personId: peer.personId, name: peer.name });
		roomAdmission.forget(peer.id);
		roomAdmission.admit(peer.personId);
		records.joined(room.id, peer);
		reports.joined(peer.personId);
		peerSessions.tellRoom('peer:joined', { peer: infoOf(live, peer) }, peer.id);
		tellLobby();
	});
	room.on('connection', ({ id: peerId, isConnected: connected, state }) => {
		log.debug({ peer: peerId, state: state.kind }, 'connection of a peer changed');
		peerSessions.tellRoom('peer:connection', { peerId, connected }, peerId);
	});
	room.on('left', ({ id: peerId, personId }, until) => {
		log.info({ peer: peerId }, 'peer left');
		records.left(room.id, peerId);
		// The talk ended when the connection was lost, not when the place was given up.
		if (!room.joined.some((peer) => peer.personId === personId)) reports.left(personId, until);
		peerSessions.tellRoom('peer:left', { peerId }, peerId);
		tellLobby();
	});
	room.on('gone', (peer, before) => {
		const { id } = peer;
		const client = peerSessions.get(id)?.client;
		// The page took too long to load again.
		if (before.kind === 'unloading' && client) live.end(client, 'RESUME_EXPIRED');
		live.pageReloads.settled(peer);
		peerSessions.remove(id);
		media.remove(id);
		live.encryption.gone(id);
		roomAdmission.forget(id);
		waitingRoom.refresh();
		const people = new Set(room.joined.map((peer) => peer.personId));
		// A call is over when one person is left, unless another person is being called or was moved to the waiting room.
		if (
			isInRoom(before) &&
			rules.kind === 'call' &&
			people.size === 1 &&
			!roomAdmission.hasMoved &&
			!rings.isRingingIn(room.id)
		)
			live.hostActions.endLonelyCall();
	});
	room.on('empty', () => {
		log.info('room closed');
		live.close('NOT_FOUND');
	});
	/** Tells a viewer that knows the state of the room. */
	const tellViewer = <N extends FactName>(viewer: PeerId, name: N, data: FactOf<N>) => {
		const client = peerSessions.get(viewer)?.client;
		if (client?.phase === 'room') client.tell(name, data);
	};
	media.on('added', (viewer, peerId, producer) =>
		tellViewer(viewer, 'producer:added', { peerId, producer }),
	);
	media.on('updated', (viewer, peerId, producer) =>
		tellViewer(viewer, 'producer:updated', { peerId, producer }),
	);
	media.on('closed', (viewer, peerId, producerId) =>
		tellViewer(viewer, 'producer:closed', { peerId, producerId }),
	);
	media.on('ahead', (viewer, consumers) => tellViewer(viewer, 'media:ahead', { consumers }));
	media.on('requestedQuality', (peerId, producerId, spatialLayer) =>
		peerSessions.get(peerId)?.client?.tell('media:demand', { producerId, spatialLayer }),
	);
	media.on('codec', (videoCodec) => {
		log.info({ videoCodec }, 'a peer cannot receive the configured codec');
		peerSessions.tellRoom('media:codec', { videoCodec });
		peerSessions.tellLobby('media:codec', { videoCodec });
	});
	media.on('speakers', (state) => peerSessions.tellRoom('room:speakers', state));
	media.on('lost', () => {
		log.warn('room lost its media worker');
		live.close('MEDIA_LOST');
	});
}
