import type { Calls } from '../calls/calls.ts';
import type { Log } from '../log.ts';
import type { CallRecords } from '../rooms/callRecords.ts';
import type { LiveRoom } from './liveRoom.ts';
import { infoOf } from './roomState.ts';

/** Turns what happens among people and in the media engine into facts, records and the log. */
export function tellWhatHappens(
	live: LiveRoom,
	records: CallRecords,
	calls: Pick<Calls, 'isRingingIn' | 'joined' | 'left'>,
	log: Log,
): void {
	const { room, media, rules, seats, door, reception } = live;
	const about = { room: room.id };
	/** How many are inside, and who may come in. */
	const tellLobby = () => {
		const present = room.joined.length;
		if (present === 0) door.emptied();
		seats.tellLobby('lobby:present', { present });
		reception.refresh();
	};
	log.info(about, 'room opened');
	room.on('joined', (peer) => {
		log.info({ ...about, peer: peer.id }, 'peer joined');
		if (!rules.hasHost) live.hosting.found({ personId: peer.personId, name: peer.name });
		door.forget(peer.id);
		door.admit(peer.personId);
		records.joined(room.id, peer);
		calls.joined(room.id, peer.personId);
		seats.tellRoom('peer:joined', { peer: infoOf(live, peer) }, peer.id);
		tellLobby();
	});
	room.on('connection', ({ id: peerId, connected }) =>
		seats.tellRoom('peer:connection', { peerId, connected }, peerId),
	);
	room.on('left', ({ id: peerId, personId, lostAt }) => {
		log.info({ ...about, peer: peerId }, 'peer left');
		records.left(room.id, peerId);
		// They talked until they were lost, not until they were given up.
		if (!room.joined.some((peer) => peer.personId === personId))
			calls.left(room.id, personId, lostAt ?? Date.now());
		seats.tellRoom('peer:left', { peerId }, peerId);
		tellLobby();
	});
	room.on('gone', (peer) => {
		const { id, joined } = peer;
		const client = seats.get(id)?.client;
		// It was on its way back for too long.
		if (peer.unloaded && client) live.end(client, 'RESUME_EXPIRED');
		live.reloads.settled(peer);
		seats.free(id);
		media.remove(id);
		door.forget(id);
		reception.refresh();
		const people = new Set(room.joined.map((peer) => peer.personId));
		// A call is over when one is left, unless somebody else is about to come.
		if (joined && rules.kind === 'call' && people.size === 1 && !calls.isRingingIn(room.id))
			live.hosting.callIsOver();
	});
	room.on('empty', () => {
		log.info(about, 'room closed');
		live.close('NOT_FOUND');
	});
	media.on('added', (peerId, producer) =>
		seats.tellRoom('producer:added', { peerId, producer }, peerId),
	);
	media.on('updated', (peerId, producer) =>
		seats.tellRoom('producer:updated', { peerId, producer }, peerId),
	);
	media.on('closed', (peerId, producerId) =>
		seats.tellRoom('producer:closed', { peerId, producerId }, peerId),
	);
	media.on('ahead', (peerId, consumers) => {
		const client = seats.get(peerId)?.client;
		if (client?.place.phase === 'room') client.tell('media:ahead', { consumers });
	});
	media.on('demand', (peerId, producerId, spatialLayer) =>
		seats.get(peerId)?.client?.tell('media:demand', { producerId, spatialLayer }),
	);
	media.on('codec', (videoCodec) => {
		log.info({ ...about, videoCodec }, 'somebody cannot receive the configured codec');
		seats.tellRoom('media:codec', { videoCodec });
		seats.tellLobby('media:codec', { videoCodec });
	});
	media.on('speakers', (state) => seats.tellRoom('room:speakers', state));
	media.on('trouble', (error, context) =>
		log.error({ ...about, ...context, err: error }, 'media trouble'),
	);
	media.on('lost', () => {
		log.warn(about, 'room lost its media worker');
		live.close('MEDIA_LOST');
	});
}
