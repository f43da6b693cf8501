import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { Composer } from '../../web/src/lib/features/chat/engine/composer/composer.ts';
import { ChatLink } from '../support/chatLink.ts';
import { ChatReader, TabStorage } from '../support/chatReader.ts';
import { eventually, TestClient } from '../support/client.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/withService.ts';

let service: Service;
let roomId: RoomId;
let readers: ChatReader[];
beforeAll(async () => {
	service = await sharedService();
});
beforeEach(() => {
	roomId = newRoomId();
	readers = [];
});
afterEach(() => {
	for (const reader of readers) reader.close();
});

/** A page of somebody, which opens the room's chats. */
async function open(cookie?: string, storage?: TabStorage): Promise<ChatReader> {
	const reader = new ChatReader(await ChatLink.for(service, cookie), roomId, storage);
	readers.push(reader);
	reader.client.open();
	await eventually(() => reader.phase.kind !== 'opening');
	return reader;
}

/** A page of a new member who looks at the room's own conversation. */
async function enter(name: string): Promise<ChatReader> {
	const reader = await open();
	await reader.client.enter(name);
	reader.conversation();
	await eventually(() => reader.phase.kind === 'open' && reader.seen().loading.kind === 'idle');
	return reader;
}

const numbered = (what: string, count: number) =>
	Array.from({ length: count }, (_, index) => `${what} ${index + 1}`);

/** Says them all, as fast as they are taken. */
async function sayAll(reader: ChatReader, texts: readonly string[]): Promise<void> {
	for (const text of texts) reader.say(text);
	await eventually(() => reader.seen().outgoing.length === 0);
}

/** Says them in this order, by as many new members as it takes for nobody to say too much at once. */
async function sayMany(texts: readonly string[]): Promise<void> {
	for (let from = 0; from < texts.length; from += 80) {
		const member = await enter(`Member ${from}`);
		await sayAll(member, texts.slice(from, from + 80));
		member.close();
	}
}

describe("a room's chat in the browser", () => {
	test('is for members, which one becomes', async () => {
		const ann = await open();
		expect(ann.phase).toEqual({ kind: 'outside' });
		await ann.client.enter('Ann');
		await eventually(() => ann.phase.kind === 'open');
		expect(ann.you).toMatchObject({ name: 'Ann', role: 'host' });
		const bob = await enter('Bob');
		await eventually(() => ann.members.length === 2);
		expect(bob.members).toEqual(ann.members);
	});

	test('shows the same to everybody in the same order, and what is sent at once', async () => {
		const [ann, bob] = [await enter('Ann'), await enter('Bob')];
		for (let index = 0; index < 30; index++) {
			ann.say(`a${index}`);
			bob.say(`b${index}`);
		}
		expect(ann.texts()).toContain('a29 (pending)');
		await eventually(() => ann.texts().length === 60 && bob.texts().length === 60);
		await eventually(() => ann.seen().outgoing.length + bob.seen().outgoing.length === 0);
		expect(ann.seen().messages).toEqual(bob.seen().messages);
		const own = ann.texts().filter((text) => text.startsWith('a'));
		expect(own).toEqual(Array.from({ length: 30 }, (_, index) => `a${index}`));
	});

	test('gets what was missed while the connection was lost, and sends what waited, once', async () => {
		const [ann, bob] = [await enter('Ann'), await enter('Bob')];
		await sayAll(ann, ['one', 'two']);
		await eventually(() => bob.texts().length === 2);
		const [one, two] = bob.seen().messages;

		// The last word before the loss may have arrived: only its answer is certain not to.
		bob.say('under way');
		bob.server.lose();
		bob.say('waiting');
		await sayAll(ann, ['three', 'four']);
		await ann.conversation().revisions.edit(one!.messageId, 'ONE', []);
		await ann.conversation().revisions.delete(two!.messageId);
		expect(bob.texts()).toEqual(['one', 'two', 'under way (pending)', 'waiting (pending)']);
		expect(bob.connected).toBe(false);

		await bob.server.open();
		await eventually(() => bob.seen().outgoing.length === 0 && bob.texts().length === 6);
		await eventually(() => ann.texts().length === 6);
		expect(bob.seen().messages).toEqual(ann.seen().messages);
		expect(ann.texts().slice(0, 2)).toEqual(['ONE', '(deleted)']);
		expect(ann.texts().toSorted()).toEqual(
			['(deleted)', 'ONE', 'four', 'three', 'under way', 'waiting'].toSorted(),
		);
	});

	test('sends after a reload what it could not send before', async () => {
		const storage = new TabStorage();
		const ann = await enter('Ann');
		const { cookie } = ann.server;
		ann.close();
		const before = await open(cookie, storage);
		before.conversation();
		before.server.lose();
		before.say('one');
		before.say('two');
		before.client.memory.keepDraft(null, 'half');
		before.close();
		expect(before.texts()).toEqual(['one (pending)', 'two (pending)']);

		const after = await open(cookie, storage);
		after.conversation();
		await eventually(() => after.texts().join() === 'one,two');
		expect(after.seen().draft).toBe('half');
		const again = await open(cookie, storage);
		again.conversation();
		await eventually(() => again.texts().length > 0);
		expect(again.texts()).toEqual(['one', 'two']);
	});

	test('begins anew at the end where it missed too much', async () => {
		const bob = await enter('Bob');
		await sayAll(bob, ['first']);
		bob.server.lose();
		await Promise.all(numbered('four', 4).map(() => sayMany(numbered('message', 225))));
		const before = bob.server.asked.length;
		await bob.server.open();
		await eventually(() => bob.seen().bounds.last === 901 && !bob.seen().hasAfter);
		await eventually(() => bob.seen().messages.at(-1)?.seq === 901);
		const asked = bob.server.asked.slice(before);
		expect(asked.filter((name) => name === 'chat:changes')).toHaveLength(4);
		expect(bob.seen().messages.length).toBeLessThan(200);
		await sayMany(['last']);
		await eventually(() => bob.texts().at(-1) === 'last');
	});
});

