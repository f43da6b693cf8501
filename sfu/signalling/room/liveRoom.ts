import type { ChatMember } from '#shared/chat.ts';
import { errorMessages, type ErrorCode } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { RingRegistry } from '../../calls/ringRegistry.ts';
import type { Chats } from '../../chat/chats.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { PeerMedia } from '../../media/peer/peerMedia.ts';
import { MediaRouter } from '../../media/router/mediaRouter.ts';
import type { WorkerPool } from '../../media/worker/workers.ts';
import type { Presence } from '../../people/presence/presence.ts';
import type { CallRecords } from '../../rooms/callRecords.ts';
import { RoomAdmission } from '../../rooms/roomAdmission.ts';
import type { Passwords } from '../../rooms/passwords.ts';
import type { Peer } from '../../rooms/peer.ts';
import { Room } from '../../rooms/room.ts';
import { rulesForCall, RoomRules } from '../../rooms/roomRules.ts';
import type { Client, Place } from '../client/client.ts';
import { Encryption } from './encryption.ts';
import { connectEvents, type RoomReports } from './events.ts';
import { MediaPermissions } from './mediaPermissions.ts';
import { HostActions } from './hostActions.ts';
import { WaitingRoom } from './waitingRoom.ts';
import { PageReloads } from './pageReloads.ts';
import { infoOf } from './roomState.ts';
import { RoomEntry } from './roomEntry.ts';
import { PeerSessions, type HeldSession, type PeerSession } from './peerSessions.ts';

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
	rings: Pick<RingRegistry, 'invites' | 'isRingingIn'>;
	presence: Pick<Presence, 'stay' | 'leave'>;
	metrics: Pick<Metrics, 'joinStep' | 'lost' | 'recovered' | 'quality'>;
	/** Whether clients are to report how calls go for them. */
	reportQuality: boolean;
};

/**
 * A room with its media and its clients: events of people and of the media engine
 * become facts here.
 */
export class LiveRoom {
	readonly room: Room;
	readonly media: MediaRouter;
	readonly rules: RoomRules;
	readonly peerSessions: PeerSessions;
	readonly roomAdmission: RoomAdmission;
	readonly waitingRoom: WaitingRoom;
	readonly mediaPermissions: MediaPermissions;
	readonly hostActions: HostActions;
	readonly encryption: Encryption;
	readonly pageReloads: PageReloads;
	readonly roomEntry: RoomEntry;
	/** How many people may be in the lobby at a time. */
	readonly lobbyPeers: number;
	readonly metrics: RoomSettings['metrics'];
	readonly reportQuality: boolean;
	readonly #records: CallRecords;
	readonly #reports: RoomReports;
	#closed = false;

	private constructor(
		room: Room,
		media: MediaRouter,
		{ lobbyPeers, records, chats, passwords, rings, presence, ...settings }: RoomSettings,
		log: Log,
		reports: RoomReports,
	) {
		const { id: roomId, rules } = room;
		const peerSessions = new PeerSessions(rules);
		const roomAdmission = new RoomAdmission(
			rules,
			(person) => rings.invites(roomId, person),
			() => room.joined.some((peer) => rules.isHost(peer.personId)),
		);
		const waitingRoom = new WaitingRoom({
			roomId,
			rules,
			roomAdmission,
			peerSessions,
			passwords,
			expect: (...who) => media.expect(...who),
		});
		const mediaPermissions = new MediaPermissions(rules, peerSessions, (peer) =>
			this.#updated(peer),
		);
		this.room = room;
		this.lobbyPeers = lobbyPeers;
		this.metrics = settings.metrics;
		this.reportQuality = settings.reportQuality;
		this.media = media;
		this.rules = rules;
		this.peerSessions = peerSessions;
		this.roomAdmission = roomAdmission;
		this.waitingRoom = waitingRoom;
		this.mediaPermissions = mediaPermissions;
		this.hostActions = new HostActions({
			roomId,
			rules,
			roomAdmission,
			peerSessions,
			mediaPermissions,
			waitingRoom,
			chats,
			records,
			passwords,
			eject: (peerSession, code) => this.#eject(peerSession, code),
			removed: () => this.encryption.removed(),
			roleChanged: (person) => this.#roleChanged(person),
		});
		this.encryption = new Encryption({
			...{ roomId, rules, peerSessions, chats },
			ensureHost: () => this.hostActions.ensureHost(),
		});
		this.pageReloads = new PageReloads({
			room,
			media,
			peerSessions,
			presence,
			end: (client, code) => this.end(client, code),
		});
		this.roomEntry = new RoomEntry(this);
		this.#records = records;
		this.#reports = reports;
		connectEvents(this, records, rings, reports, log);
	}

