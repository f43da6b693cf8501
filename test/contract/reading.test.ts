import { describe, expect, test } from 'vitest';
import type { ChatKey } from '../../sfu/store/api/store.ts';
import type { PageFrom } from '../../shared/chat.ts';
import { newMessageId } from '../../shared/ids.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { between, bodyOf, exportOf, newAuthor, newChat, postOne, text } from '../support/stores.ts';

const ann = newAuthor('Ann');
const ben = newAuthor('Ben');
const cem = newAuthor('Cem');

onEachDatabase('reading', (on) => {
	/** A chat of as many messages, sent at 10, 20, 30 … */
	async function withMessages(count: number): Promise<ChatKey> {
		const key = newChat();
		await on.store.chats.post(
			Array.from({ length: count }, (_, index) =>
				text(key, ann, `m${index + 1}`, { at: (index + 1) * 10 }),
			),
		);
		return key;
	}

	describe('pages', () => {
		test.each<[PageFrom, number, number[]]>([
			[{ kind: 'latest' }, 3, [8, 9, 10]],
			[{ kind: 'latest' }, 200, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
			[{ kind: 'before', seq: 4 }, 2, [2, 3]],
			[{ kind: 'before', seq: 2 }, 5, [1]],
			[{ kind: 'before', seq: 1 }, 5, []],
			[{ kind: 'before', seq: 99 }, 2, [9, 10]],
			[{ kind: 'after', seq: 4 }, 2, [5, 6]],
			[{ kind: 'after', seq: 0 }, 2, [1, 2]],
			[{ kind: 'after', seq: 9 }, 5, [10]],
			[{ kind: 'after', seq: 10 }, 5, []],
			[{ kind: 'after', seq: 99 }, 5, []],
			[{ kind: 'around', seq: 5 }, 3, [4, 5, 6]],
			[{ kind: 'around', seq: 5 }, 4, [3, 4, 5, 6]],
			[{ kind: 'around', seq: 5 }, 1, [5]],
			[{ kind: 'around', seq: 1 }, 3, [1, 2, 3]],
			[{ kind: 'around', seq: 10 }, 3, [8, 9, 10]],
			[{ kind: 'around', seq: 99 }, 3, [8, 9, 10]],
			[{ kind: 'since', at: 35 }, 2, [4, 5]],
			[{ kind: 'since', at: 40 }, 2, [4, 5]],
			[{ kind: 'since', at: 0 }, 2, [1, 2]],
			[{ kind: 'since', at: 101 }, 2, []],
		])('%j, at most %i', async (from, limit, expected) => {
			const page = await on.store.chats.page(await withMessages(10), from, limit);
			expect(page.messages.map(({ seq }) => seq)).toEqual(expected);
			expect(page).toMatchObject({ first: 1, last: 10, revision: 10 });
		});

		test('of a chat that was never written in are empty', async () => {
			expect(await on.store.chats.page(newChat(), { kind: 'around', seq: 3 }, 10)).toEqual({
				first: 1,
				last: 0,
				revision: 0,
				messages: [],
			});
		});

		test('hold all that belongs to each message', async () => {
			const key = newChat();
			const one = await postOne(on.store, text(key, ann, 'one', { mentions: [ben.personId] }));
			const two = await postOne(on.store, text(key, ben, 'two', { replyTo: one.messageId }));
			const reacted = await on.store.chats.react(key, two.messageId, ann.personId, '👍', true, 1);
			const corrected = await on.store.chats.correct(key, one.messageId, ben, 'won', 2);
			const page = await on.store.chats.page(key, { kind: 'latest' }, 10);
			expect(page.messages).toEqual([corrected, reacted]);
		});
	});

	describe('changes', () => {
		test('come in the order in which they were made, each message once', async () => {
			const key = await withMessages(4);
			const [one, two] = (await on.store.chats.page(key, { kind: 'latest' }, 10)).messages;
			if (!one || !two) throw new Error('they are there');
			await on.store.chats.react(key, one.messageId, ben.personId, '👍', true, 1);
			await on.store.chats.delete(key, two.messageId, ann.personId, 1);
			await on.store.chats.react(key, one.messageId, ben.personId, '🎉', true, 1);
			const all = await on.store.chats.changes(key, 0, 10);
			expect(all.messages.map(({ seq, revision }) => [seq, revision])).toEqual([
				[3, 3],
				[4, 4],
				[2, 6],
				[1, 7],
			]);
			expect(all).toMatchObject({ first: 1, last: 4, revision: 7, more: false });
			const later = await on.store.chats.changes(key, 4, 1);
			expect(later.messages.map(({ seq }) => seq)).toEqual([2]);
			expect(later.more).toBe(true);
			expect((await on.store.chats.changes(key, 6, 1)).more).toBe(false);
			expect((await on.store.chats.changes(key, 7, 10)).messages).toEqual([]);
		});

		test('of a chat that was never written in are none', async () => {
			expect(await on.store.chats.changes(newChat(), 0, 10)).toEqual({
				first: 1,
				last: 0,
				revision: 0,
				messages: [],
				more: false,
			});
		});
	});

	describe('read positions', () => {
		test('count what others wrote after them, and only move on', async () => {
			const key = newChat();
			await on.store.chats.post([
				text(key, ann, '1'),
				text(key, ben, '2'),
				text(key, ann, '3', { mentions: [ben.personId] }),
				{
					key,
					messageId: newMessageId(),
					author: ann,
					at: 1,
					content: { kind: 'system', system: { event: 'joined' } },
				},
			]);
			const bounds = { with: null, first: 1, last: 4, revision: 4 };
			expect(await on.store.chats.summary(key, ben.personId)).toEqual({
				...bounds,
				read: 0,
				unread: 2,
				mentioned: true,
			});
			expect(await on.store.chats.read(key, ben.personId, 2)).toMatchObject({
				read: 2,
				unread: 1,
				mentioned: true,
			});
			const all = { ...bounds, read: 4, unread: 0, mentioned: false };
			expect(await on.store.chats.read(key, ben.personId, 99)).toEqual(all);
			expect(await on.store.chats.read(key, ben.personId, 1)).toEqual(all);
			expect(await on.store.chats.summary(key, ben.personId)).toEqual(all);
			// One's own mention of oneself is no news.
			await postOne(on.store, text(key, ben, 'me', { mentions: [ben.personId] }));
			expect(await on.store.chats.summary(key, ben.personId)).toMatchObject({
				unread: 0,
				mentioned: false,
			});
		});

		test('follow an edit that names somebody, and one that does not any more', async () => {
			const key = newChat();
			const said = await postOne(on.store, text(key, ann, 'x'));
			const edit = (mentions: (typeof ben.personId)[]) =>
				on.store.chats.edit(key, said.messageId, ann.personId, { body: 'x', mentions }, 1);
			const mentioned = async () => (await on.store.chats.summary(key, ben.personId)).mentioned;
			await edit([ben.personId]);
			expect(await mentioned()).toBe(true);
			await edit([]);
			expect(await mentioned()).toBe(false);
		});

		test('of a chat that was never written in stay at nothing', async () => {
			expect(await on.store.chats.read(newChat(), ann.personId, 7)).toEqual({
				with: null,
				first: 1,
				last: 0,
				revision: 0,
				read: 0,
				unread: 0,
				mentioned: false,
			});
		});
	});

	test('summaries: the room’s own chat, then those one is in that hold a message, latest first', async () => {
		const room = newChat();
		const [annBen, annCem, benCem] = [
			between(room, ann, ben),
			between(room, ann, cem),
			between(room, ben, cem),
		];
		expect(await on.store.chats.summaries(room.roomId, ann.personId)).toMatchObject([
			{ with: null, first: 1, last: 0 },
		]);
		await postOne(on.store, text(annBen, ben, 'x', { at: 1 }));
		await postOne(on.store, text(annCem, ann, 'y', { at: 2 }));
		await postOne(on.store, text(benCem, cem, 'z', { at: 3, mentions: [ben.personId] }));
		await postOne(on.store, text(room, cem, 'all', { at: 4 }));
		const seen = async (person: typeof ann) =>
			(await on.store.chats.summaries(room.roomId, person.personId)).map((one) => [
				one.with,
				one.unread,
				one.mentioned,
			]);
		expect(await seen(ann)).toEqual([
			[null, 1, false],
			[cem.personId, 0, false],
			[ben.personId, 1, false],
		]);
		expect(await seen(ben)).toEqual([
			[null, 1, false],
			[cem.personId, 1, true],
			[ann.personId, 0, false],
		]);
		expect(await on.store.chats.summary(benCem, cem.personId)).toMatchObject({
			with: ben.personId,
			last: 1,
		});
	});

	test('an export is the whole chat, however long', async () => {
		const key = await withMessages(450);
		const exported = await exportOf(on.store, key);
		expect(exported.map(bodyOf)).toEqual(exported.map((_, index) => `m${index + 1}`));
		expect(exported).toHaveLength(450);
		expect(await exportOf(on.store, newChat())).toEqual([]);
	});
});