describe('a long history', () => {
	beforeEach(() => sayMany(numbered('message', 260)));

	test('is read up to its beginning and back, to messages and to days', async () => {
		const bob = await enter('Bob');
		const { paging } = bob.conversation();
		expect(bob.texts()).toEqual(numbered('message', 260).slice(180));
		await paging.before();
		expect([bob.texts().length, bob.seen().prepended]).toEqual([180, 100]);
		await paging.before();
		expect([bob.texts().length, bob.seen().hasBefore]).toEqual([260, false]);
		await paging.before();
		expect(bob.texts()).toEqual(numbered('message', 260));

		await paging.to(20);
		expect(bob.seen()).toMatchObject({ target: 20, hasAfter: false });

		const cyn = await enter('Cyn');
		const conversation = cyn.conversation();
		await conversation.paging.to(20);
		expect(cyn.seen()).toMatchObject({ target: 20, hasAfter: true });
		expect(cyn.seen().messages.some(({ seq }) => seq === 20)).toBe(true);
		await sayAll(bob, ['meanwhile']);
		await eventually(() => cyn.seen().bounds.last === 261);
		expect(cyn.texts()).not.toContain('meanwhile');
		while (cyn.seen().hasAfter) await conversation.paging.after();
		expect(cyn.texts().at(-1)).toBe('meanwhile');
		await conversation.paging.since(Date.now() + 60_000);
		expect([cyn.texts().at(-1), cyn.seen().hasAfter]).toEqual(['meanwhile', false]);
		await conversation.paging.since(0);
		expect(cyn.seen()).toMatchObject({ target: 1, hasBefore: false, hasAfter: true });
		cyn.say('own');
		await eventually(() => cyn.texts().at(-1) === 'own');
		expect(cyn.seen().hasAfter).toBe(false);
	});

	test('a page that was asked for before the connection was lost comes after it', async () => {
		const bob = await enter('Bob');
		const before = bob.conversation().paging.before();
		bob.server.lose();
		await bob.server.open();
		expect(await before).toBe(true);
		expect(bob.texts()).toEqual(numbered('message', 260).slice(80));
	});
});

