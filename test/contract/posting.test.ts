import { describe, expect, test } from 'vitest';
import { newFileId, newMessageId } from '../../shared/ids.ts';
import { onEachDatabase } from '../support/onEach.ts';
import {
	allOf,
	between,
	bodyOf,
	messageOf,
	newAuthor,
	newChat,
	postOne,
	text,
} from '../support/stores.ts';

const ann = newAuthor('Ann');
const ben = newAuthor('Ben');

onEachDatabase('posting', (on) => {
	test('an empty batch is nothing', async () => {
		expect(await on.store.chats.post([])).toEqual([]);
	});

	test('a message comes back as it is stored, and stays so', async () => {
		const key = newChat();
		const post = text(key, ann, 'Hello\n*there* <b>& "you"</b> 🙂 \\', {
			at: 1_700_000_000_123,
			mentions: [ben.personId, ann.personId, ben.personId],
		});
		const message = await postOne(on.store, post);
		expect(message).toEqual({
			messageId: post.messageId,
			seq: 1,
			revision: 1,
			sentAt: 1_700_000_000_123,
			author: ann,
			content: {
				kind: 'text',
				body: 'Hello\n*there* <b>& "you"</b> 🙂 \\',
				mentions: [ben.personId, ann.personId],
				files: [],
				editedAt: null,
			},
			replyTo: null,
			reactions: [],
			corrections: [],
		});
		expect(await allOf(on.store, key)).toEqual([message]);
	});

	test('a batch for several chats is stored in its order, each chat numbered by itself', async () => {
		const room = newChat();
		const other = newChat();
		const pair = between(room, ann, ben);
		const posted = await on.store.chats.post([
			text(room, ann, 'a'),
			text(pair, ben, 'b'),
			text(room, ben, 'c'),
			text(other, ann, 'd'),
			text(pair, ann, 'e'),
		]);
		expect(posted.map((one) => [one.kind, messageOf(one).seq, messageOf(one).revision])).toEqual([
			['stored', 1, 1],
			['stored', 1, 1],
			['stored', 2, 2],
			['stored', 1, 1],
			['stored', 2, 2],
		]);
		expect((await allOf(on.store, room)).map(bodyOf)).toEqual(['a', 'c']);
		expect((await allOf(on.store, pair)).map(bodyOf)).toEqual(['b', 'e']);
		expect((await allOf(on.store, other)).map(bodyOf)).toEqual(['d']);
	});

	test('more than one statement can take is still one batch', async () => {
		const key = newChat();
		const posts = Array.from({ length: 1300 }, (_, index) =>
			text(key, ann, `m${index}`, { mentions: [ben.personId, ann.personId] }),
		);
		await on.store.chats.post(posts);
		const stored = await allOf(on.store, key);
		expect(stored.map(bodyOf)).toEqual(posts.map((_, index) => `m${index}`));
		expect(stored.map(({ seq }) => seq)).toEqual(posts.map((_, index) => index + 1));
	});

	test('a system line is a message too', async () => {
		const key = newChat();
		const system = { event: 'retention', retention: { kind: 'days', days: 7 } } as const;
		const [posted] = await on.store.chats.post([
			{ key, messageId: newMessageId(), author: ann, at: 5, content: { kind: 'system', system } },
		]);
		expect(messageOf(posted)).toMatchObject({ seq: 1, content: { kind: 'system', system } });
		expect(await allOf(on.store, key)).toEqual([messageOf(posted)]);
	});

	describe('a repeat', () => {
		test('is known, and what was stored then stands', async () => {
			const key = newChat();
			const post = text(key, ann, 'once');
			const first = await postOne(on.store, post);
			const again = await on.store.chats.post([
				{ ...post, at: post.at + 1, content: { ...post.content, body: 'twice' } as never },
			]);
			expect(again).toEqual([{ kind: 'known', message: first }]);
			expect((await on.store.chats.page(key, { kind: 'latest' }, 10)).last).toBe(1);
		});

		test('in one batch is stored once and takes no number', async () => {
			const key = newChat();
			const post = text(key, ann, 'once');
			const posted = await on.store.chats.post([post, post, text(key, ann, 'next'), post]);
			expect(posted.map(({ kind: how }) => how)).toEqual(['stored', 'known', 'stored', 'known']);
			expect(posted.map((one) => messageOf(one).seq)).toEqual([1, 1, 2, 1]);
		});

		test('of a message that was changed since gives it as it is now', async () => {
			const key = newChat();
			const post = text(key, ann, 'before');
			await postOne(on.store, post);
			const edited = await on.store.chats.edit(
				key,
				post.messageId,
				ann.personId,
				{ body: 'after', mentions: [] },
				9,
			);
			expect(await on.store.chats.post([post])).toEqual([{ kind: 'known', message: edited }]);
			const deleted = await on.store.chats.delete(key, post.messageId, ann.personId, 10);
			expect(await on.store.chats.post([post])).toEqual([{ kind: 'known', message: deleted }]);
		});

		test('by somebody else is a conflict, in the batch and after it', async () => {
			const key = newChat();
			const post = text(key, ann, 'mine');
			const forged = { ...post, author: ben };
			const posted = await on.store.chats.post([post, forged]);
			expect(posted[1]).toMatchObject({ kind: 'refused', error: { code: 'CONFLICT' } });
			expect(await on.store.chats.post([forged])).toMatchObject([
				{ kind: 'refused', error: { code: 'CONFLICT' } },
			]);
			expect((await allOf(on.store, key)).map(bodyOf)).toEqual(['mine']);
		});

		test('of an id in another chat is another message', async () => {
			const post = text(newChat(), ann, 'here');
			await postOne(on.store, post);
			const [posted] = await on.store.chats.post([{ ...post, key: newChat(), author: ben }]);
			expect(posted).toMatchObject({ kind: 'stored', message: { seq: 1 } });
		});

		test('at the same moment from two sides is stored once', async () => {
			const key = newChat();
			const second = await on.database.open();
			const posts = Array.from({ length: 30 }, (_, index) => text(key, ann, `r${index}`));
			const outcomes = await Promise.all(
				posts.flatMap((post) => [on.store.chats.post([post]), second.chats.post([post])]),
			);
			const kinds = outcomes.map(([one]) => one?.kind);
			expect(kinds.filter((how) => how === 'stored')).toHaveLength(30);
			expect(kinds.filter((how) => how === 'known')).toHaveLength(30);
			expect(await allOf(on.store, key)).toHaveLength(30);
		});
	});

	test('many at once, from two stores, are numbered without gaps in the order of each sender', async () => {
		const key = newChat();
		const stores = [on.store, await on.database.open()];
		const senders = Array.from({ length: 12 }, (_, index) => newAuthor(`S${index}`));
		await Promise.all(
			senders.map(async (author, index) => {
				const own = stores[index % 2] ?? on.store;
				for (let round = 0; round < 10; round++)
					await own.chats.post([
						text(key, author, `${round} a`),
						text(between(key, author, senders[0] ?? ann), author, 'aside'),
						text(key, author, `${round} b`),
					]);
			}),
		);
		const all = await allOf(on.store, key);
		expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 240 }, (_, index) => index + 1));
		expect(all.map(({ revision }) => revision)).toEqual(all.map(({ seq }) => seq));
		for (const author of senders) {
			const own = all.filter((message) => message.author.personId === author.personId);
			expect(own.map(bodyOf)).toEqual(
				Array.from({ length: 10 }, (_, round) => [`${round} a`, `${round} b`]).flat(),
			);
		}
	});

	describe('an answer', () => {
		test('quotes the beginning of what it answers, as it is now', async () => {
			const key = newChat();
			const long = '🙂'.repeat(150);
			const question = await postOne(on.store, text(key, ann, long));
			const answer = await postOne(
				on.store,
				text(key, ben, 'yes', { replyTo: question.messageId }),
			);
			expect(answer.replyTo).toEqual({
				messageId: question.messageId,
				seq: 1,
				author: ann,
				excerpt: '🙂'.repeat(120),
			});
			expect(await allOf(on.store, key)).toEqual([question, answer]);

			await on.store.chats.edit(
				key,
				question.messageId,
				ann.personId,
				{ body: 'short', mentions: [] },
				1,
			);
			expect((await allOf(on.store, key))[1]?.replyTo?.excerpt).toBe('short');
			await on.store.chats.delete(key, question.messageId, ann.personId, 2);
			expect((await allOf(on.store, key))[1]?.replyTo).toEqual({ ...answer.replyTo, excerpt: '' });
		});

		test('may be to a message of the same batch, if that comes before it', async () => {
			const key = newChat();
			const question = text(key, ann, 'q');
			const answer = text(key, ben, 'a', { replyTo: question.messageId });
			expect(
				(await on.store.chats.post([answer, question, { ...answer }])).map((o) => o.kind),
			).toEqual(['refused', 'stored', 'stored']);
			expect((await allOf(on.store, key)).map(({ replyTo }) => replyTo?.excerpt)).toEqual([
				undefined,
				'q',
			]);
		});

		test('to what is not in this chat, or was deleted, is refused and costs no number', async () => {
			const key = newChat();
			const elsewhere = await postOne(on.store, text(newChat(), ann, 'elsewhere'));
			const gone = await postOne(on.store, text(key, ann, 'gone'));
			await on.store.chats.delete(key, gone.messageId, ann.personId, 1);
			const posted = await on.store.chats.post([
				text(key, ann, '1', { replyTo: elsewhere.messageId }),
				text(key, ann, '2', { replyTo: gone.messageId }),
				text(key, ann, '3', { replyTo: newMessageId() }),
				text(key, ann, '4'),
			]);
			expect(posted).toMatchObject([
				{ kind: 'refused', error: { code: 'NOT_FOUND' } },
				{ kind: 'refused', error: { code: 'NOT_FOUND' } },
				{ kind: 'refused', error: { code: 'NOT_FOUND' } },
				{ kind: 'stored', message: { seq: 2, revision: 3 } },
			]);
		});
	});

	test('a file goes with one message of its owner in its chat, and with no other', async () => {
		const key = newChat();
		const pair = between(key, ann, ben);
		const file = async (owner = ann, chat = key) => {
			const info = {
				fileId: newFileId(),
				name: 'a.png',
				type: 'image/png',
				size: 12,
				picture: { width: 3, height: 4 },
			};
			await on.store.files.add({ info, key: chat, owner: owner.personId, at: 1 });
			return info;
		};
		const [mine, second, bens, elsewhere, third] = [
			await file(),
			await file(),
			await file(ben),
			await file(ann, pair),
			await file(),
		];
		const withFiles = (...files: (typeof mine)[]) =>
			text(key, ann, '', { files: files.map(({ fileId }) => fileId) });
		const posted = await on.store.chats.post([
			withFiles(second, mine, second),
			withFiles(mine),
			withFiles(bens),
			withFiles(elsewhere),
			withFiles({ ...mine, fileId: newFileId() }),
			withFiles(third, bens),
			withFiles(third),
		]);
		expect(posted.map((one) => one.kind)).toEqual([
			'stored',
			'refused',
			'refused',
			'refused',
			'refused',
			'refused',
			'stored',
		]);
		expect(messageOf(posted[0]).content).toMatchObject({ files: [second, mine] });
		expect(await allOf(on.store, key)).toEqual([messageOf(posted[0]), messageOf(posted[6])]);
		expect(await on.store.chats.post([withFiles(second)])).toMatchObject([
			{ kind: 'refused', error: { code: 'NOT_FOUND' } },
		]);
	});

	test('ids and texts are data, whatever they look like', async () => {
		const key = newChat();
		const odd = [`'; drop table messages; --`, '__proto__', '{"a":1}', '%_\\', '\u2066x\u2069'];
		await on.store.chats.post(odd.map((body) => text(key, ann, body)));
		expect((await allOf(on.store, key)).map(bodyOf)).toEqual(odd);
	});
});
