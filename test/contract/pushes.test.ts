import { describe, expect, test } from 'vitest';
import { newRoomId, newSessionId, type SessionId } from '../../shared/ids.ts';
import { nameSkeleton } from '../../shared/userName.ts';
import type { PushSettings } from '../../shared/push.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { newAuthor } from '../support/stores.ts';

const settings = (change: Partial<PushSettings> = {}): PushSettings => ({
	endpoint: 'https://push.example.org/1',
	keys: { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) },
	messages: true,
	muted: [],
	...change,
});

onEachDatabase('devices that get notifications', (on) => {
	const times = { now: 100, usedAfter: 0 };
	/** A person with this many devices, which were added one after the other. */
	async function person(devices: number, change: Partial<PushSettings> = {}) {
		const { personId } = newAuthor('Ann');
		const sessions: SessionId[] = [];
		for (let at = 1; at <= devices; at++) {
			const sessionId = newSessionId();
			sessions.push(sessionId);
			await on.store.people.seen(personId, sessionId, at);
			await on.store.pushes.keep(personId, sessionId, settings(change), at);
		}
		return { personId, sessions };
	}
	const sessionsOf = async (
		personId: Awaited<ReturnType<typeof person>>['personId'],
		room: Parameters<typeof on.store.pushes.of>[1] = null,
		at = times,
	) => (await on.store.pushes.of([personId], room, at)).map(({ sessionId }) => sessionId);

	test('are kept as they were last told, and only by their own endpoint forgotten', async () => {
		const { personId, sessions } = await person(1);
		const [sessionId = newSessionId()] = sessions;
		const changed = settings({ endpoint: 'https://push.example.org/2', messages: false });
		await on.store.pushes.keep(personId, sessionId, changed, 5);
		expect(await on.store.pushes.of([personId], null, times)).toEqual([
			{ personId, sessionId, ...changed },
		]);
		await on.store.pushes.gone(sessionId, 'https://push.example.org/1');
		expect(await sessionsOf(personId)).toEqual(sessions);
		await on.store.pushes.gone(sessionId, changed.endpoint);
		expect(await sessionsOf(personId)).toEqual([]);
	});

	test('are at most ten of a person: the oldest goes first', async () => {
		const { personId, sessions } = await person(12);
		expect(await sessionsOf(personId)).toEqual(sessions.slice(2));
	});

	test('get messages of the rooms that they want', async () => {
		const roomId = newRoomId();
		const { personId, sessions } = await person(1, { muted: [roomId] });
		expect(await sessionsOf(personId, roomId)).toEqual([]);
		expect(await sessionsOf(personId, newRoomId())).toEqual(sessions);
		const calls = await person(1, { messages: false });
		expect(await sessionsOf(calls.personId, newRoomId())).toEqual([]);
		expect(await sessionsOf(calls.personId)).toEqual(calls.sessions);
	});

	test('of a guest who is not stored yet are kept with their session', async () => {
		const { personId } = newAuthor('Ann');
		const sessionId = newSessionId();
		await on.store.pushes.keep(personId, sessionId, settings(), 7);
		expect(await sessionsOf(personId)).toEqual([sessionId]);
		await on.store.sessions.end(personId, { only: sessionId }, 8);
		await expect(on.store.pushes.keep(personId, sessionId, settings(), 9)).rejects.toMatchObject({
			code: 'UNAUTHENTICATED',
		});
	});

	describe('PUSH-3: are over', () => {
		test('with their session, however it ends', async () => {
			const { personId, sessions } = await person(3);
			const [first = newSessionId(), second = newSessionId()] = sessions;
			await on.store.sessions.end(personId, { only: first }, 20);
			expect(await sessionsOf(personId)).toEqual(sessions.slice(1));
			await on.store.accounts.setPassword(personId, 'hash', second, 30);
			expect(await sessionsOf(personId)).toEqual([second]);
			expect(await sessionsOf(personId, null, { now: 100, usedAfter: 2 })).toEqual([]);
		});

		test('with a suspension, which does not bring them back when it is lifted', async () => {
			const { personId } = await person(2);
			await on.store.accounts.suspend(personId, { until: 50, reason: '' }, 10);
			expect(await sessionsOf(personId)).toEqual([]);
			await on.store.accounts.suspend(personId, null, 20);
			expect(await sessionsOf(personId)).toEqual([]);
		});

		test('with the person, and with a guest who becomes an account', async () => {
			const [gone, guest, account] = [await person(1), await person(1), await person(1)];
			await on.store.accounts.remove(gone.personId, 'keep', 'Deleted person', 10);
			expect(await sessionsOf(gone.personId)).toEqual([]);
			const userName = `a${crypto.randomUUID().slice(0, 8)}`;
			const made = { userName, skeleton: nameSkeleton(userName), passwordHash: 'hash' };
			await on.store.accounts.signUp(account.personId, made, 'Ann', 10);
			expect(await sessionsOf(account.personId)).toEqual([]);
			await on.store.accounts.merge(guest.personId, account.personId, 20);
			for (const { personId } of [guest, account]) expect(await sessionsOf(personId)).toEqual([]);
		});

		test('with a guest who is forgotten', async () => {
			const { personId } = await person(1);
			expect((await on.store.people.forget(50, null, 500)).forgotten).toContain(personId);
			expect(await sessionsOf(personId)).toEqual([]);
		});
	});

	test('are among what a person downloads', async () => {
		const { personId } = await person(1);
		expect((await on.store.accounts.about(personId)).pushes).toEqual([
			{ endpoint: 'https://push.example.org/1', addedAt: 1 },
		]);
	});
});
