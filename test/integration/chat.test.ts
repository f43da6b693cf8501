import { describe, expect, test } from 'vitest';
import { newMessageId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { textOf, Writer } from '../support/chat.ts';
import { Cast, eventually } from '../support/client.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on));

const enter = (name: string) => Writer.enter(cast, name);

describe('members', () => {
	test('CHAT-1: the first one is the host, the others are members, and all are told', async () => {
		const one = await enter('One');
		await enter('Two');
		const { member } = await one.client.until('chat:member', (told) => told.member.name === 'Two');
		expect(member.role).toBe('member');
		const { you, members } = await one.client.ask('chat:open', { roomId: cast.roomId });
		expect(you.role).toBe('host');
		expect(members.map(({ name }) => name)).toEqual(['One', 'Two']);
	});

	test('CHAT-1: joining the call makes a member, who reads what was said before', async () => {
		const one = await enter('One');
		await one.post('before');
		const two = await cast.joined('Two');
		await two.ask('chat:open', { roomId: cast.roomId });
		const { messages } = await two.ask('chat:page', {
			chat: { roomId: cast.roomId },
			from: { kind: 'latest' },
		});
		expect(messages.map(textOf)).toContain('before');
	});

	test('CHAT-1: a member stays one after leaving, on another socket of the same person', async () => {
		const first = await cast.joined('One');
		await first.ask('room:leave', {});
		const again = await cast.connect({ cookie: first.cookie });
		await eventually(
			async () => (await again.codeOf('chat:open', { roomId: cast.roomId })) === 'OK',
		);
	});

	test('another name is told, and later messages carry it', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		await two.post('first');
		await two.client.ask('chat:enter', { roomId: cast.roomId, name: 'Second' });
		await one.client.until('chat:member', ({ member }) => member.name === 'Second');
		await two.post('second');
		const names = (await one.latest()).map(({ author }) => author.name);
		expect(names).toEqual(['Two', 'Second']);
	});

	test('joins and leaves become lines, one for each stay', async () => {
		const one = await enter('One');
		const two = await cast.joined('Two');
		const tab = await cast.connect({ cookie: two.cookie });
		await tab.join(cast.roomId, 'Two');
		await tab.ask('room:leave', {});
		await two.ask('room:leave', {});
		await eventually(() => one.heard.map(textOf).includes('(left)'));
		expect(one.heard.map(textOf)).toEqual(['(joined)', '(left)']);
		expect(one.heard[0]?.author.name).toBe('Two');
	});
});

