import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Message } from '#shared/chat.ts';
import type { PersonId, RingId, RoomId, SessionId } from '#shared/ids.ts';
import type { PushNotice } from '#shared/push.ts';
import { isSealed, isSealedBody } from '#shared/sealedForm.ts';
import type { Calls } from '../calls/calls.ts';
import type { Ring } from '../calls/ringRegistry.ts';
import type { Chats } from '../chat/chats.ts';
import { chatName } from '../chat/chatName.ts';
import type { Presence } from '../people/presence/presence.ts';
import type { Log } from '../platform/log.ts';
import type { PushDevice } from '../store/api/pushStore.ts';
import type { ChatKey, Store } from '../store/api/store.ts';
import type { Handling, PushSender } from './pushSender.ts';

/** Messages of one author that one person is notified of in a minute. */
const messagesOfAuthor = { points: 10, duration: 60 };
/** How many notifications may wait: for one device, and altogether. What does not fit is left out. */
const maxOfDevice = 20;
const maxWaiting = 5_000;
/** How many rooms are remembered by whether they are chats of two, and for how long, in ms. */
const rememberedRooms = 10_000;
const roomMemory = 10 * 60_000;
/** How much of a message a notification holds. */
const excerptLength = 300;
/** How long a push service keeps what is still news after hours, in seconds. */
const day = 24 * 60 * 60;
/** The least time between two log lines about push services that fail, in ms. */
const logEvery = 60_000;

export type PushParts = {
	store: Pick<Store, 'pushes' | 'rooms' | 'blocks' | 'contacts' | 'secrets'>;
	chats: Chats;
	calls: Calls;
	presence: Presence;
	sender: Pick<PushSender, 'send' | 'close'>;
	/** How long a call rings, in ms. */
	ringTime: number;
	/** How long a session stays signed in without being used, in ms. */
	idleTime: number;
	/** Whether this node sends what the rings of the service are about. */
	hasRings: () => boolean;
	log: Log;
};

/**
 * Notifies people of calls and messages where they have no page open, by the push services of their browsers. Of several
 * nodes the one that looks after the rings notifies of calls, and the one that stored a message notifies of it.
 */
