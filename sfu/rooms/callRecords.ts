import { EventEmitter } from 'node:events';
import type { Author, SystemEvent } from '#shared/chat.ts';
import { newCallId, type CallId, type PeerId, type PersonId, type RoomId } from '#shared/ids.ts';
import type { Chats } from '../chat/chats.ts';
import type { Log } from '../platform/log.ts';
import type { CallStore } from '../store/api/store.ts';
import { Backlog } from '../platform/backlog.ts';
import type { Peer } from './peer.ts';

type RunningCall = {
	callId: CallId;
	present: Map<PeerId, Author>;
	/** People whom the service itself cut off. They count as present until the timer ends. */
	awaited: Map<PersonId, Author>;
	timer: NodeJS.Timeout | null;
};

type RecordEvents = {
	/** The last person has left a call. What a listener adds to the room's lane is done after the end is written. */
	emptied: [RoomId];
};

/** How often the store gets the running calls, in ms. */
const heartbeat = 30_000;
/** How long people who were cut off still count as present, in ms. */
const absenceGrace = 30_000;

/**
 * Records who is in which call. This makes people members of the room and posts lines in its chat. No request waits for
 * it; see `Backlog`.
 */
export class CallRecords extends EventEmitter<RecordEvents> {
	readonly #calls: CallStore;
	readonly #chats: Pick<Chats, 'enter' | 'note'>;
	readonly backlog: Backlog;
	readonly #running = new Map<RoomId, RunningCall>();
	readonly #heartbeat: NodeJS.Timeout;
	#closing = false;

	/** @param before calls that were known to run after this time run elsewhere, in ms since 1970. */
	constructor(
		calls: CallStore,
		chats: Pick<Chats, 'enter' | 'note'>,
		log: Log,
		before = Date.now(),
	) {
		super();
		this.#calls = calls;
		this.#chats = chats;
		this.backlog = new Backlog(log, () => calls.recover(before));
		this.#heartbeat = setInterval(() => {
			const callIds = [...this.#running.values()].map(({ callId }) => callId);
			// The next heartbeat makes up for a failed one.
			if (callIds.length > 0) calls.alive(callIds, Date.now()).catch(() => undefined);
		}, heartbeat);
	}

	/** Whether a call runs in this room, or its people are expected back at once. */
	isRunning(roomId: RoomId): boolean {
		return this.#running.has(roomId);
	}

	joined(roomId: RoomId, { id: peerId, personId, name }: Peer): void {
		const at = Date.now();
		const author = { personId, name };
		const call = this.#running.get(roomId) ?? this.#begin(roomId, at);
		const wasThere = call.awaited.delete(personId) || this.#has(call, personId);
		call.present.set(peerId, author);
		this.#enter(roomId, author);
		this.#add(roomId, personId, () => this.#calls.joined(call.callId, peerId, author, at));
		if (!wasThere) this.note(roomId, author, { event: 'joined' }, at);
	}

	/** A person in the call changed their name. */
	renamed(roomId: RoomId, { id: peerId, personId, name }: Peer): void {
		const author = { personId, name };
		this.#running.get(roomId)?.present.set(peerId, author);
		this.#enter(roomId, author);
	}

	/** Posts a line in the room's chat about this person's action. */
	note(roomId: RoomId, by: Author, event: SystemEvent, at = Date.now()): void {
		this.#add(roomId, by.personId, () => this.#chats.note(roomId, by, event, at));
	}

	left(roomId: RoomId, peerId: PeerId): void {
		const call = this.#running.get(roomId);
		const author = call?.present.get(peerId);
		if (!call || !author) return;
		call.present.delete(peerId);
		const at = Date.now();
		this.#add(roomId, author.personId, () => this.#calls.left(call.callId, peerId, at));
		if (!this.#has(call, author.personId)) this.note(roomId, author, { event: 'left' }, at);
		this.#endIfEmpty(roomId, call, at);
	}

	/** The service itself cut off the room: its people are expected back, and did not leave. */
	interrupted(roomId: RoomId): void {
		const call = this.#running.get(roomId);
		if (!call) return;
		const at = Date.now();
		for (const [peerId, author] of call.present) {
			this.#add(roomId, author.personId, () => this.#calls.left(call.callId, peerId, at));
			call.awaited.set(author.personId, author);
		}
		call.present.clear();
		call.timer ??= setTimeout(() => {
			call.timer = null;
			this.#giveUp(roomId, call, at);
		}, absenceGrace);
	}

	/** How many people were in the room's call when it was interrupted here, and are not back yet. */
	awaited(roomId: RoomId): number {
		return this.#running.get(roomId)?.awaited.size ?? 0;
	}

	/**
	 * The people who were in a room's call when it was interrupted, here or on a node that is gone, and who are expected back.
	 *
	 * @throws whatever the store throws.
	 */
	async expected(roomId: RoomId): Promise<PersonId[]> {
		const call = this.#running.get(roomId);
		// The store hears of this node's calls a little later.
		return call
			? [...call.awaited.keys()]
			: this.#calls.present(roomId, Date.now() - 2 * heartbeat);
	}

	/**
	 * Ends all stays. Chats are kept for people who come back after the next start (SERVICE-1). Resolves when all is written
	 * or could not be written, at `deadline` at the latest.
	 */
	async close(deadline?: AbortSignal): Promise<void> {
		this.#closing = true;
		clearInterval(this.#heartbeat);
		const at = Date.now();
		for (const [roomId, call] of this.#running) {
			if (call.timer) clearTimeout(call.timer);
			for (const peerId of [...call.present.keys()]) this.left(roomId, peerId);
			this.#giveUp(roomId, call, at);
		}
		await this.backlog.close(deadline);
	}

	#add(roomId: RoomId, person: PersonId | null, task: () => Promise<void>): void {
		this.backlog.add({ lane: roomId, person }, task);
	}

	#enter(roomId: RoomId, { personId, name }: Author): void {
		this.#add(roomId, personId, async () => {
			await this.#chats.enter(personId, { roomId, name }, true);
		});
	}

	#begin(roomId: RoomId, at: number): RunningCall {
		const call: RunningCall = {
			callId: newCallId(),
			present: new Map(),
			awaited: new Map(),
			timer: null,
		};
		this.#running.set(roomId, call);
		this.#add(roomId, null, () => this.#calls.begin(call.callId, roomId, at));
		return call;
	}

	#has(call: RunningCall, person: PersonId): boolean {
		return [...call.present.values()].some(({ personId }) => personId === person);
	}

	#giveUp(roomId: RoomId, call: RunningCall, at: number): void {
		for (const author of call.awaited.values()) this.note(roomId, author, { event: 'left' }, at);
		call.awaited.clear();
		this.#endIfEmpty(roomId, call, at);
	}

	#endIfEmpty(roomId: RoomId, call: RunningCall, at: number): void {
		if (call.present.size > 0 || call.awaited.size > 0) return;
		if (this.#running.get(roomId) !== call) return;
		this.#running.delete(roomId);
		this.#add(roomId, null, () => this.#calls.end(call.callId, at));
		if (!this.#closing) this.emit('emptied', roomId);
	}
}
