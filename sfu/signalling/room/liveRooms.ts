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

/** Who brings a room to life. */
export type Opener = { personId: PersonId; block: string };

type Limits = Pick<Config['limits'], 'roomsPerAddress'>;

type LiveRoomsEvents = {
	/** A person joined a room's call. */
	joined: [RoomId, PersonId];
	/** A person left a room's call with all their tabs. They were connected until then, in ms since 1970. */
	left: [RoomId, PersonId, number];
};

/** The rooms with people inside or in the lobby. A room comes to life when the first person enters its lobby. */
export class LiveRooms extends EventEmitter<LiveRoomsEvents> {
	readonly #settings: RoomSettings;
	readonly #pool: WorkerPool;
	readonly #log: Log;
	readonly #rooms = new Map<RoomId, Promise<LiveRoom>>();
	readonly #open = new Set<LiveRoom>();
	readonly #limits: Limits;
	readonly #byPerson = new Tally<PersonId>();
	readonly #byBlock = new Tally<string>();
	#draining = false;
	#closed = false;

	constructor(settings: RoomSettings, limits: Limits, pool: WorkerPool, log: Log) {
		super();
		this.#settings = settings;
		this.#limits = limits;
		this.#pool = pool;
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
	 * @throws {CodedError} LIMIT_REACHED, UNAVAILABLE where it would be one too many (CONN-12), or the service is to end (SERVICE-2).
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
		if (this.#draining) throw restarting();
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
			if (this.#rooms.get(id) === creating) this.#rooms.delete(id);
		};
		const creating = LiveRoom.create(
			id,
			this.#settings,
			this.#pool,
			this.#log.child({ room: id }),
			{
				joined: (person) => this.emit('joined', id, person),
				left: (person, until) => this.emit('left', id, person, until),
				closed: () => {
					forget();
					creating.then(
						(live) => this.#open.delete(live),
						() => undefined,
					);
				},
			},
		);
		this.#rooms.set(id, creating);
		creating.then((live) => {
			if (!live.closed) this.#open.add(live);
		}, forget);
		return creating;
	}
}
