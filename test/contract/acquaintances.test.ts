import { describe, expect, test } from 'vitest';
import { onEachDatabase } from '../support/onEach.ts';
import { newAuthor, newChat, postOne, text } from '../support/stores.ts';
import type { RingOutcome } from '../../shared/systemEvent.ts';
import type { Author } from '../../shared/chat.ts';
import { newContactCode, newPeerId, newCallId, newRingId, newRoomId } from '../../shared/ids.ts';

onEachDatabase('people who know each other', (on) => {
	/** People who have entered one room, in this order. */
	async function met(...people: Author[]) {
		const { roomId } = newChat();
		for (const [index, { personId, name }] of people.entries())
			await on.store.rooms.enter(roomId, personId, name, index);
		return roomId;
	}

	describe('contacts', () => {
		test('are added once, listed by name, and removed', async () => {
			const [ann, ben, zoe] = [newAuthor('Ann'), newAuthor('Ben'), newAuthor('Zoe')];
			const { contacts } = on.store;
			await contacts.add(ann.personId, zoe, 1);
			await contacts.add(ann.personId, ben, 2);
			await contacts.add(ann.personId, { ...ben, name: 'Benno' }, 3);
			expect(await contacts.list(ann.personId)).toEqual([
				{ ...ben, name: 'Benno', addedAt: 2 },
				{ ...zoe, addedAt: 1 },
			]);
			expect(await contacts.list(ben.personId)).toEqual([]);
			expect(await contacts.has(ann.personId, ben.personId)).toBe(true);
			expect(await contacts.has(ben.personId, ann.personId)).toBe(false);
			expect(await contacts.remove(ann.personId, ben.personId)).toBe(true);
			expect(await contacts.remove(ann.personId, ben.personId)).toBe(false);
			expect(await contacts.list(ann.personId)).toEqual([{ ...zoe, addedAt: 1 }]);
		});

		test('a link leads to its owner until it is renewed', async () => {
			const { personId } = newAuthor('Ann');
			const { contacts } = on.store;
			const [first, second] = [newContactCode(), newContactCode()];
			expect(await contacts.ownerOf(first)).toBeNull();
			expect(await contacts.code(personId, first, false, 1)).toBe(first);
			expect(await contacts.code(personId, second, false, 1)).toBe(first);
			expect(await contacts.ownerOf(first)).toBe(personId);
			expect(await contacts.code(personId, second, true, 1)).toBe(second);
			expect(await contacts.ownerOf(first)).toBeNull();
			expect(await contacts.ownerOf(second)).toBe(personId);
		});

		test('people have met who share a room and were not removed from it', async () => {
			const [ann, ben, zoe] = [newAuthor('Ann'), newAuthor('Ben'), newAuthor('Zoe')];
			const roomId = await met(ann, ben, zoe);
			await met({ ...ann, name: 'Anna' }, ben);
			const { contacts, rooms } = on.store;
			expect(await contacts.peopleMet(ann.personId, 10)).toEqual([zoe, ben]);
			expect(await contacts.peopleMet(ann.personId, 1)).toEqual([zoe]);
			expect(await contacts.haveMet(ann.personId, zoe.personId)).toBe(true);
			expect(await contacts.haveMet(ann.personId, ann.personId)).toBe(false);
			await rooms.setRole(roomId, zoe, 'removed', 9);
			expect(await contacts.peopleMet(ann.personId, 10)).toEqual([ben]);
			expect(await contacts.peopleMet(zoe.personId, 10)).toEqual([]);
			expect(await contacts.haveMet(zoe.personId, ann.personId)).toBe(false);
			expect(await contacts.haveMet(ann.personId, newAuthor('Nobody').personId)).toBe(false);
		});

		test('what somebody is called, and chose to be seen as', async () => {
			const [ann, ben] = [newAuthor('Ann'), newAuthor('Ben')];
			const { contacts } = on.store;
			expect(await contacts.nameOf(ann.personId)).toBeNull();
			await met(ben, ann);
			expect(await contacts.nameOf(ann.personId)).toBe('Ann');
			expect(await contacts.chosen(ann.personId)).toBe('available');
			await contacts.choose(ann.personId, 'do-not-disturb', 1);
			await contacts.choose(ann.personId, 'away', 2);
			expect(await contacts.chosen(ann.personId)).toBe('away');
		});
	});

	test('who is blocked is no contact, and is found from both sides', async () => {
		const [ann, ben, zoe] = [newAuthor('Ann'), newAuthor('Ben'), newAuthor('Zoe')];
		const { contacts, blocks } = on.store;
		await contacts.add(ann.personId, ben, 1);
		await blocks.add(ann.personId, ben, 1);
		await blocks.add(ann.personId, ben, 2);
		await blocks.add(ann.personId, zoe, 3);
		expect(await contacts.list(ann.personId)).toEqual([]);
		expect(await blocks.list(ann.personId)).toEqual([zoe, ben]);
		expect(await blocks.of(ben.personId)).toEqual([ann.personId]);
		const all = [ann, ben].map(({ personId }) => personId);
		expect(await blocks.between(all)).toEqual([{ owner: ann.personId, blocked: ben.personId }]);
		expect(await blocks.between([])).toEqual([]);
		expect(await blocks.between([ben.personId, zoe.personId])).toEqual([]);
		expect(await blocks.remove(ann.personId, ben.personId)).toBe(true);
		expect(await blocks.remove(ann.personId, ben.personId)).toBe(false);
		expect(await blocks.between(all)).toEqual([]);
	});

	describe('the chat of two', () => {
		test('is one room of exactly the two, made once from either side', async () => {
			const [ann, ben] = [newAuthor('Ann'), newAuthor('Ben')];
			const { directs, rooms } = on.store;
			const made = await Promise.all(
				[0, 1, 2, 3].map((i) =>
					i % 2 ? directs.open(ann, ben, newRoomId(), 1) : directs.open(ben, ann, newRoomId(), 1),
				),
			);
			const [roomId] = made;
			if (!roomId) throw new Error('no room');
			expect(new Set(made).size).toBe(1);
			const members = await rooms.members(roomId);
			expect(members.map(({ name }) => name).sort()).toEqual(['Ann', 'Ben']);
			expect(await rooms.rules(roomId)).toMatchObject({
				kind: 'direct',
				policy: { locked: true },
			});
			expect(await rooms.roomsOf(ann.personId)).toEqual([]);
		});

		test('is listed once something was written, with what is unread', async () => {
			const [ann, ben, zoe] = [newAuthor('Ann'), newAuthor('Ben'), newAuthor('Zoe')];
			const { directs } = on.store;
			const withBen = await directs.open(ann, ben, newRoomId(), 1);
			const withZoe = await directs.open(ann, zoe, newRoomId(), 1);
			await directs.open(ben, zoe, newRoomId(), 1);
			expect(await directs.list(ann.personId)).toEqual([]);
			await postOne(on.store, text({ roomId: withBen, pair: null }, ben, 'a', { at: 5 }));
			await postOne(on.store, text({ roomId: withZoe, pair: null }, ann, 'b', { at: 9 }));
			expect(await directs.list(ann.personId)).toEqual([
				{ ...zoe, roomId: withZoe, lastAt: 9, unread: 0 },
				{ ...ben, roomId: withBen, lastAt: 5, unread: 1 },
			]);
			expect(await directs.list(zoe.personId)).toMatchObject([{ name: 'Ann', unread: 1 }]);
		});
	});

	describe('calls', () => {
		test('have a locked room of the caller, once', async () => {
			const [ann, ben] = [newAuthor('Ann'), newAuthor('Ben')];
			const { rooms } = on.store;
			const roomId = newRoomId();
			expect(await rooms.openCall(roomId, ann, 1)).toBe(true);
			expect(await rooms.openCall(roomId, ann, 1)).toBe(true);
			expect(await rooms.openCall(roomId, ben, 1)).toBe(false);
			expect(await rooms.rules(roomId)).toMatchObject({
				kind: 'call',
				policy: { locked: true },
				hosts: [ann.personId],
			});
			expect(await rooms.openCall(await met(ann), ann, 1)).toBe(false);
			expect(await rooms.roomsOf(ann.personId)).toHaveLength(1);
		});

		/** A ring from one to the other. */
		async function ringing(caller: Author, callee: Author, at: number, hidden = false) {
			const ringId = newRingId();
			const roomId = newRoomId();
			await on.store.rings.begin({ ringId, roomId, caller, callee, video: true, hidden, at });
			return { ringId, roomId };
		}

		test('are in the history of both, but those that are hidden only in the caller’s', async () => {
			const [ann, ben] = [newAuthor('Ann'), newAuthor('Ben')];
			const { rings } = on.store;
			const ends: [RingOutcome, number][] = [
				['declined', 10],
				['no-answer', 20],
			];
			for (const [outcome, at] of ends) {
				const { ringId } = await ringing(ann, ben, at);
				await rings.end(ringId, outcome, at + 1);
				await rings.end(ringId, 'cancelled', at + 2);
			}
			await ringing(ben, ann, 30, true);
			const talk = await ringing(ben, ann, 40);
			await rings.answered(talk.ringId, 41);
			await rings.end(talk.ringId, 'accepted', 50);
			expect(await rings.history(ann.personId, 100, 10)).toMatchObject([
				{ beganAt: 40, answeredAt: 41, endedAt: 50, outcome: 'accepted', caller: ben, callee: ann },
				{ beganAt: 20, endedAt: 21, outcome: 'no-answer', caller: ann },
				{ beganAt: 10, outcome: 'declined', answeredAt: null, video: true },
			]);
			const ofBen = await rings.history(ben.personId, 40, 2);
			expect(ofBen.map(({ beganAt }) => beganAt)).toEqual([30, 20]);
		});

		test('that a service left open end when they were last known to go on', async () => {
			const [ann, ben] = [newAuthor('Ann'), newAuthor('Ben')];
			const { rings, calls } = on.store;
			const [rang, talked, vanished] = [
				await ringing(ann, ben, 10),
				await ringing(ann, ben, 20),
				await ringing(ann, ben, 30),
			];
			await rings.answered(talked.ringId, 21);
			await rings.answered(vanished.ringId, 31);
			const callId = newCallId();
			await calls.begin(callId, talked.roomId, 20);
			await calls.joined(callId, newPeerId(), ben, 21);
			await calls.alive([callId], 29);
			const ended = await rings.recover();
			expect(ended.sort((a, b) => a.beganAt - b.beganAt)).toMatchObject([
				{ ringId: talked.ringId, caller: ann, callee: ben, answeredAt: 21, endedAt: 29 },
				{ ringId: vanished.ringId, answeredAt: 31, endedAt: 31 },
			]);
			expect(await rings.recover()).toEqual([]);
			expect(await rings.history(ben.personId, 100, 10)).toMatchObject([
				{ outcome: 'accepted', answeredAt: 31, endedAt: 31 },
				{ outcome: 'accepted', answeredAt: 21, endedAt: 29 },
				{ outcome: 'no-answer', endedAt: 10 },
			]);
			// The caller is there again, and it rings on.
			const again = { ...rang, caller: ann, callee: ben, video: true, hidden: false, at: 40 };
			await rings.begin(again);
			expect((await rings.history(ben.personId, 15, 1))[0]).toMatchObject({ outcome: null });
		});
	});
});
