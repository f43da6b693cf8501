import { EventEmitter } from 'node:events';
import type { Author, SystemEvent } from '#shared/chat.ts';
import { newCallId, type CallId, type PeerId, type PersonId, type RoomId } from '#shared/ids.ts';
import type { Chats } from '../chat/chats.ts';
import type { Log } from '../platform/log.ts';
import type { CallStore } from '../store/api/store.ts';
import { Backlog } from '../platform/backlog.ts';
import type { Peer } from './peer.ts';

/** Somebody who is expected back: the peers that they were, and since when they are away, in ms since 1970. */
type AwaitedPerson = { author: Author; peers: PeerId[]; at: number };

type RunningCall = {
	callId: CallId;
	present: Map<PeerId, Author>;
	/** People whom the service itself cut off. They count as present until the timer ends. */
	awaited: Map<PersonId, AwaitedPerson>;
	timer: NodeJS.Timeout | null;
};

/** What is to be known of the other nodes of the service. */
type OtherNodes = {
	readonly hasOthers: boolean;
	isLiveElsewhere(roomId: RoomId): Promise<boolean>;
	tryClaim(place: 'chores'): Promise<boolean>;
};

type RecordEvents = {
	/** The last person has left a call. What a listener adds to the room's lane is done after the end is written. */
	emptied: [RoomId];
};

/** How often the store gets the running calls, in ms. */
const heartbeat = 30_000;
/** Of a call of another node that was not heard of for so long nobody is expected back, in ms. */
const silence = 10 * heartbeat;
/** How long people who were cut off still count as present, in ms. */
const absenceGrace = 30_000;

/**
 * Records who is in which call. This makes people members of the room and posts lines in its chat. No request waits for
 * it; see `Backlog`.
 */
export class CallRecords extends EventEmitter<RecordEvents> {
	readonly #calls: CallStore;
	readonly #chats: Pick<Chats, 'enter' | 'note'>;
	readonly #nodes: OtherNodes;
	readonly backlog: Backlog;
	readonly #running = new Map<RoomId, RunningCall>();
	readonly #heartbeat: NodeJS.Timeout;
	#closing = false;

	constructor(calls: CallStore, chats: Pick<Chats, 'enter' | 'note'>, nodes: OtherNodes, log: Log) {
		super();
		this.#calls = calls;
		this.#chats = chats;
		this.#nodes = nodes;
		// Calls of other nodes go on.
		const before = nodes.hasOthers ? Date.now() - silence : Date.now();
		this.backlog = new Backlog(log, () => calls.recover(before));
		// The next heartbeat makes up for a failed one.
		this.#heartbeat = setInterval(() => void this.#beat().catch(() => undefined), heartbeat);
	}

	/** Tells the store which calls run here, and looks after those of nodes that were killed. */
	async #beat(): Promise<void> {
		const callIds = [...this.#running.values()].map(({ callId }) => callId);
		if (callIds.length > 0) await this.#calls.alive(callIds, Date.now());
		if (this.#nodes.hasOthers && (await this.#nodes.tryClaim('chores')))
			await this.#calls.recover(Date.now() - silence);
	}

	/** Whether a call runs in this room, or its people are expected back at once. */
	isRunning(roomId: RoomId): boolean {
		return this.#running.has(roomId);
	}

	joined(roomId: RoomId, { id: peerId, personId, name }: Peer): void {
		const at = Date.now();
		const author = { personId, name };
		const call = this.#running.get(roomId) ?? this.#begin(roomId, at);
		const former = call.awaited.get(personId);
		if (former) this.#endStays(roomId, call, former);
		const wasThere = former !== undefined || this.#has(call, personId);
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

	/**
	 * The service itself cut off the room: its people are expected back, and did not leave. The store has them inside until they are
	 * back or given up: another node may be where they come back.
	 */
	interrupted(roomId: RoomId): void {
		const call = this.#running.get(roomId);
		if (!call) return;
		const at = Date.now();
		for (const [peerId, author] of call.present) {
			const { peers = [] } = call.awaited.get(author.personId) ?? {};
			call.awaited.set(author.personId, { author, peers: [...peers, peerId], at });
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
	 * Ends all stays, unless other nodes are there: people come back into their calls on these. Chats are kept for people who come back
	 * after the next start (SERVICE-1). Resolves when all is written or could not be written, at `deadline` at the latest.
	 */
	async close(deadline?: AbortSignal): Promise<void> {
		this.#closing = true;
		clearInterval(this.#heartbeat);
		const at = Date.now();
		const goesOn = this.#nodes.hasOthers;
		for (const [roomId, call] of this.#running) {
			if (call.timer) clearTimeout(call.timer);
			if (goesOn) this.#add(roomId, null, () => this.#calls.alive([call.callId], at));
			else {
				for (const peerId of [...call.present.keys()]) this.left(roomId, peerId);
				this.#giveUp(roomId, call, at);
			}
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
		for (const person of call.awaited.values()) {
			this.#endStays(roomId, call, person);
			this.#add(roomId, person.author.personId, async () => {
				// On another node they may be in the call.
				if (await this.#nodes.isLiveElsewhere(roomId)) return;
				await this.#chats.note(roomId, person.author, { event: 'left' }, at);
			});
		}
		this.#endIfEmpty(roomId, call, at);
	}

	/** Nobody awaits this person any more: they are back, or do not come. */
	#endStays(roomId: RoomId, call: RunningCall, { author, peers, at }: AwaitedPerson): void {
		const { personId } = author;
		call.awaited.delete(personId);
		for (const peerId of peers)
			this.#add(roomId, personId, () => this.#calls.left(call.callId, peerId, at));
	}

	#endIfEmpty(roomId: RoomId, call: RunningCall, at: number): void {
		if (call.present.size > 0 || call.awaited.size > 0) return;
		if (this.#running.get(roomId) !== call) return;
		this.#running.delete(roomId);
		this.#add(roomId, null, () => this.#calls.end(call.callId, at));
		if (!this.#closing) this.emit('emptied', roomId);
	}
}
