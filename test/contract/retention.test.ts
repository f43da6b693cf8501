import { expect, test } from 'vitest';
import type { ChatKey } from '../../sfu/store/api/store.ts';
import { newFileId } from '../../shared/ids.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { allOf, between, bodyOf, newAuthor, newChat, postOne, text } from '../support/stores.ts';

const ann = newAuthor('Ann');
const ben = newAuthor('Ben');
const day = 24 * 60 * 60 * 1000;
const now = 1_800_000_000_000;

onEachDatabase('retention', (on) => {
	const keepDays = (key: ChatKey, days: number) =>
		on.store.rooms.setRetention(key.roomId, { kind: 'days', days });
	const keepUntilEmpty = (key: ChatKey) =>
		on.store.rooms.setRetention(key.roomId, { kind: 'until-empty' });

	/** Sweeps until nothing is left to do. */
	async function sweepAll(): Promise<Awaited<ReturnType<typeof on.store.chats.sweep>>> {
		const cleared = [];
		for (;;) {
			const some = await on.store.chats.sweep(now);
			if (some.length === 0) return cleared;
			cleared.push(...some);
		}
	}

	test('a room keeps its chat for ever, unless it is told otherwise', async () => {
		const key = newChat();
		expect(await on.store.rooms.retention(key.roomId)).toEqual({ kind: 'forever' });
		await postOne(on.store, text(key, ann, 'old', { at: 1 }));
		for (const retention of [
			{ kind: 'days', days: 30 },
			{ kind: 'until-empty' },
			{ kind: 'forever' },
		] as const) {
			await on.store.rooms.setRetention(key.roomId, retention);
			expect(await on.store.rooms.retention(key.roomId)).toEqual(retention);
		}
		expect(await on.store.chats.sweep(now)).toEqual([]);
		expect(await on.store.chats.sweepEmpty(key.roomId)).toEqual([]);
		expect(await allOf(on.store, key)).toHaveLength(1);
	});

	test('A-H12, CHAT-15: what is older than its days goes from the own chat of the room, and from no private one', async () => {
		const key = newChat();
		const pair = between(key, ann, ben);
		await keepDays(key, 2);
		const at = (days: number) => ({ at: now - days * day });
		await on.store.chats.post([
			text(key, ann, '3 days', at(3)),
			text(key, ann, '2 days and 1 ms', { at: now - 2 * day - 1 }),
			text(key, ann, '2 days', at(2)),
			text(key, ann, '5 days, by a clock that went back', at(5)),
			text(key, ann, 'today', at(0)),
			text(pair, ann, 'aside, 9 days', at(9)),
		]);
		const untouched = newChat();
		await postOne(on.store, text(untouched, ann, 'elsewhere', at(99)));

		const cleared = await sweepAll();
		expect(cleared).toEqual([{ key, first: 3, last: 5, revision: 5 }]);
		const page = await on.store.chats.page(key, { kind: 'latest' }, 10);
		expect(page).toMatchObject({ first: 3, last: 5, revision: 5 });
		expect(page.messages.map(({ seq }) => seq)).toEqual([3, 4, 5]);
		expect((await allOf(on.store, pair)).map(bodyOf)).toEqual(['aside, 9 days']);
		expect((await on.store.chats.search(key, 'days', undefined, 10)).messages).toHaveLength(2);
		expect(await allOf(on.store, untouched)).toHaveLength(1);
		// What comes next goes on where it was.
		expect((await postOne(on.store, text(key, ben, 'new', at(0)))).seq).toBe(6);
	});

	test('a page and an answer survive that what they name is gone', async () => {
		const key = newChat();
		await keepDays(key, 1);
		const old = await postOne(on.store, text(key, ann, 'old', { at: 1 }));
		await postOne(on.store, text(key, ben, 'new', { at: now, replyTo: old.messageId }));
		await sweepAll();
		const around = await on.store.chats.page(key, { kind: 'around', seq: 1 }, 10);
		expect(around.messages).toMatchObject([{ seq: 2, replyTo: null }]);
		expect((await on.store.chats.changes(key, 0, 10)).messages).toHaveLength(1);
		const [answer] = await on.store.chats.post([
			text(key, ben, 'x', { at: now, replyTo: old.messageId }),
		]);
		expect(answer).toMatchObject({ kind: 'refused', error: { code: 'NOT_FOUND' } });
	});

	test('it goes in portions, and files with it', async () => {
		const key = newChat();
		await keepDays(key, 1);
		const info = { fileId: newFileId(), name: 'f', type: 'a/b', size: 1, picture: null };
		await on.store.files.add({ info, key, owner: ann.personId, at: 1 });
		await on.store.chats.post([
			text(key, ann, 'file', { at: 1, files: [info.fileId] }),
			...Array.from({ length: 2400 }, (_, index) => text(key, ann, `m${index}`, { at: index })),
		]);
		const steps = [];
		for (;;) {
			const step = await on.store.chats.sweep(now);
			if (step.length === 0) break;
			steps.push(step[0]?.first);
		}
		expect(steps).toEqual([1001, 2001, 2402]);
		expect(await on.store.files.pendingDeletion(100)).toContain(info.fileId);
		expect(await on.store.files.readable(info.fileId, ann.personId)).toBeNull();
	});

	test('unread messages that are gone do not count', async () => {
		const key = newChat();
		await keepDays(key, 1);
		await on.store.chats.post([
			text(key, ann, 'old', { at: 1, mentions: [ben.personId] }),
			text(key, ann, 'new', { at: now }),
		]);
		await sweepAll();
		expect(await on.store.chats.summary(key, ben.personId)).toMatchObject({
			unread: 1,
			mentioned: false,
		});
	});

	test('A-H12, CHAT-15: until empty: the own chat of the room goes when it is swept, and nothing else', async () => {
		const key = newChat();
		const pair = between(key, ann, ben);
		await on.store.rooms.enter(key.roomId, ann.personId, 'Ann', 1);
		await keepUntilEmpty(key);
		expect(await on.store.chats.sweepable()).not.toContain(key.roomId);
		await on.store.chats.post(
			Array.from({ length: 1500 }, (_, index) => text(key, ann, `m${index}`, { at: now })),
		);
		await postOne(on.store, text(pair, ann, 'aside', { at: now }));
		const other = newChat();
		await keepUntilEmpty(other);
		await postOne(on.store, text(other, ann, 'other', { at: now }));

		expect(await on.store.chats.sweep(now)).toEqual([]);
		expect(await on.store.chats.sweepable()).toEqual(
			expect.arrayContaining([key.roomId, other.roomId]),
		);
		const cleared = await on.store.chats.sweepEmpty(key.roomId);
		expect(cleared).toEqual([{ key, first: 1501, last: 1500, revision: 1500 }]);
		expect((await allOf(on.store, pair)).map(bodyOf)).toEqual(['aside']);
		expect(await allOf(on.store, key)).toEqual([]);
		expect((await allOf(on.store, other)).map(bodyOf)).toEqual(['other']);
		expect(await on.store.chats.sweepable()).not.toContain(key.roomId);
		expect(await on.store.chats.sweepEmpty(key.roomId)).toEqual([]);
		expect(await on.store.rooms.members(key.roomId)).toHaveLength(1);
		expect(await on.store.chats.summaries(key.roomId, ann.personId)).toHaveLength(2);
		expect((await on.store.rooms.roomsOf(ann.personId))[0]).toMatchObject({ lastAt: now });
	});

	test('posts go on while it is swept, without a gap', async () => {
		const key = newChat();
		await keepUntilEmpty(key);
		await on.store.chats.post(
			Array.from({ length: 3000 }, (_, index) => text(key, ann, `m${index}`)),
		);
		const posting = (async () => {
			for (let index = 0; index < 20; index++) await postOne(on.store, text(key, ben, 'new'));
		})();
		const [cleared] = await Promise.all([on.store.chats.sweepEmpty(key.roomId), posting]);
		// How many of the new ones the sweep still met is a matter of luck; one more is certainly kept.
		const last = await postOne(on.store, text(key, ben, 'last'));
		const left = await allOf(on.store, key);
		expect(last.seq).toBe(3021);
		expect(left.at(-1)?.seq).toBe(3021);
		expect(cleared[0]?.first).toBe(left[0]?.seq);
		expect(left.map(({ seq }) => seq)).toEqual(left.map((_, index) => (left[0]?.seq ?? 0) + index));
	});
});