	/**
	 * Places the room on a worker.
	 *
	 * @param log names the room.
	 *
	 * @throws {CodedError} UNAVAILABLE if the decisions of hosts cannot be read: a locked room stays locked.
	 */
	static async create(
		id: RoomId,
		settings: RoomSettings,
		pool: WorkerPool,
		log: Log,
		reports: RoomReports,
	): Promise<LiveRoom> {
		const { audible, records, chats } = settings;
		const { access } = chats;
		const loading = access.rules(id).then(rulesForCall);
		const expecting = loading.then(({ policy: { locked, knocking, passwordHash } }) =>
			locked || knocking || passwordHash !== null ? access.reading(() => records.expected(id)) : [],
		);
		const returning = records.awaited(id);
		const placing = MediaRouter.create(pool, { kind: 'room', audible, returning }, log);
		const [loaded, placed] = await Promise.allSettled([expecting, placing]);
		if (loaded.status === 'rejected' && placed.status === 'fulfilled') placed.value.close();
		const [rules, media] = [new RoomRules(settings.maxPeers, await loading), await placing];
		const live = new LiveRoom(new Room(id, rules, settings.grace), media, settings, log, reports);
		// Their call is not over (ADMISSION-1).
		for (const person of await expecting) live.roomAdmission.admit(person);
		return live;
	}

	get closed(): boolean {
		return this.#closed;
	}

	/** Raises or lowers a hand (HOST-4). @returns whether it changed. */
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

	/** Takes over the role and the label that the store has for a member: the store decides who joined first. */
	setStoredMember({ personId, name, role, label }: ChatMember): void {
		const labelled = this.rules.setLabel(personId, label);
		if (this.rules.setRole({ personId, name }, role)) this.#roleChanged(personId);
		else if (labelled)
			for (const { peer } of this.peerSessions.of(personId)) if (peer.isInRoom) this.#updated(peer);
	}

	/** A host named the room (ROOM-13). */
	setName(name: string | null): void {
		this.rules.name = name;
		const told = { roomId: this.room.id, name };
		this.peerSessions.tellRoom('room:named', told);
		this.peerSessions.tellLobby('room:named', told);
	}

	/** The place of a client with this session. */
	placeOf(client: Client, peerSession: PeerSession, phase: 'lobby' | 'room'): RoomPlace {
		return new RoomPlace(this, client, peerSession, phase);
	}

	/** The connection of this peer's client was lost (ROOM-4). */
	lose(client: Client, peer: Peer): void {
		const peerSession = this.peerSessions.get(peer.id);
		client.evict();
		if (peerSession?.client !== client) return;
		peerSession.client = null;
		if (peer.isConnected) this.metrics.lost('connection');
		this.room.lose(peer);
	}

	/** Ends the room for all its clients. */
	close(code: ErrorCode): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#records.interrupted(this.room.id);
		for (const { client } of this.peerSessions.all) if (client) this.end(client, code);
		this.encryption.close();
		this.peerSessions.clear();
		this.room.close();
		this.media.close();
		this.#reports.closed();
	}

	/** This client has no place here any more. */
	end(client: Client, code: ErrorCode): void {
		client.evict();
		client.tell('room:ended', { code, message: errorMessages()[code] });
	}

	#updated(peer: Peer): void {
		const { peerId, name, role, label, hand, hostMuted } = infoOf(this, peer);
		const state = { name, role, hand, hostMuted, ...(label !== undefined && { label }) };
		this.peerSessions.tellRoom('peer:updated', { peerId, ...state });
	}

	#eject({ client, peer }: HeldSession, code: ErrorCode): void {
		if (client) this.end(client, code);
		this.room.leave(peer);
	}

	#roleChanged(person: PersonId): void {
		for (const { peer, client } of this.peerSessions.of(person)) {
			if (!peer.isInRoom) continue;
			this.#updated(peer);
			const knocks = this.rules.isHost(person) ? this.roomAdmission.knocks : [];
			if (client?.phase === 'room') client.tell('knock:list', { knocks });
		}
		this.waitingRoom.refresh();
	}
}

/** A client's place in a room or its lobby. */
export class RoomPlace implements Place {
	readonly live: LiveRoom;
	readonly peer: Peer;
	readonly media: PeerMedia;
	readonly phase: 'lobby' | 'room';
	readonly #client: Client;

	constructor(
		live: LiveRoom,
		client: Client,
		{ peer, media }: PeerSession,
		phase: 'lobby' | 'room',
	) {
		this.live = live;
		this.peer = peer;
		this.media = media;
		this.phase = phase;
		this.#client = client;
	}

	get ids(): Place['ids'] {
		return { room: this.roomId, peer: this.peer.id };
	}

	get roomId(): RoomId {
		return this.live.room.id;
	}

	isOfSamePeer(other: Place): boolean {
		return other instanceof RoomPlace && other.peer === this.peer;
	}

	left(): void {
		this.live.room.leave(this.peer);
	}

	lose(): void {
		this.live.lose(this.#client, this.peer);
	}

	unload(): void {
		this.live.pageReloads.unload(this.#client, this.peer);
	}
}
