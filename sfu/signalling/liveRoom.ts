import type { ChatMember } from '#shared/chat.ts';
import { errorMessages, type ErrorCode } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Calls } from '../calls/calls.ts';
import type { Chats } from '../chat/chats.ts';
import type { Log } from '../log.ts';
import { RoomMedia } from '../media/roomMedia.ts';
import type { WorkerPool } from '../media/workers.ts';
import type { Presence } from '../people/presence.ts';
import type { CallRecords } from '../rooms/callRecords.ts';
import { Door } from '../rooms/door.ts';
import type { Passwords } from '../rooms/passwords.ts';
import type { Peer } from '../rooms/peer.ts';
import { Room } from '../rooms/room.ts';
import { forCalls, Rules } from '../rooms/rules.ts';
import type { Client } from './client.ts';
import { tellWhatHappens } from './events.ts';
import { Floor } from './floor.ts';
import { Hosting } from './hosting.ts';
import { Reception } from './reception.ts';
import { Reloads } from './reloads.ts';
import { infoOf } from './roomState.ts';
import { Seating } from './seating.ts';
import { Seats, type Occupied } from './seats.ts';

export type RoomSettings = {
	maxPeers: number;
	/** How many people may be in the lobby at a time. */
	lobbyPeers: number;
	/** How long the place of a lost peer is kept, in ms. */
	grace: number;
	/** How many microphones are heard at a time; 0 for all. */
	audible: number;
	records: CallRecords;
	chats: Chats;
	passwords: Passwords;
	/** Who is called into rooms. */
	calls: Pick<Calls, 'invites' | 'isRingingIn' | 'joined' | 'left'>;
	presence: Pick<Presence, 'stay' | 'leave'>;
};

/**
 * A room with its media and the clients in it: the one place where what happens among people and what
 * happens in the media engine becomes facts.
 */
export class LiveRoom {
	readonly room: Room;
	readonly media: RoomMedia;
	readonly rules: Rules;
	readonly seats: Seats;
	readonly door: Door;
	readonly reception: Reception;
	readonly floor: Floor;
	readonly hosting: Hosting;
	readonly reloads: Reloads;
	readonly seating: Seating;
	/** How many people may be in the lobby at a time. */
	readonly lobbyPeers: number;
	readonly #records: CallRecords;
	readonly #onClosed: () => void;
	#closed = false;

	private constructor(
		room: Room,
		media: RoomMedia,
		{ lobbyPeers, records, chats, passwords, calls, presence }: RoomSettings,
		log: Log,
		onClosed: () => void,
	) {
		const { id: roomId, rules } = room;
		const seats = new Seats(rules);
		const door = new Door(rules, (person) => calls.invites(roomId, person));
		const reception = new Reception({ roomId, rules, door, seats, passwords }, (...who) =>
			media.expect(...who),
		);
		const floor = new Floor(rules, seats, (peer) => this.#updated(peer));
		this.room = room;
		this.lobbyPeers = lobbyPeers;
		this.media = media;
		this.rules = rules;
		this.seats = seats;
		this.door = door;
		this.reception = reception;
		this.floor = floor;
		this.hosting = new Hosting({
			...{ roomId, rules, door, seats, floor, reception, chats, records, passwords },
			eject: (seat, code) => this.#eject(seat, code),
			roleChanged: (person) => this.#roleChanged(person),
		});
		this.reloads = new Reloads({
			...{ room, media, seats, presence },
			end: (client, code) => this.end(client, code),
		});
		this.seating = new Seating(this);
		this.#records = records;
		this.#onClosed = onClosed;
		tellWhatHappens(this, records, calls, log);
	}

	/**
	 * Places the room on a worker. `onClosed` is called once, when nothing of it is left.
	 *
	 * @throws {CodedError} UNAVAILABLE when nobody knows what hosts decided: a locked room stays locked.
	 */
	static async create(
		id: RoomId,
		settings: RoomSettings,
		pool: WorkerPool,
		log: Log,
		onClosed: () => void,
	): Promise<LiveRoom> {
		const loading = settings.chats.access.rules(id).then(forCalls);
		const placing = RoomMedia.create(pool, settings.audible);
		const [loaded, placed] = await Promise.allSettled([loading, placing]);
		if (loaded.status === 'rejected' && placed.status === 'fulfilled') placed.value.close();
		const [rules, media] = [new Rules(settings.maxPeers, await loading), await placing];
		return new LiveRoom(new Room(id, rules, settings.grace), media, settings, log, onClosed);
	}

	get closed(): boolean {
		return this.#closed;
	}

	/**
	 * Out for good (R19).
	 *
	 * @param unloading whether the page goes, which may be on its way back (R110).
	 */
	leave(client: Client, unloading = false): void {
		const { place } = client;
		if (place.phase === 'outside' || place.phase === 'match') return;
		const { peer } = place;
		if (unloading) {
			this.reloads.unload(client, peer);
			return;
		}
		client.moveTo({ phase: 'outside' });
		this.room.leave(peer);
	}

	/** Up or down (R50). @returns whether that is news. */
	raiseHand(peer: Peer, raised: boolean): boolean {
		const news = this.room.raiseHand(peer, raised);
		if (news) this.#updated(peer);
		return news;
	}

	rename(peer: Peer, name: string): void {
		if (peer.name === name) return;
		peer.name = name;
		this.#records.renamed(this.room.id, peer);
		this.#updated(peer);
	}

	/** What the store says somebody is: it decides who came first. */
	learn({ personId, name, role }: ChatMember): void {
		if (this.rules.setRole({ personId, name }, role)) this.#roleChanged(personId);
	}

	/** The connection was lost (R18). */
	lose(client: Client): void {
		const { place } = client;
		if (place.phase === 'outside' || place.phase === 'match') return;
		const { peer } = place;
		const seat = this.seats.get(peer.id);
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
		for (const { client } of this.seats.all) if (client) this.end(client, code);
		this.seats.clear();
		this.room.close();
		this.media.close();
		this.#onClosed();
	}

	/** This client has no place here any more. */
	end(client: Client, code: ErrorCode): void {
		client.moveTo({ phase: 'outside' });
		client.tell('room:ended', { code, message: errorMessages()[code] });
	}

	#updated(peer: Peer): void {
		const { name, role, hand, hostMuted } = infoOf(this, peer);
		this.seats.tellRoom('peer:updated', { peerId: peer.id, name, role, hand, hostMuted });
	}

	#eject({ client, peer }: Occupied, code: ErrorCode): void {
		if (client) this.end(client, code);
		this.room.leave(peer);
	}

	#roleChanged(person: PersonId): void {
		for (const { peer, client } of this.seats.of(person)) {
			if (!peer.joined) continue;
			this.#updated(peer);
			const knocks = this.rules.isHost(person) ? this.door.knocks : [];
			if (client?.place.phase === 'room') client.tell('knock:list', { knocks });
		}
		this.reception.refresh();
	}
}