describe('posting', () => {
	test('CHAT-3, CHAT-4: everybody who opened the chat is told before the writer is answered', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		const closed = await cast.connect();
		await closed.ask('chat:enter', { roomId: cast.roomId, name: 'Closed' });
		const message = await one.post('Hello');
		expect(one.heard).toEqual([message]);
		await two.client.until('chat:posted');
		expect(two.heard).toEqual([message]);
		expect(closed.told('chat:posted')).toEqual([]);
	});

	test('CHAT-2: after chat:close nothing more is told', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		await two.client.ask('chat:close', { roomId: cast.roomId });
		await one.post('unheard');
		await two.client.ask('chat:page', { chat: two.chat(), from: { kind: 'latest' } });
		expect(two.heard).toEqual([]);
	});

	test('CHAT-4: the same post again is stored once and answered the same', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		const messageId = newMessageId();
		const first = await one.post('once', {}, undefined, messageId);
		const again = await one.post('once', {}, undefined, messageId);
		expect(again).toEqual(first);
		await two.post('end');
		await two.client.until('chat:posted', ({ messages }) =>
			messages.some((m) => textOf(m) === 'end'),
		);
		expect(two.heard.map(textOf)).toEqual(['once', 'end']);
	});

	test('CHAT-4: many repeats at once store one', async () => {
		const one = await enter('One');
		const messageId = newMessageId();
		const answers = await Promise.all(
			Array.from({ length: 10 }, () => one.post('once', {}, undefined, messageId)),
		);
		expect(new Set(answers.map(({ seq }) => seq))).toEqual(new Set([1]));
		expect(await one.texts()).toEqual(['once']);
	});

	test("CHAT-4: somebody else's id is CONFLICT and changes nothing", async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		const { messageId } = await one.post('mine');
		await expect(two.post('stolen', {}, undefined, messageId)).rejects.toMatchObject({
			code: 'CONFLICT',
		});
		expect(await two.texts()).toEqual(['mine']);
	});

	test('CHAT-5: twenty writers at once are in one order for all, without gaps', async () => {
		const writers = await Promise.all(Array.from({ length: 20 }, (_, i) => enter(`Writer ${i}`)));
		await Promise.all(
			writers.flatMap((writer, i) => Array.from({ length: 5 }, (_, k) => writer.post(`${i}:${k}`))),
		);
		for (const writer of writers) {
			await eventually(() => writer.heard.length === 100);
			expect(writer.heard.map(({ seq }) => seq)).toEqual(
				Array.from({ length: 100 }, (_, i) => i + 1),
			);
			expect(writer.heard).toEqual(writers[0]?.heard);
		}
		for (const [i] of writers.entries()) {
			const own = writers[0]?.heard.map(textOf).filter((text) => text.startsWith(`${i}:`));
			expect(own).toEqual([0, 1, 2, 3, 4].map((k) => `${i}:${k}`));
		}
	});

	test('CHAT-12: a reply quotes what it answers; one to another room is NOT_FOUND', async () => {
		const one = await enter('One');
		const question = await one.post('Where?');
		const reply = await one.post('Here.', { replyTo: question.messageId });
		expect(reply.replyTo).toMatchObject({ seq: 1, excerpt: 'Where?', author: { name: 'One' } });
		const elsewhere = new Cast(service);
		const other = await Writer.enter(elsewhere, 'Other');
		const foreign = await other.post('elsewhere');
		elsewhere.close();
		await expect(one.post('?', { replyTo: foreign.messageId })).rejects.toMatchObject({
			code: 'NOT_FOUND',
		});
		expect(await one.texts()).toEqual(['Where?', 'Here.']);
	});

	test('mentions are kept for members only', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		const stranger = newMessageId();
		const { content } = await one.post('@Two', {
			mentions: [two.personId, stranger as string as typeof two.personId, two.personId],
		});
		expect(content).toMatchObject({ mentions: [two.personId] });
	});

	test('hostile text stays what it is', async () => {
		const one = await enter('One');
		const bodies = [
			'<img src=x onerror=alert(1)>',
			'__proto__',
			"'; DROP TABLE messages; --",
			'\u2067שלום\u2069 and 👩‍👩‍👧‍👦',
		];
		for (const body of bodies) await one.post(body);
		expect(await one.texts()).toEqual(bodies);
	});
});