describe('what is read', () => {
	test('is counted until one looks, and told to the own other pages', async () => {
		const [ann, bob] = [await enter('Ann'), await enter('Bob')];
		const other = await open(bob.server.cookie);
		await sayAll(ann, ['one']);
		ann.say('two', null, [bob.you!.personId]);
		await eventually(() => bob.seen().unread === 2 && other.seen().unread === 2);
		expect(bob.seen()).toMatchObject({ mentioned: true, newFrom: 1 });
		expect(ann.seen().unread).toBe(0);
		expect(bob.arrived.at(-1)).toMatchObject({ mentioned: true, message: { seq: 2 } });
		expect(ann.arrived).toEqual([]);

		bob.conversation().show(true);
		expect(bob.seen()).toMatchObject({ unread: 0, mentioned: false, newFrom: 1 });
		await eventually(() => other.seen().unread === 0);
		await sayAll(ann, ['three']);
		await eventually(() => bob.texts().length === 3);
		expect(bob.seen()).toMatchObject({ unread: 0, newFrom: 1 });
		expect(bob.arrived).toHaveLength(2);
	});

	test('what comes while one looks at another window is not read', async () => {
		const [ann, bob] = [await enter('Ann'), await enter('Bob')];
		bob.conversation().show(true);
		bob.attention.here = false;
		await sayAll(ann, ['one', 'two']);
		await eventually(() => bob.texts().length === 2);
		expect(bob.seen()).toMatchObject({ unread: 2, newFrom: 1 });
		expect(bob.arrived).toHaveLength(2);
		bob.attention.here = true;
		expect(bob.seen()).toMatchObject({ unread: 0, newFrom: 1 });
		// Shown anew in one go, as when a page draws itself again: the line stays.
		bob.conversation().show(false);
		bob.conversation().show(true);
		await Promise.resolve();
		expect(bob.seen().newFrom).toBe(1);
		bob.say('three');
		expect(bob.seen().newFrom).toBeNull();
	});

	test('a conversation with much that is new opens where reading stopped', async () => {
		const [ann, bob] = [await enter('Ann'), await enter('Bob')];
		await sayAll(ann, ['first']);
		await eventually(() => bob.texts().length === 1);
		bob.conversation().show(true);
		await eventually(() => bob.server.asked.includes('chat:read'));
		bob.close();
		await sayMany(numbered('message', 200));
		const again = await open(bob.server.cookie);
		again.conversation();
		await eventually(() => again.texts().length > 1);
		expect(again.seen()).toMatchObject({ newFrom: 2, unread: 200, hasAfter: true });
		expect(again.texts()).toContain('message 1');
		// Its end is not loaded: nothing of it can have been read.
		again.conversation().show(true);
		expect(again.seen().unread).toBe(200);
	});

	test('missed messages are announced after the connection is back', async () => {
		const [ann, bob] = [await enter('Ann'), await enter('Bob')];
		bob.server.lose();
		ann.say('for Bob', null, [bob.you!.personId]);
		await sayAll(ann, ['for all']);
		await bob.server.open();
		await eventually(() => bob.arrived.length > 0);
		expect(bob.arrived).toMatchObject([{ mentioned: true, message: { seq: 1 } }]);
	});
});

describe('between two', () => {
	test('a direct message opens a conversation with the other one, and names them', async () => {
		const [ann, bob] = [await enter('Ann'), await enter('Bob')];
		const cyn = await enter('Cyn');
		const [a, b] = [ann.you!.personId, bob.you!.personId];
		await eventually(() => ann.members.length === 3);
		ann.say('psst', b);
		await eventually(() => bob.seen(a).unread === 1);
		expect(bob.conversations.map((conversation) => conversation.with)).toEqual([null, a]);
		expect(bob.arrived).toMatchObject([{ mentioned: true }]);
		bob.say('what?', a);
		await eventually(() => ann.texts(b).join() === 'psst,what?');
		expect(cyn.conversations).toHaveLength(1);
		expect(cyn.seen().bounds.last).toBe(0);
	});

	test('others are told who writes, until they stop, send or are gone', async () => {
		const [ann, bob] = [await enter('Ann'), await enter('Bob')];
		const { typing } = ann.conversation();
		typing.typed(true);
		await eventually(() => bob.seen().typing.join() === 'Ann');
		expect(ann.seen().typing).toEqual([]);
		typing.stop();
		await eventually(() => bob.seen().typing.length === 0);
		typing.typed(true);
		await eventually(() => bob.seen().typing.length === 1);
		ann.say('said');
		await eventually(() => bob.seen().typing.length === 0);
		typing.typed(true);
		await eventually(() => bob.seen().typing.length === 1);
		bob.server.lose();
		expect(bob.seen().typing).toEqual([]);
	});
});

