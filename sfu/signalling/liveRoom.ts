import { CodedError, errorMessages, type ErrorCode } from '#shared/errors.ts';
import type { PeerId, RoomId } from '#shared/ids.ts';
import type { Data, FactName, Parsed, Told } from '#shared/protocol.ts';
import type { PeerInfo } from '#shared/room.ts';
import type { Log } from '../log.ts';
import { RoomMedia } from '../media/roomMedia.ts';
import type { WorkerPool } from '../media/workers.ts';
import type { Peer } from '../rooms/peer.ts';
import type { CallRecords } from '../rooms/callRecords.ts';
import { Room, type RoomPolicy } from '../rooms/room.ts';
import type { Client, Seat } from './client.ts';

export type RoomSettings = {
	policy: RoomPolicy;
	/** How long the place of a lost peer is kept, in ms. */
	grace: number;
	records: Pick<CallRecords, 'joined' | 'left' | 'interrupted'>;
};

/** What the server holds for one peer: its client is null while the connection is lost. */
type Occupied = Seat & { client: Client | null };

/**
 * A room with its media and the clients in it: the one place where what happens among people and what
 * happens in the media engine becomes facts.
 */
export class LiveRoom {
	readonly room: Room;
	readonly media: RoomMedia;
	readonly #records: RoomSettings['records'];
	readonly #log: Log;
	readonly #onClosed: () => void;
	readonly #seats = new Map<PeerId, Occupied>();
	#closed = false;

	private constructor(
		room: Room,
		media: RoomMedia,
		records: RoomSettings['records'],
		log: Log,
		onClosed: () => void,
	) {
		this.room = room;
		this.media = media;
		this.#records = records;
		this.#log = log;
		this.#onClosed = onClosed;
		this.#translate();
	}

	/** Places the room on a worker. `onClosed` is called once, when nothing of it is left. */
	static async create(
		id: RoomId,
		settings: RoomSettings,
		pool: WorkerPool,
		log: Log,
		onClosed: () => void,
	): Promise<LiveRoom> {
		const media = await RoomMedia.create(pool);
		const room = new Room(id, settings.policy, settings.grace);
		return new LiveRoom(room, media, settings.records, log, onClosed);
	}

	get closed(): boolean {
		return this.#closed;
	}

