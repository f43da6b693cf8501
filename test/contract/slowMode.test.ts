import { expect, test } from 'vitest';
import { CodedError } from '../../shared/errors.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { newAuthor, newChat, text } from '../support/stores.ts';

onEachDatabase('slow mode', (on) => {
	/** A room with a host and a guest in slow mode of ten seconds. */
	async function slowRoom() {
		const [key, host, guest] = [newChat(), newAuthor('Host'), newAuthor('Guest')];
		for (const { personId, name } of [host, guest])
			await on.store.rooms.enter(key.roomId, personId, name, 1);
		await on.store.rooms.setPolicy(key.roomId, { slowMode: 10 });
		/** Posts with these times in one batch. @returns how long each has to wait, 0 for a stored one. */
		const waits = async (author: typeof host, ...times: number[]) => {
			const posts = times.map((at) => ({ ...text(key, author, `at ${at}`), at }));
			const posted = await on.store.chats.post(posts);
			return posted.map((one) => {
				if (one.kind !== 'refused') return 0;
				expect(one.error).toBeInstanceOf(CodedError);
				expect(one.error.code).toBe('SLOW_MODE');
				return one.error.retryAfter;
			});
		};
		return { key, host, guest, waits };
	}

	test('a person posts once in the interval, in one batch and in several', async () => {
		const { guest, waits } = await slowRoom();
		expect(await waits(guest, 100_000, 101_000, 110_000)).toEqual([0, 9_000, 0]);
		expect(await waits(guest, 119_999)).toEqual([1]);
		expect(await waits(guest, 120_000)).toEqual([0]);
	});

	test('hosts, system lines and private chats are not slowed', async () => {
		const { key, host, guest, waits } = await slowRoom();
		expect(await waits(host, 1000, 1001)).toEqual([0, 0]);
		const pair: [typeof host.personId, typeof host.personId] =
			host.personId < guest.personId
				? [host.personId, guest.personId]
				: [guest.personId, host.personId];
		const line = {
			...text(key, guest, ''),
			content: { kind: 'system' as const, system: { event: 'joined' as const } },
		};
		const posts = [
			{ ...text(key, guest, 'one'), at: 1000 },
			{ ...line, at: 1001 },
			{ ...text({ ...key, pair }, guest, 'two'), at: 1002 },
			{ ...text({ ...key, pair }, guest, 'three'), at: 1003 },
		];
		const kinds = (await on.store.chats.post(posts)).map(({ kind }) => kind);
		expect(kinds).toEqual(['stored', 'stored', 'stored', 'stored']);
	});

	test('a stored message is found again, and a refused one can be sent again by the same id', async () => {
		const { key, guest } = await slowRoom();
		const first = { ...text(key, guest, 'first'), at: 1000 };
		const second = { ...text(key, guest, 'second'), at: 2000 };
		const kindOf = async (post: typeof first) => (await on.store.chats.post([post]))[0]?.kind;
		expect(await kindOf(first)).toBe('stored');
		expect(await kindOf({ ...first, at: 1500 })).toBe('known');
		expect(await kindOf(second)).toBe('refused');
		expect(await kindOf({ ...second, at: 11_000 })).toBe('stored');
	});

	test('a deleted message counts, and the pace says how long a person waits', async () => {
		const { key, host, guest } = await slowRoom();
		const pace = (person: typeof host, now: number) =>
			on.store.chats.pace(key.roomId, person.personId, now);
		expect(await pace(guest, 1000)).toEqual({ slowMode: 10, wait: 0 });
		const post = { ...text(key, guest, 'gone'), at: 1000 };
		await on.store.chats.post([post]);
		await on.store.chats.delete(key, post.messageId, guest.personId, 1500);
		expect(await pace(guest, 4000)).toEqual({ slowMode: 10, wait: 7000 });
		expect(await pace(guest, 11_000)).toEqual({ slowMode: 10, wait: 0 });
		await on.store.chats.post([{ ...text(key, host, 'quick'), at: 3000 }]);
		expect(await pace(host, 4000)).toEqual({ slowMode: 10, wait: 0 });
		await on.store.rooms.setPolicy(key.roomId, { slowMode: 0 });
		expect(await pace(guest, 4000)).toEqual({ slowMode: 0, wait: 0 });
	});
});
