import { EventEmitter } from 'node:events';
import type { Author } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import { CodedError } from '#shared/errors.ts';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import type { WorkerPool } from '../../media/worker/workers.ts';
import { Tally } from '../../platform/tally.ts';
import { restarting } from '../../platform/restarting.ts';
import { bounds } from '../client/bounds.ts';
import { LiveRoom, type RoomSettings } from './liveRoom.ts';

/** Where rooms are, if several nodes carry them. */
export type RoomOwners = {
	/** Whether other nodes take what this one does not take any more. */
	readonly isElsewhere: boolean;
	/**
	 * Makes this node the one that has the room.
	 *
	 * @throws {CodedError} ELSEWHERE if another node has it; UNAVAILABLE while nobody can tell.
	 */
	claim(id: RoomId): Promise<void>;
	release(id: RoomId): void;
	/** @throws {CodedError} ELSEWHERE if another node has the room. */
	check(id: RoomId): Promise<void>;
};

/** One process has all rooms. */
export const onlyHere: RoomOwners = {
	isElsewhere: false,
	claim: () => Promise.resolve(),
	release: () => undefined,
	check: () => Promise.resolve(),
};

/** Who brings a room to life. */
export type Opener = { personId: PersonId; block: string };

type Limits = Pick<Config['limits'], 'roomsPerAddress'>;

export type LiveRoomsEvents = {
	/** A person joined a room's call. */
	joined: [RoomId, PersonId];
	/** A person left a room's call with all their tabs. They were connected until then, in ms since 1970. */
	left: [RoomId, PersonId, number];
};

/** The rooms with people inside or in the lobby. A room comes to life when the first person enters its lobby. */
export class LiveRooms extends EventEmitter<LiveRoomsEvents> {
	readonly #settings: RoomSettings;
	readonly #pool: WorkerPool;
	readonly #owners: RoomOwners;
	readonly #log: Log;
	readonly #rooms = new Map<RoomId, Promise<LiveRoom>>();
	readonly #open = new Set<LiveRoom>();
	readonly #limits: Limits;
	readonly #byPerson = new Tally<PersonId>();
	readonly #byBlock = new Tally<string>();
	#draining = false;
	#closed = false;

	constructor(
		settings: RoomSettings,
		limits: Limits,
		pool: WorkerPool,
		log: Log,
		owners: RoomOwners = onlyHere,
	) {
		super();
		this.#settings = settings;
		this.#limits = limits;
		this.#pool = pool;
		this.#owners = owners;
		this.#log = log;
		settings.chats.on('member', (roomId, member) => {
			this.find(roomId)
				.then((live) => live?.setStoredMember(member))
				.catch((error: unknown) => log.error({ err: error }, 'a role was not told to its room'));
		});
		settings.chats.on('named', (roomId, name) => {
			this.find(roomId)
				.then((live) => live?.setName(name))
				.catch((error: unknown) => log.error({ err: error }, 'a name was not told to its room'));
		});
		settings.chats.on('opened', (roomId) => {
			this.find(roomId)
				.then((live) => live?.hostActions.takeStoredPolicy())
				.catch((error: unknown) => log.error({ err: error }, 'a live room was not opened'));
		});
	}

	/** The open rooms. */
	get all(): ReadonlySet<LiveRoom> {
		return this.#open;
	}

	/** Rooms in which people are with others: two at least, who are connected. */
	get talking(): number {
		const connected = ({ room }: LiveRoom) => room.joined.filter((peer) => peer.isConnected);
		const talks = (live: LiveRoom) =>
			new Set(connected(live).map(({ personId }) => personId)).size > 1;
		return [...this.#open].filter(talks).length;
	}

	/** From now on no room comes to life any more. */
	drain(): void {
		this.#draining = true;
	}

	/**
	 * The live room with this id, brought to life if need be. It is not closed.
	 *
	 * @throws {CodedError} ELSEWHERE; LIMIT_REACHED, UNAVAILABLE where it would be one too many (CONN-12), or the service is to end (SERVICE-2).
	 */
	async acquire(id: RoomId, opener: Opener): Promise<LiveRoom> {
		for (;;) {
			if (this.#closed) throw new CodedError('UNAVAILABLE');
			const live = await (this.#rooms.get(id) ?? this.#create(id, opener));
			// It may have emptied between being made and being handed over.
			if (!live.closed) return live;
		}
	}

	/** The live room with this id, if there is one. */
	async find(id: RoomId): Promise<LiveRoom | null> {
		const live = await this.#rooms.get(id)?.catch(() => null);
		return live && !live.closed ? live : null;
	}

	/**
	 * The live room that a person was in.
	 *
	 * @throws {CodedError} RESUME_EXPIRED if there is none; ELSEWHERE.
	 */
	async resume(id: RoomId): Promise<LiveRoom> {
		const live = await this.find(id);
		if (live) return live;
		await this.#owners.check(id);
		throw new CodedError('RESUME_EXPIRED');
	}

	/** Another node has this room: its people find each other there. */
	async giveUp(id: RoomId): Promise<void> {
		(await this.find(id))?.close('MEDIA_LOST');
	}

	/** Removes an account whose guest was removed from the room (ACCOUNT-21). */
	async removeBanned(
		id: RoomId,
		{ guest, account }: { guest: PersonId; account: Author },
	): Promise<void> {
		(await this.find(id))?.hostActions.removeBanned(account, guest);
	}

	/** The people in a room's call; whether this person may call others into it, and whether a call may begin there. */
	async callStatus(
		id: RoomId,
		person: PersonId,
	): Promise<{ present: Author[]; mayInvite: boolean; mayBegin: boolean }> {
		const live = await this.find(id);
		if (!live) return { present: [], mayInvite: false, mayBegin: true };
		const { room, rules } = live;
		const { kind, policy } = rules;
		const open = !policy.locked && !policy.knocking && !policy.password;
		return {
			present: room.joined.map(({ personId, name }) => ({ personId, name })),
			mayBegin: kind === 'call',
			mayInvite: kind === 'call' || open || rules.isHost(person),
		};
	}

	close(): void {
		this.#closed = true;
		for (const live of this.#open) live.close('UNAVAILABLE');
	}

	#create(id: RoomId, { personId, block }: Opener): Promise<LiveRoom> {
		if (this.#draining) throw this.#owners.isElsewhere ? new CodedError('ELSEWHERE') : restarting();
		if (this.#byPerson.of(personId) >= bounds.roomsPerPerson)
			throw new CodedError('LIMIT_REACHED', "You've opened too many rooms. Leave some first.");
		if (this.#byBlock.of(block) >= this.#limits.roomsPerAddress)
			throw new CodedError(
				'LIMIT_REACHED',
				'Too many rooms are open from your network. Try again later.',
			);
		const release = [this.#byPerson.take(personId), this.#byBlock.take(block)];
		const forget = () => {
			for (const giveBack of release) giveBack();
			if (this.#rooms.get(id) !== creating) return;
			this.#rooms.delete(id);
			this.#owners.release(id);
		};
		const reports = {
			joined: (person: PersonId) => this.emit('joined', id, person),
			left: (person: PersonId, until: number) => this.emit('left', id, person, until),
			closed: () => {
				forget();
				creating.then(
					(live) => this.#open.delete(live),
					() => undefined,
				);
			},
		};
		const log = this.#log.child({ room: id });
		const creating = this.#owners
			.claim(id)
			.then(() => LiveRoom.create(id, this.#settings, this.#pool, log, reports));
		this.#rooms.set(id, creating);
		creating.then((live) => {
			if (!live.closed) this.#open.add(live);
		}, forget);
		return creating;
	}
}