	/** Into the lobby (R10). */
	async enter(client: Client): Promise<Seat> {
		const peer = this.room.enter(client.personId);
		try {
			const media = await this.media.add(peer.id);
			if (this.#closed) throw new CodedError('UNAVAILABLE');
			const seat = { live: this, peer, media };
			this.#seats.set(peer.id, { ...seat, client });
			client.moveTo({ ...seat, phase: 'lobby' });
			return seat;
		} catch (error) {
			this.room.leave(peer);
			throw this.#closed ? new CodedError('UNAVAILABLE') : error;
		}
	}

	/** From the lobby into the room (R15). */
	async join(client: Client, seat: Seat, input: Parsed<'room:join'>): Promise<Data<'room:join'>> {
		const { peer, media } = seat;
		media.consumers.rtpCapabilities = input.rtpCapabilities;
		this.room.join(peer, input.name);
		this.media.publish(peer.id);
		try {
			await this.media.wantFirst(media, input.firstPage);
		} catch (error) {
			this.room.leave(peer);
			client.moveTo({ phase: 'outside' });
			throw this.#closed ? new CodedError('MEDIA_LOST') : error;
		}
		if (this.#closed) throw new CodedError('MEDIA_LOST');
		return this.#settleIn(client, seat);
	}

	/** Back to the peer this client was before its connection was lost (R17). */
	resume(
		client: Client,
		token: NonNullable<Parsed<'room:join'>['resumeToken']>,
	): Data<'room:join'> {
		const peer = this.room.resume(token, client.personId);
		const seat = this.#seats.get(peer.id);
		if (!seat) throw new CodedError('RESUME_EXPIRED');
		const before = seat.client;
		if (before && before !== client) this.#end(before, 'TAKEN_OVER');
		seat.client = client;
		this.media.forgetTold(seat.media);
		return this.#settleIn(client, { live: this, peer, media: seat.media });
	}

	/** Out for good (R19). */
	leave(client: Client): void {
		if (client.place.phase === 'outside') return;
		const { peer } = client.place;
		client.moveTo({ phase: 'outside' });
		this.room.leave(peer);
	}

	/** The connection was lost (R18). */
	lose(client: Client): void {
		if (client.place.phase === 'outside') return;
		const { peer } = client.place;
		const seat = this.#seats.get(peer.id);
		client.moveTo({ phase: 'outside' });
		if (seat?.client !== client) return;
		seat.client = null;
		this.room.lose(peer);
	}

	/** Ends the room for everybody in it. */
	close(code: ErrorCode): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#records.interrupted(this.room.id);
		for (const { client } of this.#seats.values()) if (client) this.#end(client, code);
		this.#seats.clear();
		this.room.close();
		this.media.close();
		this.#onClosed();
	}

	/** The state of the room as of now; from here on the client is told what changes (R15, R17). */
	#settleIn(client: Client, seat: Seat): Data<'room:join'> {
		client.hold();
		client.moveTo({ ...seat, phase: 'room' });
		const { peer, media } = seat;
		return {
			room: this.room.info,
			you: { ...this.#info(peer), resumeToken: peer.resumeToken },
			peers: this.room.joined.filter((other) => other !== peer).map((other) => this.#info(other)),
			consumers: media.consumers.infos,
		};
	}

	#info(peer: Peer): PeerInfo {
		const { id: peerId, personId, name, connected } = peer;
		return {
			peerId,
			personId,
			name,
			connected,
			producers: this.#seats.get(peerId)?.media.producers.infos ?? [],
		};
	}

	#end(client: Client, code: ErrorCode): void {
		client.moveTo({ phase: 'outside' });
		client.tell('room:ended', { code, message: errorMessages[code] });
	}

	/** Tells the joined clients of this room (R21). */
	#tellRoom<N extends FactName>(name: N, told: Told<N>, except?: PeerId): void {
		for (const [peerId, { client }] of this.#seats) {
			if (client?.place.phase === 'room' && peerId !== except) client.tell(name, told);
		}
	}

	/** Tells the people in the lobby (R14). */
	#tellLobby(): void {
		const present = this.room.joined.length;
		for (const { client, peer } of this.#seats.values()) {
			if (!peer.joined) client?.tell('lobby:present', { present });
		}
	}

	#translate(): void {
		const { room, media } = this;
		const about = { room: room.id };
		this.#log.info(about, 'room opened');
		room.on('joined', (peer) => {
			this.#log.info({ ...about, peer: peer.id }, 'peer joined');
			this.#records.joined(room.id, peer);
			this.#tellRoom('peer:joined', { peer: this.#info(peer) }, peer.id);
			this.#tellLobby();
		});
		room.on('connection', ({ id: peerId, connected }) =>
			this.#tellRoom('peer:connection', { peerId, connected }, peerId),
		);
		room.on('left', ({ id: peerId }) => {
			this.#log.info({ ...about, peer: peerId }, 'peer left');
			this.#records.left(room.id, peerId);
			this.#tellRoom('peer:left', { peerId }, peerId);
			this.#tellLobby();
		});
		room.on('gone', ({ id }) => {
			this.#seats.delete(id);
			media.remove(id);
		});
		room.on('empty', () => {
			this.#log.info(about, 'room closed');
			this.close('NOT_FOUND');
		});
		media.on('added', (peerId, producer) =>
			this.#tellRoom('producer:added', { peerId, producer }, peerId),
		);
		media.on('updated', (peerId, producer) =>
			this.#tellRoom('producer:updated', { peerId, producer }, peerId),
		);
		media.on('closed', (peerId, producerId) =>
			this.#tellRoom('producer:closed', { peerId, producerId }, peerId),
		);
		media.on('demand', (peerId, producerId, spatialLayer) =>
			this.#seats.get(peerId)?.client?.tell('media:demand', { producerId, spatialLayer }),
		);
		media.on('trouble', (error) => this.#log.error({ ...about, err: error }, 'media trouble'));
		media.on('lost', () => {
			this.#log.warn(about, 'room lost its media worker');
			this.close('MEDIA_LOST');
		});
	}
}
