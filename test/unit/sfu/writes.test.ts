import { expect, test } from 'vitest';
import { Writes } from '../../../sfu/chat/writes.ts';
import type { Post, Posted } from '../../../sfu/store/api/store.ts';
import type { Message } from '../../../shared/chat.ts';
import {
	newMessageId,
	newPersonId,
	newRoomId,
	type PersonId,
	type RoomId,
} from '../../../shared/ids.ts';

/** A store that is slow only in being asked: each transaction takes one turn of the loop. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const message = ({ messageId, author, at }: Post, seq: number): Message => ({
	messageId,
	seq,
	revision: seq,
	sentAt: at,
	author,
	content: { kind: 'text', body: '', mentions: [], files: [], editedAt: null },
	replyTo: null,
	reactions: [],
	corrections: [],
});

function newWrites() {
	let seq = 0;
	const store = {
		post: async (posts: readonly Post[]): Promise<Posted[]> => {
			await turn();
			return posts.map((post) => ({ kind: 'stored', message: message(post, ++seq) }));
		},
	};
	return new Writes(store, () => undefined);
}

const post = (roomId: RoomId, personId: PersonId): Post => ({
	key: { roomId, pair: null },
	messageId: newMessageId(),
	author: { personId, name: 'Ann' },
	at: 1,
	content: { kind: 'text', body: '', replyTo: null, mentions: [], files: [] },
});

test('A-M12, CHAT-17: the changes of one person in one room do not hold up those of others', async () => {
	const writes = newWrites();
	const [busy, calm] = [newPersonId(), newPersonId()];
	const [room, other] = [newRoomId(), newRoomId()];
	let done = 0;
	const change = async () => {
		await turn();
		done++;
	};
	const storm = Array.from({ length: 150 }, () => writes.change({ room, person: busy }, change));
	const after: Record<string, number> = {};
	await Promise.all([
		writes.change({ room, person: calm }, change).then(() => (after['same room'] = done)),
		writes.change({ room: other, person: calm }, change).then(() => (after['other room'] = done)),
		writes.post(post(other, calm)).then(() => (after['a post'] = done)),
	]);
	for (const count of Object.values(after)) expect(count).toBeLessThan(6);
	await Promise.all(storm);
	expect(done).toBe(152);
});

test('A-M12, CHAT-17: what waits is bounded by person and by room, in words, for posts and changes alike', async () => {
	const writes = newWrites();
	const room = newRoomId();
	const busy = newPersonId();
	const all: Promise<unknown>[] = [];
	const answers: string[] = [];
	const ask = (work: Promise<unknown>) =>
		all.push(
			work.then(
				() => answers.push('OK'),
				(error: { code: string; message: string }) =>
					answers.push(`${error.code} ${error.message}`),
			),
		);
	for (let i = 0; i < 150; i++) ask(writes.post(post(room, busy)));
	for (let i = 0; i < 150; i++) ask(writes.change({ room, person: busy }, turn));
	for (let i = 0; i < 2_000; i++) ask(writes.change({ room, person: newPersonId() }, turn));
	ask(writes.change({ room: newRoomId(), person: newPersonId() }, turn));
	await Promise.all(all);
	const refused = answers.filter((answer) => answer.startsWith('TOO_MANY_REQUESTS'));
	expect(refused).toHaveLength(100);
	expect(refused[0]).toBe(
		"TOO_MANY_REQUESTS Too much of what you sent isn't saved yet. Try again in a moment.",
	);
	const crowded = answers.filter((answer) =>
		answer.startsWith('NOT_SAVED Too many messages at once'),
	);
	expect(crowded).toHaveLength(200);
	expect(answers.filter((answer) => answer === 'OK')).toHaveLength(2_001);
});

test('what is stored is told in its order, and a change that fails holds up nothing', async () => {
	const writes = newWrites();
	const [room, person] = [newRoomId(), newPersonId()];
	const failing = writes.change({ room, person }, () => Promise.reject(new Error('no')));
	const posts = Array.from({ length: 180 }, () => writes.post(post(room, person)));
	await expect(failing).rejects.toThrow('no');
	const stored = await Promise.all(posts);
	expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
});
