import type { Pace } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { ChatKey, Post } from '../api/store.ts';
import type { Tx } from '../database/database.ts';
import { findChat } from './chatRows.ts';

/** The least time between two messages of a person in the rooms that have slow mode, in ms. */
async function slowRooms(tx: Tx, rooms: readonly RoomId[]): Promise<Map<RoomId, number>> {
	const rows = await tx
		.selectFrom('room_policies')
		.select(['room_id', 'slow_mode'])
		.where('room_id', 'in', rooms)
		.where('slow_mode', '>', 0)
		.execute();
	return new Map(rows.map(({ room_id, slow_mode }) => [room_id, slow_mode * 1000]));
}

/**
 * When each of these people posted last in this chat, among the messages after a time. Reads these messages only. A
 * deleted message counts.
 */
async function lastPosts(
	tx: Tx,
	chatId: number,
	people: readonly PersonId[],
	after: number,
): Promise<Map<PersonId, number>> {
	const rows = await tx
		.selectFrom('messages')
		.select(({ fn }) => ['author_id', fn.max('sent_at').as('at')])
		.where('chat_id', '=', chatId)
		.where('sent_at', '>', after)
		.where('author_id', 'in', people)
		.where('kind', '!=', 'system')
		.groupBy('author_id')
		.execute();
	return new Map(rows.map(({ author_id, at }) => [author_id, at]));
}

/** Hosts post as fast as they like. */
async function hostsOf(tx: Tx, roomId: RoomId): Promise<Set<PersonId>> {
	const rows = await tx
		.selectFrom('memberships')
		.select('person_id')
		.where('room_id', '=', roomId)
		.where('role', '=', 'host')
		.execute();
	return new Set(rows.map(({ person_id }) => person_id));
}

/** How fast this person may post in the room's own chat (CHAT-18). */
export async function paceOf(
	tx: Tx,
	roomId: RoomId,
	personId: PersonId,
	now: number,
): Promise<Pace> {
	const interval = (await slowRooms(tx, [roomId])).get(roomId);
	if (interval === undefined) return { slowMode: 0, wait: 0 };
	const pace = (wait: number): Pace => ({ slowMode: interval / 1000, wait });
	if ((await hostsOf(tx, roomId)).has(personId)) return pace(0);
	const chat = await findChat(tx, { roomId, pair: null });
	if (!chat) return pace(0);
	const last = (await lastPosts(tx, chat.chat_id, [personId], now - interval)).get(personId);
	return pace(last === undefined ? 0 : last + interval - now);
}

/** The slow mode of one room, whose hosts post as fast as they like. */
class SlowPace {
	readonly #interval: number;
	readonly #hosts: ReadonlySet<PersonId>;
	/** When people posted last, those of the batch included. */
	readonly #last: Map<PersonId, number>;

	/** @param interval in ms. */
	constructor(interval: number, hosts: ReadonlySet<PersonId>, last: Map<PersonId, number>) {
		this.#interval = interval;
		this.#hosts = hosts;
		this.#last = last;
	}

	/** @returns SLOW_MODE for a post that comes too early. Any other post counts as sent. */
	refusal({ author: { personId }, at, content }: Post): CodedError | null {
		if (content.kind === 'system' || this.#hosts.has(personId)) return null;
		const wait = (this.#last.get(personId) ?? -Infinity) + this.#interval - at;
		if (wait > 0) {
			const words = `Slow mode is on. You can send the next message in ${Math.ceil(wait / 1000)} s.`;
			return new CodedError('SLOW_MODE', words, wait);
		}
		this.#last.set(personId, at);
		return null;
	}
}

/** Checks a post against slow mode. @returns SLOW_MODE for a post that comes too early. Any other post counts as sent. */
type SlowModeCheck = (post: Post) => CodedError | null;

/** The slow mode of the rooms into whose own chats these posts go. Each of them is to be checked once, in their order. */
export async function slowModeOf(
	tx: Tx,
	posts: readonly Post[],
	chatIdOf: (key: ChatKey) => number,
): Promise<SlowModeCheck> {
	const paces = new Map<RoomId, SlowPace>();
	const slow = await slowRooms(tx, [...new Set(posts.map(({ key }) => key.roomId))]);
	for (const [roomId, interval] of slow) {
		const own = posts.filter(({ key }) => key.roomId === roomId && key.pair === null);
		if (own.length === 0) continue;
		const people = [...new Set(own.map(({ author }) => author.personId))];
		const earliest = Math.min(...own.map(({ at }) => at));
		const chatId = chatIdOf({ roomId, pair: null });
		const last = await lastPosts(tx, chatId, people, earliest - interval);
		const hosts = await hostsOf(tx, roomId);
		paces.set(roomId, new SlowPace(interval, hosts, last));
	}
	return (post) =>
		(post.key.pair === null ? paces.get(post.key.roomId)?.refusal(post) : null) ?? null;
}
