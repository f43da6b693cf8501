import { expect, test } from 'vitest';
import { CodedError } from '../../shared/errors.ts';
import type { ChatKey } from '../../sfu/store/api/store.ts';
import type { Message } from '../../shared/chat.ts';
import { newFileId, newMessageId, type MessageId } from '../../shared/ids.ts';
import { ChatModel, type Outcome } from '../support/chatModel.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { allOf, between, exportOf, newAuthor, newChat, text } from '../support/stores.ts';

const operations = 600;
const often = Array<'react'>(6).fill('react');
const day = 24 * 60 * 60 * 1000;

const settled = (work: Promise<Message>): Promise<Outcome> =>
	work.catch((error: unknown) => {
		if (error instanceof CodedError) return error.code;
		throw error;
	});

onEachDatabase('random operations', (on) => {
	const seed = Number(process.env['TEST_SEED'] ?? crypto.getRandomValues(new Uint32Array(1))[0]);

	test(`do what they do to lists in memory (TEST_SEED=${seed})`, { timeout: 240_000 }, async () => {
		const random = randomNumbers(seed);
		const below = (count: number) => Math.floor(random() * count);
		const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T => {
			const one = list[below(list.length)];
			if (one === undefined) throw new Error('nothing to pick from');
			return one;
		};
		const some = <T>(list: readonly T[], share: number) => list.filter(() => random() < share);

		const { store } = on;
		const model = new ChatModel();
		const people = ['Ann', 'Ben', 'Cem'].map(newAuthor);
		const [ann, ben] = people;
		if (!ann || !ben) throw new Error('there are three');
		const room = newChat();
		const chats = [room, between(room, ann, ben)];
		await store.rooms.setRetention(room.roomId, { kind: 'days', days: 1 });
		const words = ['one', 'two', 'three', 'onerous', 'twofold', 'threat'];
		const sentence = () => Array.from({ length: 1 + below(4) }, () => pick(words)).join(' ');
		/** Ids that were posted, or tried to, and where. */
		const ids: { key: ChatKey; messageId: MessageId }[] = [
			{ key: room, messageId: newMessageId() },
		];
		const emoji = Array.from({ length: 22 }, (_, index) => String.fromCodePoint(0x1f600 + index));
		const mentions = () => some(people, 0.2).map(({ personId }) => personId);
		let now = 1_700_000_000_000;

		for (let step = 0; step < operations; step++) {
			now += below(day / 40);
			const person = pick(people);
			const target = pick(ids.slice(-5));
			const key = random() < 0.95 ? target.key : pick(chats);
			const id = random() < 0.95 ? target.messageId : newMessageId();
			const { chats: own } = store;
			const what = pick([...often, 'post', 'edit', 'delete', 'correct', 'read', 'sweep'] as const);
			const where = `step ${step}: ${what}`;
			switch (what) {
				case 'post': {
					const info = { fileId: newFileId(), name: 'f', type: 'a/b', size: 1, picture: null };
					const chat = pick(chats);
					model.addFile(info, chat, person.personId);
					await store.files.add({ info, key: chat, owner: person.personId, at: now });
					const posts = Array.from({ length: below(4) }, () => {
						const messageId = random() < 0.8 ? newMessageId() : pick(ids.slice(-9)).messageId;
						const into = random() < 0.7 ? chat : pick(chats);
						ids.push({ key: into, messageId });
						return text(into, random() < 0.7 ? person : pick(people), sentence(), {
							messageId,
							at: now,
							replyTo: random() < 0.3 ? pick(ids.slice(-9)).messageId : null,
							mentions: mentions(),
							files: random() < 0.5 ? [info.fileId] : [],
						});
					});
					const posted = await own.post(posts);
					expect(
						posted.map((one) => [one.kind, one.kind === 'refused' ? one.error.code : one.message]),
						where,
					).toEqual(model.post(posts));
					break;
				}
				case 'edit': {
					const to = { body: sentence(), mentions: mentions() };
					expect(await settled(own.edit(key, id, person.personId, to, now)), where).toEqual(
						model.edit(key, id, person.personId, to.body, to.mentions, now),
					);
					break;
				}
				case 'delete':
					if (random() < 0.5) break;
					expect(await settled(own.delete(key, id, person.personId, now)), where).toEqual(
						model.delete(key, id, person.personId),
					);
					break;
				case 'react': {
					const give = random() < 0.6;
					const one = random() < 0.7 ? pick(emoji.slice(0, 3)) : pick(emoji);
					expect(await settled(own.react(key, id, person.personId, one, give, now)), where).toEqual(
						model.react(key, id, person.personId, one, give),
					);
					break;
				}
				case 'correct': {
					const body = random() < 0.7 ? sentence() : null;
					// At a time of its own: the order of two of the same millisecond is nobody's promise.
					now++;
					expect(await settled(own.correct(key, id, person, body, now)), where).toEqual(
						model.correct(key, id, person, body, now),
					);
					break;
				}
				case 'read': {
					const seq = below(model.bounds(key).last + 3);
					model.read(key, person.personId, seq);
					expect(await own.read(key, person.personId, seq), where).toEqual(
						model.summary(key, person.personId),
					);
					break;
				}
				case 'sweep':
					if (random() < 0.8) break;
					await own.sweep(now);
					// What two write to each other is theirs (CHAT-15).
					for (const chat of chats) if (!chat.pair) model.sweep(chat, now - day);
					break;
			}
			if (step % 20 !== 0 && step !== operations - 1) continue;

			for (const chat of chats) {
				const messages = model.messages(chat);
				expect(await allOf(store, chat), where).toEqual(messages);
				expect(
					(await exportOf(store, chat)).map(({ edits }) => edits),
					where,
				).toEqual(model.edits(chat));
				expect(await own.page(chat, { kind: 'latest' }, 7), where).toEqual({
					...model.bounds(chat),
					messages: messages.slice(-7),
				});
				const since = below(model.bounds(chat).revision + 2);
				expect(await own.changes(chat, since, 200), where).toEqual({
					...model.bounds(chat),
					messages: messages
						.filter(({ revision }) => revision > since)
						.sort((a, b) => a.revision - b.revision)
						.slice(0, 200),
					more: messages.filter(({ revision }) => revision > since).length > 200,
				});
				for (const query of ['one', 'tw', 'thr on', pick(words)])
					expect((await own.search(chat, query, undefined, 200)).messages, where).toEqual(
						model.search(chat, query).slice(0, 200),
					);
				for (const { personId } of people)
					expect(await own.summary(chat, personId), where).toEqual(model.summary(chat, personId));
			}
			const doomed = new Set(await store.files.pendingDeletion(10_000));
			expect(doomed, where).toEqual(model.doomed);
		}
	});
});