export class Pushes {
	readonly #parts: PushParts;
	readonly #budget = new RateLimiterMemory(messagesOfAuthor);
	/** The people of a chat of two, by its room; null for every other room. */
	readonly #directs = new LRUCache<RoomId, { people: PersonId[] | null }>({
		max: rememberedRooms,
		ttl: roomMemory,
	});
	/** Rings that devices were told of. */
	readonly #rings = new Set<RingId>();
	/** The last notification of each device, and how many of its notifications wait. */
	readonly #devices = new Map<SessionId, { last: Promise<void>; waiting: number }>();
	#waiting = 0;
	#loggedAt = -Infinity;
	#closed = false;

	constructor(parts: PushParts) {
		this.#parts = parts;
		const { calls, chats } = parts;
		calls.on('ringing', (ring) => this.#ringing(ring));
		calls.on('over', (ring) => {
			const { outcome } = ring;
			this.#over(ring, outcome === 'cancelled' || outcome === 'no-answer');
		});
		calls.on('hidden', (ring) => this.#over(ring, false));
		chats.on('storedHere', (key, messages) => {
			for (const message of messages) this.#background(this.#posted(key, message));
		});
	}

	close(): void {
		this.#closed = true;
		this.#parts.sender.close();
	}

	#ringing({ ringId, callee, shown, video }: Ring): void {
		const { hasRings, ringTime } = this.#parts;
		if (!hasRings()) return;
		this.#rings.add(ringId);
		const notice: PushNotice = { kind: 'ring', ringId, name: shown.name, video };
		const handling = { seconds: Math.ceil(ringTime / 1000), urgency: 'high' } as const;
		this.#background(this.#tell([callee.personId], null, notice, handling, ringId));
	}

	#over({ ringId, callee, shown }: Ring, missed: boolean): void {
		if (!this.#rings.delete(ringId)) return;
		const notice: PushNotice = { kind: 'over', ringId, name: shown.name, missed };
		const handling = { seconds: day, urgency: 'high' } as const;
		this.#background(this.#tell([callee.personId], null, notice, handling, ringId));
	}

	async #posted(key: ChatKey, { author, content }: Message): Promise<void> {
		if (content.kind !== 'text') return;
		const direct = key.pair ?? (await this.#directIn(key.roomId));
		const named = (direct ?? content.mentions).filter((person) => person !== author.personId);
		const people = await this.#awaiting(named, author.personId);
		if (people.length === 0) return;
		const { rooms } = this.#parts.store;
		const notice: PushNotice = {
			kind: 'message',
			roomId: key.roomId,
			with: direct && !key.pair ? author.personId : null,
			direct: direct !== null,
			...(isSealedBody(content.body) || isSealed(author.name)
				? { name: '', room: null, text: '' }
				: {
						name: author.name,
						room: direct && !key.pair ? null : await rooms.name(key.roomId),
						text: content.body.slice(0, excerptLength),
					}),
		};
		const handling = { seconds: day, urgency: 'normal' } as const;
		await this.#tell(people, key.roomId, notice, handling, chatName(key));
	}

	/** The two people of a chat outside of rooms. */
	async #directIn(roomId: RoomId): Promise<PersonId[] | null> {
		const known = this.#directs.get(roomId);
		if (known) return known.people;
		const { rooms } = this.#parts.store;
		const { kind } = await rooms.rules(roomId);
		const members = kind === 'direct' ? await rooms.members(roomId) : null;
		const people = members?.map(({ personId }) => personId) ?? null;
		this.#directs.set(roomId, { people });
		return people;
	}

	/** Those of these people who look at no page, want to be disturbed, and have not blocked the author. */
	async #awaiting(people: readonly PersonId[], author: PersonId): Promise<PersonId[]> {
		const { presence, store } = this.#parts;
		const absent = people.filter((person) => !presence.isLooking(person));
		if (absent.length === 0) return [];
		const blocks = await store.blocks.between([author, ...absent]);
		const blockers = new Set(
			blocks.filter(({ blocked }) => blocked === author).map(({ owner }) => owner),
		);
		const wanting: PersonId[] = [];
		for (const person of absent) {
			if (blockers.has(person)) continue;
			if ((await store.contacts.chosen(person)) === 'do-not-disturb') continue;
			if (await this.#isWithinBudget(`${author} ${person}`)) wanting.push(person);
		}
		return wanting;
	}

	async #isWithinBudget(key: string): Promise<boolean> {
		try {
			await this.#budget.consume(key);
			return true;
		} catch (refusal) {
			if (refusal instanceof RateLimiterRes) return false;
			throw refusal;
		}
	}

	/** @param about what a later notification about the same replaces. */
	async #tell(
		people: readonly PersonId[],
		messagesOf: RoomId | null,
		notice: PushNotice,
		handling: Omit<Handling, 'topic'>,
		about: string,
	): Promise<void> {
		const { store, idleTime } = this.#parts;
		const now = Date.now();
		const times = { now, usedAfter: now - idleTime };
		const topic = topicOf(about);
		for (const device of await store.pushes.of(people, messagesOf, times))
			this.#enqueue(device, () => this.#send(device, notice, { ...handling, topic }));
	}

	/** The notifications of a device are sent one after the other. */
	#enqueue({ sessionId }: PushDevice, send: () => Promise<void>): void {
		const device = this.#devices.get(sessionId) ?? { last: Promise.resolve(), waiting: 0 };
		if (this.#closed || device.waiting >= maxOfDevice || this.#waiting >= maxWaiting) return;
		device.waiting++;
		this.#waiting++;
		this.#devices.set(sessionId, device);
		device.last = device.last.then(send).finally(() => {
			this.#waiting--;
			if (--device.waiting === 0) this.#devices.delete(sessionId);
		});
	}

	/** Never rejects. */
	async #send(device: PushDevice, notice: PushNotice, handling: Handling): Promise<void> {
		const { sender, store, log } = this.#parts;
		const { personId, sessionId, endpoint } = device;
		try {
			if ((await sender.send(device, notice, handling)) !== 'gone') return;
			await store.pushes.gone(sessionId, endpoint);
			log.info({ personId }, 'the push service does not know a device any more: it is forgotten');
		} catch (error) {
			this.#failed(error, new URL(endpoint).host);
		}
	}

	#background(work: Promise<void>): void {
		work.catch((error: unknown) => this.#failed(error));
	}

	#failed(error: unknown, pushService?: string): void {
		const now = performance.now();
		if (this.#closed || now - this.#loggedAt < logEvery) return;
		this.#loggedAt = now;
		this.#parts.log.warn({ err: error, pushService }, 'a notification could not be sent');
	}
}

/** Push services see that two notifications are about the same, and not what it is. */
const topicOf = (about: string): string =>
	createHash('sha256').update(about).digest('base64url').slice(0, 32);