describe('the composer', () => {
	test('sends, edits and corrects, and gives back what was in the box', async () => {
		const [ann, bob] = [await enter('Ann'), await enter('Bob')];
		await eventually(() => ann.members.length === 2);
		const own = new Composer(ann.conversation());
		const other = new Composer(bob.conversation());
		expect(own.ready).toBe(false);
		own.text = '  \n';
		expect(own.ready).toBe(false);
		own.text = 'He go home, @bob!\r\n\n';
		expect(own.ready).toBe(true);
		await own.submit();
		expect([own.text, own.ready]).toEqual(['', false]);
		await eventually(() => bob.texts().length === 1);
		const [message] = bob.seen().messages;
		expect(message?.content).toMatchObject({
			body: 'He go home, @bob!',
			mentions: [bob.you!.personId],
		});

		other.text = 'a draft';
		other.revise('correct', message!);
		expect(other.text).toBe('He go home, @bob!');
		other.text = 'He goes home, @bob!';
		await other.submit();
		expect([other.text, other.revising]).toEqual(['a draft', null]);
		await eventually(() => ann.seen().messages[0]?.corrections.length === 1);

		const now = ann.seen().messages[0]!;
		own.revise('edit', now);
		own.text = 'He went home.';
		await own.submit();
		await eventually(() => bob.texts().join() === 'He went home.');
		other.replyTo = bob.seen().messages[0]!;
		await other.submit();
		await eventually(() => ann.texts().length === 2);
		expect(ann.seen().messages[1]?.replyTo).toMatchObject({ seq: 1, excerpt: 'He went home.' });
		await ann.conversation().revisions.delete(now.messageId);
		expect(ann.seen().messages[1]?.replyTo?.excerpt).toBe('');
		await eventually(() => bob.seen().messages[1]?.replyTo?.excerpt === '');
	});

	test('a revision that is not accepted stays in the box', async () => {
		const [ann, bob] = [await enter('Ann'), await enter('Bob')];
		await sayAll(ann, ['one']);
		await eventually(() => bob.texts().length === 1);
		const composer = new Composer(bob.conversation());
		composer.revise('correct', bob.seen().messages[0]!);
		composer.text = 'One.';
		await ann.conversation().revisions.delete(ann.seen().messages[0]!.messageId);
		await expect(composer.submit()).rejects.toMatchObject({ code: 'NOT_FOUND' });
		expect([composer.text, composer.revising?.kind]).toEqual(['One.', 'correct']);
		composer.stopRevising();
		expect(composer.text).toBe('');
	});

	test('what the server refuses is shown as failed, with its sentence', async () => {
		const ann = await enter('Ann');
		const composer = new Composer(ann.conversation());
		composer.text = 'turned \u202e around';
		await composer.submit();
		await eventually(() => ann.seen().outgoing[0]?.delivery.kind === 'failed');
		const [failed] = ann.seen().outgoing;
		expect(failed?.delivery).toMatchObject({ problem: expect.stringContaining("aren't allowed") });
		ann.conversation().discard(failed!.messageId);
		expect(ann.seen().outgoing).toEqual([]);
	});

	test('CHAT-18: in slow mode the text stays in the box, and what was on its way is sent in its time', async () => {
		const [host, guest] = [await enter('Host'), await enter('Guest')];
		const composer = new Composer(guest.conversation());
		const inCall = await TestClient.connect(service, { cookie: host.server.cookie });
		await inCall.join(roomId, 'Host');
		await inCall.ask('host:policy', { slowMode: 300 });
		await eventually(() => composer.slowPace?.seconds === 300);
		expect(new Composer(host.conversation()).slowPace).toBeNull();
		// Two at once, as after a time without a connection.
		for (const text of ['one', 'two']) guest.say(text);
		await eventually(() => guest.seen().outgoing.length === 1);
		expect(composer.slowPace?.freeAt).toBeGreaterThan(Date.now() + 200_000);
		composer.text = 'three';
		expect(composer.ready).toBe(false);
		await composer.submit();
		expect(composer.text).toBe('three');
		await inCall.ask('host:policy', { slowMode: 0 });
		await eventually(() => guest.seen().outgoing.length === 0);
		expect(composer.ready).toBe(true);
		composer.close();
		inCall.close();
	});
});
