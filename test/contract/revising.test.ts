import { describe, expect, test } from 'vitest';
import type { ChatKey } from '../../sfu/store/api/store.ts';
import type { Author, Message } from '../../shared/chat.ts';
import { newFileId, newMessageId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { allOf, exportOf, newAuthor, newChat, postOne, text } from '../support/stores.ts';

const ann = newAuthor('Ann');
const ben = newAuthor('Ben');
const cem = newAuthor('Cem');

onEachDatabase('revising', (on) => {
	/** A chat with one message of Ann's in it. */
	async function withMessage(body = 'said'): Promise<{ key: ChatKey; said: Message }> {
		const key = newChat();
		return { key, said: await postOne(on.store, text(key, ann, body, { at: 100 })) };
	}

	const edit = (key: ChatKey, { messageId }: Message, body: string, by: Author = ann, at = 200) =>
		on.store.chats.edit(key, messageId, by.personId, { body, mentions: [] }, at);
	const remove = (key: ChatKey, { messageId }: Message, by: Author = ann) =>
		on.store.chats.delete(key, messageId, by.personId, 300);
	const react = (key: ChatKey, { messageId }: Message, by: Author, emoji: string, onOff = true) =>
		on.store.chats.react(key, messageId, by.personId, emoji, onOff, 400);
	const correct = (
		key: ChatKey,
		{ messageId }: Message,
		by: Author,
		body: string | null,
		at = 500,
	) => on.store.chats.correct(key, messageId, by, body, at);

	async function systemLine(key: ChatKey): Promise<Message> {
		return postOne(on.store, {
			key,
			messageId: newMessageId(),
			author: ann,
			at: 1,
			content: { kind: 'system', system: { event: 'joined' } },
		});
	}

	test('an edit takes the place of the text, with the next revision and the same seq', async () => {
		const { key, said } = await withMessage();
		const edited = await on.store.chats.edit(
			key,
			said.messageId,
			ann.personId,
			{ body: 'meant', mentions: [cem.personId, ben.personId] },
			222,
		);
		expect(edited).toEqual({
			...said,
			revision: 2,
			content: {
				kind: 'text',
				body: 'meant',
				mentions: [cem.personId, ben.personId],
				files: [],
				editedAt: 222,
			},
		});
		expect(await allOf(on.store, key)).toEqual([edited]);
		const next = await postOne(on.store, text(key, ann, 'next'));
		expect([next.seq, next.revision]).toEqual([2, 3]);
	});

	test('an edit that changes nothing is none', async () => {
		const { key, said } = await withMessage();
		expect(await edit(key, said, 'said')).toEqual(said);
		const edited = await edit(key, said, 'other');
		expect(await edit(key, said, 'other', ann, 999)).toEqual(edited);
	});

	test('what was there before an edit is kept', async () => {
		const { key, said } = await withMessage('one');
		await edit(key, said, 'two', ann, 201);
		const edited = await edit(key, said, 'three', ann, 202);
		const exported = await exportOf(on.store, key);
		expect(exported).toEqual([
			{
				...edited,
				edits: [
					{ body: 'one', at: 100 },
					{ body: 'two', at: 201 },
				],
			},
		]);
	});

	test('A-H11, CHAT-16: a message is edited a bounded number of times', async () => {
		const { key, said } = await withMessage('0');
		for (let i = 1; i <= limits.editsPerMessage; i++) await edit(key, said, String(i));
		await expect(edit(key, said, 'once more')).rejects.toMatchObject({
			code: 'LIMIT_REACHED',
			message: "This message can't be edited any more. Send a new one.",
		});
		const [kept] = await exportOf(on.store, key);
		expect(kept?.edits).toHaveLength(limits.editsPerMessage);
		await remove(key, said);
	});

	test('an edit of what is not one’s own text message is refused', async () => {
		const { key, said } = await withMessage();
		const refused = expect.objectContaining({ code: 'NOT_FOUND' });
		await expect(edit(key, said, 'x', ben)).rejects.toEqual(refused);
		await expect(edit(newChat(), said, 'x')).rejects.toEqual(refused);
		await expect(edit(key, await systemLine(key), 'x')).rejects.toEqual(refused);
		const gone = await postOne(on.store, text(key, ann, 'gone'));
		await remove(key, gone);
		await expect(edit(key, gone, 'x')).rejects.toEqual(refused);
		expect((await allOf(on.store, key))[0]).toEqual(said);
	});

	test('of a deleted message a tombstone remains, and of all it had nothing', async () => {
		const key = newChat();
		const info = { fileId: newFileId(), name: 'f', type: 'text/plain', size: 1, picture: null };
		await on.store.files.add({ info, key, owner: ann.personId, at: 1 });
		const said = await postOne(
			on.store,
			text(key, ann, 'secret', { files: [info.fileId], mentions: [ben.personId] }),
		);
		await edit(key, said, 'secret 2');
		await react(key, said, ben, '👍');
		await correct(key, said, ben, 'sekret');
		const deleted = await remove(key, said);
		expect(deleted).toEqual({
			...said,
			revision: 5,
			content: { kind: 'deleted' },
			reactions: [],
			corrections: [],
		});
		expect(await exportOf(on.store, key)).toEqual([{ ...deleted, edits: [] }]);
		expect(await on.store.files.pendingDeletion(10)).toContain(info.fileId);
		expect(await on.store.files.readable(info.fileId, ann.personId)).toBeNull();
		expect((await on.store.chats.search(key, 'secret', undefined, 10)).messages).toEqual([]);
		expect(await on.store.chats.summary(key, ben.personId)).toMatchObject({
			unread: 0,
			mentioned: false,
		});
		expect(await remove(key, said)).toEqual(deleted);
	});

	test('a host deletes the message of another person, which says so', async () => {
		const key = newChat();
		const info = { fileId: newFileId(), name: 'a.txt', type: 'text/plain', size: 3, picture: null };
		await on.store.files.add({ info, key, owner: ann.personId, at: 1 });
		const said = await postOne(on.store, text(key, ann, 'said', { files: [info.fileId] }));
		const byHost = (messageId: typeof said.messageId, person = ben) =>
			on.store.chats.delete(key, messageId, person.personId, 5, true);
		const deleted = await byHost(said.messageId);
		expect(deleted.content).toEqual({ kind: 'deleted', byHost: true });
		expect(await on.store.files.pendingDeletion(10)).toContain(info.fileId);
		expect((await exportOf(on.store, key)).at(-1)).toMatchObject({ content: deleted.content });
		// The author cannot make it their own decision.
		expect(await remove(key, said)).toEqual(deleted);
		const own = await postOne(on.store, text(key, ann, 'own'));
		expect((await byHost(own.messageId, ann)).content).toEqual({ kind: 'deleted' });
	});

	test('only one’s own message can be deleted, and no system line', async () => {
		const { key, said } = await withMessage();
		const refused = expect.objectContaining({ code: 'NOT_FOUND' });
		await expect(remove(key, said, ben)).rejects.toEqual(refused);
		await expect(remove(newChat(), said)).rejects.toEqual(refused);
		await expect(remove(key, await systemLine(key))).rejects.toEqual(refused);
		expect((await allOf(on.store, key))[0]).toEqual(said);
	});

	describe('reactions', () => {
		test('stand in the order in which their emoji came, people in theirs', async () => {
			const { key, said } = await withMessage();
			await react(key, said, ben, '👍');
			await react(key, said, ann, '🎉');
			const reacted = await react(key, said, ann, '👍');
			expect(reacted.revision).toBe(4);
			expect(reacted.reactions).toEqual([
				{ emoji: '👍', people: [ben.personId, ann.personId] },
				{ emoji: '🎉', people: [ann.personId] },
			]);
			// The first one takes it back: the emoji stays where it was.
			const less = await react(key, said, ben, '👍', false);
			expect(less.reactions.map(({ emoji }) => emoji)).toEqual(['👍', '🎉']);
			expect((await allOf(on.store, key))[0]).toEqual(less);
			await react(key, said, ann, '👍', false);
			const back = await react(key, said, ben, '👍');
			expect(back.reactions.map(({ emoji }) => emoji)).toEqual(['🎉', '👍']);
		});

		test('that change nothing give the message as it is', async () => {
			const { key, said } = await withMessage();
			expect(await react(key, said, ben, '👍', false)).toEqual(said);
			const reacted = await react(key, said, ben, '👍');
			expect(await react(key, said, ben, '👍')).toEqual(reacted);
		});

		test('are limited in kind, not in number', async () => {
			const { key, said } = await withMessage();
			const emoji = Array.from({ length: limits.reactionsPerMessage }, (_, index) =>
				String.fromCodePoint(0x1f600 + index),
			);
			for (const one of emoji) await react(key, said, ben, one);
			await expect(react(key, said, cem, '🎉')).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
			const reacted = await react(key, said, cem, emoji[0] ?? '');
			expect(reacted.reactions).toHaveLength(limits.reactionsPerMessage);
			await react(key, said, ben, emoji[1] ?? '', false);
			await react(key, said, cem, '🎉');
		});

		test('go to text messages of this chat only', async () => {
			const { key, said } = await withMessage();
			const refused = expect.objectContaining({ code: 'NOT_FOUND' });
			await expect(react(newChat(), said, ben, '👍')).rejects.toEqual(refused);
			await expect(react(key, await systemLine(key), ben, '👍')).rejects.toEqual(refused);
			await remove(key, said);
			await expect(react(key, said, ben, '👍')).rejects.toEqual(refused);
		});

		test('of many at once are all there', async () => {
			const { key, said } = await withMessage();
			const people = Array.from({ length: 20 }, (_, index) => newAuthor(`P${index}`));
			await Promise.all(people.map((person) => react(key, said, person, '👍')));
			const [message] = await allOf(on.store, key);
			expect(new Set(message?.reactions[0]?.people)).toEqual(
				new Set(people.map(({ personId }) => personId)),
			);
			expect(message?.revision).toBe(21);
		});
	});

	describe('corrections', () => {
		test('are one of each person, the last they proposed', async () => {
			const { key, said } = await withMessage('I has');
			await correct(key, said, ben, 'I had', 500);
			await correct(key, said, cem, 'I have', 501);
			const corrected = await correct(key, said, { ...ben, name: 'Benno' }, 'I’ve', 502);
			expect(corrected.revision).toBe(4);
			expect(corrected.corrections).toEqual([
				{ author: cem, body: 'I have', proposedAt: 501 },
				{ author: { ...ben, name: 'Benno' }, body: 'I’ve', proposedAt: 502 },
			]);
			expect(await correct(key, said, ben, 'I’ve', 503)).toEqual(corrected);
			const less = await correct(key, said, cem, null);
			expect(less.corrections).toHaveLength(1);
			expect(await correct(key, said, cem, null)).toEqual(less);
			expect(await allOf(on.store, key)).toEqual([less]);
		});

		test('CHAT-7: keep the text that they were proposed for, once the message is edited', async () => {
			const { key, said } = await withMessage('I has');
			await correct(key, said, ben, 'I have', 500);
			const used = await edit(key, said, 'I have', ann, 501);
			expect(used.corrections).toEqual([
				{ author: ben, body: 'I have', proposedAt: 500, original: 'I has' },
			]);
			await correct(key, said, cem, 'I had', 502);
			await edit(key, said, 'I had it', ann, 503);
			await edit(key, said, 'We had it', ann, 504);
			const [message] = await allOf(on.store, key);
			expect(message?.corrections).toEqual([
				{ author: ben, body: 'I have', proposedAt: 500, original: 'I has' },
				{ author: cem, body: 'I had', proposedAt: 502, original: 'I have' },
			]);
		});

		test('A-H11, CHAT-16: are limited in number, and whoever proposed one may change it still', async () => {
			const { key, said } = await withMessage('I has');
			const people = Array.from({ length: limits.correctionsPerMessage }, (_, index) =>
				newAuthor(`P${index}`),
			);
			for (const person of people) await correct(key, said, person, 'I have');
			await expect(correct(key, said, ben, 'I had')).rejects.toMatchObject({
				code: 'LIMIT_REACHED',
				message: "This message can't take more corrections.",
			});
			const [first] = people;
			const changed = await correct(key, said, first ?? ben, 'I had');
			expect(changed.corrections).toHaveLength(limits.correctionsPerMessage);
			await correct(key, said, first ?? ben, null);
			await correct(key, said, ben, 'I had');
		});

		test('of one’s own message, and of what is no text message here, are refused', async () => {
			const { key, said } = await withMessage();
			const refused = expect.objectContaining({ code: 'NOT_FOUND' });
			await expect(correct(key, said, ann, 'x')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
			await expect(correct(newChat(), said, ben, 'x')).rejects.toEqual(refused);
			await expect(correct(key, await systemLine(key), ben, 'x')).rejects.toEqual(refused);
			await remove(key, said);
			await expect(correct(key, said, ben, 'x')).rejects.toEqual(refused);
		});
	});
});