describe('changing', () => {
	test('CHAT-7: edit, react, correct and delete are told to all and grow the revision', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		const { messageId } = await one.post('I has a dog');
		const target = { chat: one.chat(), messageId };
		await two.client.ask('chat:correct', { ...target, body: 'I have a dog' });
		await two.client.ask('chat:react', { ...target, emoji: '🐶', on: true });
		await one.client.ask('chat:edit', { ...target, draft: { body: 'I have a dog' } });
		await one.client.ask('chat:delete', target);
		await eventually(() => two.client.told('chat:changed').length === 4);
		const changes = two.client.told('chat:changed').map(({ message }) => message);
		expect(changes.map(({ revision }) => revision)).toEqual([2, 3, 4, 5]);
		expect(changes[0]?.corrections).toMatchObject([
			{ author: { name: 'Two' }, body: 'I have a dog' },
		]);
		expect(changes[1]?.reactions).toEqual([{ emoji: '🐶', people: [two.personId] }]);
		expect(changes[2]?.content).toMatchObject({ body: 'I have a dog' });
		expect(changes[3]).toMatchObject({
			content: { kind: 'deleted' },
			reactions: [],
			corrections: [],
		});
	});

	test('A-H11, CHAT-14: a change is told alone to those who asked for that, and whole to others', async () => {
		const one = await enter('One');
		const { messageId } = await one.post('I has a dog');
		const target = { chat: one.chat(), messageId };
		const longest = 'a'.repeat(limits.correctionLength);
		const { client } = await enter('Short');
		expect(await client.codeOf('chat:correct', { ...target, body: `${longest}a` })).toBe(
			'BAD_REQUEST',
		);
		for (let i = 0; i < 12; i++) {
			const other = await enter(`Other ${i}`);
			await other.client.ask('chat:correct', { ...target, body: longest });
		}
		const [parts, whole] = [await enter('Parts'), await enter('Whole')];
		await parts.client.ask('chat:open', { roomId: cast.roomId, parts: true });
		await whole.client.ask('chat:react', { ...target, emoji: '🐶', on: true });
		const { message } = await whole.client.until('chat:changed');
		const revised = await parts.client.until('chat:revised');
		expect(revised).toEqual({
			...target,
			seq: message.seq,
			revision: message.revision,
			change: { kind: 'reaction', emoji: '🐶', personId: whole.personId, on: true },
		});
		const sizes = [message, revised].map((told) => JSON.stringify(told).length);
		expect(sizes[0]).toBeGreaterThan(12 * limits.correctionLength);
		expect(sizes[1]).toBeLessThan(400);

		await parts.client.ask('chat:correct', { ...target, body: 'I have a dog' });
		const { change } = await parts.client.until('chat:revised', (told) => told !== revised);
		expect(change).toMatchObject({ kind: 'correction', body: 'I have a dog' });
		await one.client.ask('chat:edit', { ...target, draft: { body: 'I have' } });
		await parts.client.until('chat:revised', (told) => told.change.kind === 'text');
		await one.client.ask('chat:delete', target);
		await parts.client.until('chat:changed', (told) => told.message.content.kind === 'deleted');
		expect(parts.client.told('chat:changed')).toHaveLength(1);
		expect(whole.client.told('chat:revised')).toEqual([]);
	});

	test('A-H11: what changes nothing is told to nobody', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		const { messageId } = await one.post('react to this');
		const react = { chat: two.chat(), messageId, emoji: '🔥', on: true };
		for (let i = 0; i < 5; i++) await two.client.ask('chat:react', react);
		await two.client.ask('chat:react', { ...react, on: false });
		await one.client.until('chat:changed', ({ message }) => message.reactions.length === 0);
		expect(one.client.told('chat:changed')).toHaveLength(2);
	});

	test("CHAT-7: others' messages are NOT_FOUND, and one's own need no correction", async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		const { messageId } = await one.post('mine');
		const target = { chat: one.chat(), messageId };
		const { client } = two;
		expect(await client.codeOf('chat:edit', { ...target, draft: { body: 'theirs' } })).toBe(
			'NOT_FOUND',
		);
		expect(await client.codeOf('chat:delete', target)).toBe('NOT_FOUND');
		expect(await one.client.codeOf('chat:correct', { ...target, body: 'x' })).toBe('NOT_ALLOWED');
		const elsewhere = new Cast(service);
		const other = await Writer.enter(elsewhere, 'Other', one.client);
		expect(
			await other.client.codeOf('chat:edit', {
				chat: other.chat(),
				messageId,
				draft: { body: 'x' },
			}),
		).toBe('NOT_FOUND');
		expect(await one.texts()).toEqual(['mine']);
	});

	test('a flood of reactions is turned away, and others do not notice', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		const { messageId } = await one.post('react to this');
		const react = (on: boolean) =>
			two.client.codeOf('chat:react', { chat: two.chat(), messageId, emoji: '🔥', on });
		const codes = await Promise.all(Array.from({ length: 150 }, (_, i) => react(i % 2 === 0)));
		expect(codes).toContain('TOO_MANY_REQUESTS');
		await one.post('still here');
		expect(await one.texts()).toEqual(['react to this', 'still here']);
	});
});

