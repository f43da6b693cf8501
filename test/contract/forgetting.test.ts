import { expect, test } from 'vitest';
import {
	newCallId,
	newFileId,
	newPeerId,
	newReportId,
	newRingId,
	newRoomId,
	newSessionId,
	newTokenId,
	newMatchId,
} from '../../shared/ids.ts';
import type { Author } from '../../shared/chat.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { newAuthor, newChat, postOne, text } from '../support/stores.ts';

const day = 24 * 60 * 60 * 1000;
const now = 1_800_000_000_000;
const old = now - 40 * day;
const month = now - 30 * day;

onEachDatabase('forgetting', (on) => {
	/** Looks at everybody, some at a time. */
	async function forgetAll(before = month): Promise<string[]> {
		const all: string[] = [];
		let after: Awaited<ReturnType<typeof on.store.people.forget>>['next'] = null;
		do {
			const step = await on.store.people.forget(before, after, 7);
			all.push(...step.forgotten);
			after = step.next;
		} while (after);
		return all;
	}

	/** A guest who was here once, 40 days ago. */
	async function guest(name = 'Guest') {
		const author = newAuthor(name);
		const sessionId = newSessionId();
		await on.store.people.seen(author.personId, sessionId, old, 'Firefox');
		return { ...author, sessionId };
	}

	const known = async ({ personId, sessionId }: Awaited<ReturnType<typeof guest>>) => {
		const { profile, session } = await on.store.sessions.find(personId, sessionId);
		return profile !== null || session !== null;
	};

	/** A call in a room of their own, which ended. */
	async function callOf(by: Author, at: number, roomId = newRoomId()) {
		const callId = newCallId();
		await on.store.calls.begin(callId, roomId, at);
		await on.store.rooms.enter(roomId, by.personId, by.name, at);
		await on.store.calls.joined(callId, newPeerId(), by, at);
		await postOne(on.store, {
			key: { roomId, pair: null },
			messageId: text(newChat(), by, '').messageId,
			author: by,
			at,
			content: { kind: 'system', system: { event: 'joined' } },
		});
		await on.store.calls.end(callId, at + 1000);
		return roomId;
	}

	test('A-H5: guests who left nothing go after a month, with their session, room and calls', async () => {
		const gone = await guest();
		const roomId = await callOf(gone, old);
		await on.store.rooms.setPolicy(roomId, { locked: true });
		await on.store.moderation.agree(gone.personId, 1, old);
		const recent = await guest();
		await on.store.people.seen(recent.personId, newSessionId(), now, 'Chrome');
		const inCallLately = await guest();
		await callOf(inCallLately, now - day);

		const forgotten = await forgetAll();
		expect(forgotten).toContain(gone.personId);
		expect(await known(gone)).toBe(false);
		expect(await on.store.calls.history(roomId, 5)).toEqual([]);
		expect(await on.store.rooms.rules(roomId)).toMatchObject({
			hosts: [],
			policy: { locked: false },
		});
		for (const one of [recent, inCallLately]) {
			expect(forgotten).not.toContain(one.personId);
			expect(await known(one)).toBe(true);
		}
		// A room of that name begins anew.
		const again = await on.store.rooms.enter(roomId, recent.personId, 'Recent', now);
		expect(again.member.role).toBe('host');
	});

	test('A-H5: nobody who left anything is forgotten', async () => {
		const { store } = on;
		const other = await guest('Other');
		await store.accounts.signUp(
			other.personId,
			{ userName: 'Other', skeleton: `other-${on.kind}`, passwordHash: 'x' },
			null,
			old,
		);
		const report = {
			reportId: newReportId(),
			matchId: newMatchId(),
			reason: 'other' as const,
			words: '',
			chat: [],
		};
		const kept: Record<string, (who: Awaited<ReturnType<typeof guest>>) => Promise<unknown>> = {
			'an account': ({ personId }) =>
				store.accounts.signUp(
					personId,
					{ userName: 'One', skeleton: `one-${on.kind}`, passwordHash: 'x' },
					null,
					old,
				),
			'a message': async (who) => {
				const roomId = await callOf(who, old);
				await postOne(store, text({ roomId, pair: null }, who, 'said', { at: old }));
			},
			'a deleted message': async (who) => {
				const key = newChat();
				await store.rooms.enter(key.roomId, who.personId, 'Guest', old);
				const said = await postOne(store, text(key, who, 'said', { at: old }));
				await store.chats.delete(key, said.messageId, who.personId, old);
			},
			'a membership with others': async ({ personId }) => {
				const roomId = newRoomId();
				await store.rooms.enter(roomId, other.personId, 'Other', old);
				await store.rooms.enter(roomId, personId, 'Guest', old);
			},
			'a removal from a room': async (who) => {
				const roomId = newRoomId();
				await store.rooms.setRole(roomId, who, 'removed', old);
			},
			'a contact of theirs': ({ personId }) => store.contacts.add(personId, other, old),
			'being a contact': (who) => store.contacts.add(other.personId, who, old),
			'a block of theirs': ({ personId }) => store.blocks.add(personId, other, old),
			'being blocked': (who) => store.blocks.add(other.personId, who, old),
			'a report of theirs': (reporter) =>
				store.moderation.report({
					...report,
					reporter,
					reported: other,
					reportedAt: old,
				}),
			'a report about them': (reported) =>
				store.moderation.report({
					...report,
					reportId: newReportId(),
					matchId: newMatchId(),
					reporter: other,
					reported,
					reportedAt: old,
				}),
			'a file': async ({ personId }) => {
				const info = { fileId: newFileId(), name: 'f', type: 'a/b', size: 1, picture: null };
				await store.files.add({ info, key: newChat(), owner: personId, at: old });
			},
			'a suspension': ({ personId }) =>
				store.accounts.suspend(personId, { until: old + day, reason: 'x' }, old),
			'a token': ({ personId }) =>
				store.tokens.add(
					personId,
					{
						tokenId: newTokenId(),
						name: 't',
						scope: 'read',
						madeAt: old,
						usedAt: null,
						expiresAt: old,
					},
					`hash of ${personId}`,
					newSessionId(),
				),
			'a reaction': async ({ personId }) => {
				const key = newChat();
				const said = await postOne(store, text(key, other, 'said', { at: old }));
				await store.chats.react(key, said.messageId, personId, '👍', true, old);
			},
			'a ring': async (caller) => {
				const roomId = newRoomId();
				await store.rooms.openCall(roomId, caller, old);
				const about = { ringId: newRingId(), roomId, caller, callee: other };
				await store.rings.begin({ ...about, video: true, hidden: false, at: old });
			},
			'a chat of two': (who) => store.directs.open(who, other, newRoomId(), old),
			'an identity elsewhere': ({ personId }) =>
				store.accounts.identify('https://id.example.org', `sub ${personId}`, personId, null, old),
			'a session that ended': ({ personId }) => store.sessions.end(personId, { except: null }, old),
		};
		const people = new Map<string, Awaited<ReturnType<typeof guest>>>();
		for (const [what, leave] of Object.entries(kept)) {
			const who = await guest();
			await leave(who);
			people.set(what, who);
		}
		await forgetAll();
		for (const [what, who] of people) expect([what, await known(who)]).toEqual([what, true]);
	});

	test('A-L20: who was in calls is kept for the days of the configuration, or of the room', async () => {
		const guests = await Promise.all(['A', 'B', 'C', 'D'].map((name) => guest(name)));
		const [a, b, c, d] = await Promise.all(guests.map((who) => callOf(who, now - 100 * day)));
		if (!a || !b || !c || !d) throw new Error('four rooms are not four');
		await on.store.rooms.setRetention(b, { kind: 'days', days: 99 });
		await on.store.rooms.setRetention(c, { kind: 'until-empty' });
		await on.store.rooms.setRetention(d, { kind: 'days', days: 200 });
		const running = newCallId();
		await on.store.calls.begin(running, c, now - 400 * day);
		const left = async () => {
			for (let more = 1; more > 0;) more = await on.store.calls.forget(now, 365);
			const all = await Promise.all([a, b, c, d].map((room) => on.store.calls.history(room, 5)));
			return all.map((calls) => calls.length);
		};
		expect(await left()).toEqual([1, 0, 1, 1]);
		expect((await on.store.calls.history(c, 5))[0]?.callId).toBe(running);
		await on.store.calls.forget(now, 50);
		expect(await on.store.calls.history(a, 5)).toEqual([]);
		expect(await on.store.calls.history(d, 5)).toEqual([]);
	});

	test('A-L20: a session that is over does not say which browser it was of', async () => {
		const [over, open] = [await guest(), await guest()];
		await on.store.sessions.end(over.personId, { except: null }, old);
		while ((await on.store.people.forgetDevices(now)) > 0);
		const deviceOf = async ({ personId, sessionId }: typeof over) =>
			(await on.store.sessions.find(personId, sessionId)).session?.device;
		expect(await deviceOf(over)).toBe('');
		expect(await deviceOf(open)).toBe('Firefox');
	});

	test('A-H5: forgetting looks at a bounded number of people at a time and comes to its end', async () => {
		const many = await Promise.all(Array.from({ length: 30 }, () => guest()));
		const first = await on.store.people.forget(month, null, 10);
		expect(first.forgotten.length).toBeLessThanOrEqual(10);
		expect(first.next).not.toBeNull();
		await forgetAll();
		for (const one of many) expect(await known(one)).toBe(false);
	});
});