describe('reading', () => {
	test('CHAT-6: pages reach everything, and a client that was away gets what it missed', async () => {
		const one = await enter('One');
		for (let i = 1; i <= 30; i++) await one.post(`message ${i}`);
		const page = async (from: Parameters<typeof one.client.ask<'chat:page'>>[1]['from']) =>
			(await one.client.ask('chat:page', { chat: one.chat(), from, limit: 10 })).messages.map(
				({ seq }) => seq,
			);
		expect(await page({ kind: 'latest' })).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
		expect(await page({ kind: 'before', seq: 5 })).toEqual([1, 2, 3, 4]);
		expect(await page({ kind: 'after', seq: 27 })).toEqual([28, 29, 30]);
		expect(await page({ kind: 'around', seq: 15 })).toContain(15);
		expect(await page({ kind: 'since', at: 0 })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
		const [third] = (await one.latest()).filter(({ seq }) => seq === 3);
		await one.client.ask('chat:react', {
			chat: one.chat(),
			messageId: third?.messageId ?? '',
			emoji: '👍',
			on: true,
		});
		const missed = await one.client.ask('chat:changes', { chat: one.chat(), revision: 29 });
		expect(missed.messages.map(({ seq }) => seq)).toEqual([30, 3]);
		expect(missed).toMatchObject({ more: false, last: 30, revision: 31 });
	});

	test('CHAT-9: the read position moves on, never back, and other tabs are told', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		for (const text of ['a', 'b', 'c']) await one.post(text);
		const tab = await Writer.enter(cast, 'Two', await cast.connect({ cookie: two.client.cookie }));
		const { chats } = await two.client.ask('chat:open', { roomId: cast.roomId });
		expect(chats[0]).toMatchObject({ with: null, unread: 3, read: 0, mentioned: false });
		await two.client.ask('chat:read', { chat: two.chat(), seq: 2 });
		const { chat } = await tab.client.until('chat:read');
		expect(chat).toMatchObject({ read: 2, unread: 1 });
		const back = await two.client.ask('chat:read', { chat: two.chat(), seq: 1 });
		expect(back.chat.read).toBe(2);
		const beyond = await two.client.ask('chat:read', { chat: two.chat(), seq: 99 });
		expect(beyond.chat).toMatchObject({ read: 3, unread: 0 });
		expect(one.client.told('chat:read')).toEqual([]);
	});

	test('search finds words by their beginning, whatever their case and accents', async () => {
		const one = await enter('One');
		for (const text of ['Un café, please', 'CAFETERIA', 'decaf', 'nothing']) await one.post(text);
		const { messages } = await one.client.ask('chat:search', { chat: one.chat(), query: 'cafe' });
		expect(messages.map(textOf)).toEqual(['CAFETERIA', 'Un café, please']);
		const odd = await one.client.ask('chat:search', { chat: one.chat(), query: '" OR * NEAR( \'' });
		expect(odd.messages).toEqual([]);
	});

	test('CHAT-8: typing is told to the others and ends by itself and with the message', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		const typing = (on: boolean) => one.client.ask('chat:typing', { chat: one.chat(), typing: on });
		await typing(true);
		await typing(true);
		await one.post('done');
		await two.client.until('chat:typing', (told) => !told.typing);
		expect(two.client.told('chat:typing').map((told) => told.typing)).toEqual([true, false]);
		await typing(true);
		await typing(false);
		await eventually(() => two.client.told('chat:typing').length === 4);
	});
});

describe('between two', () => {
	test('CHAT-3: only the two are told and can read, each under the name of the other', async () => {
		const [one, two, three] = [await enter('One'), await enter('Two'), await enter('Three')];
		await one.post('psst', {}, two);
		const told = await two.client.until('chat:posted');
		expect(told.chat).toEqual({ roomId: cast.roomId, with: one.personId });
		expect(one.client.told('chat:posted')[0]?.chat).toEqual({
			roomId: cast.roomId,
			with: two.personId,
		});
		await two.post('yes?', {}, one);
		expect(await one.texts(two)).toEqual(['psst', 'yes?']);
		expect(await three.texts(one)).toEqual([]);
		expect(await three.texts(two)).toEqual([]);
		expect(await three.texts()).toEqual([]);
		expect(three.heard).toEqual([]);
		const { chats } = await one.client.ask('chat:open', { roomId: cast.roomId });
		expect(chats.map((chat) => chat.with)).toEqual([null, two.personId]);
	});

	test('CONN-14: with oneself, with a stranger and with nobody is NOT_FOUND', async () => {
		const one = await enter('One');
		const elsewhere = new Cast(service);
		const stranger = await Writer.enter(elsewhere, 'Stranger');
		for (const other of [one, stranger]) {
			await expect(one.post('?', {}, other)).rejects.toMatchObject({ code: 'NOT_FOUND' });
		}
		elsewhere.close();
	});
});

describe('how long it is kept', () => {
	test('CHAT-10: hosts decide; others may not', async () => {
		const [one, two] = [await enter('One'), await enter('Two')];
		const days = { roomId: cast.roomId, retention: { kind: 'days', days: 7 } as const };
		expect(await two.client.codeOf('chat:retain', days)).toBe('NOT_ALLOWED');
		await one.client.ask('chat:retain', days);
		expect(await two.client.until('chat:retained')).toEqual(days);
		expect((await two.client.ask('chat:open', { roomId: cast.roomId })).retention).toEqual(
			days.retention,
		);
		expect(await two.texts()).toEqual(['(retention)']);
	});

	test('CHAT-10: until empty: the last to leave the call takes the chat along', async () => {
		const one = await enter('One');
		await one.client.ask('chat:retain', {
			roomId: cast.roomId,
			retention: { kind: 'until-empty' },
		});
		const caller = await cast.joined('Caller');
		await one.post('gone soon');
		expect(await one.texts()).toContain('gone soon');
		await caller.ask('room:leave', {});
		const cleared = await one.client.until('chat:cleared', ({ first, last }) => first > last);
		expect(cleared.chat).toEqual({ roomId: cast.roomId });
		expect(await one.latest()).toEqual([]);
		const after = await one.post('afresh');
		expect(after.seq).toBe(cleared.last + 1);
	});
});
