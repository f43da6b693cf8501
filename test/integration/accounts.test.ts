import { describe, expect, test, vi } from 'vitest';
import { newRoomId, newSessionId } from '../../shared/ids.ts';
import { freshName, goodPassword, Visit } from '../support/account.ts';
import { eventually, TestClient, type Cast } from '../support/client.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

// Hashes are slow to make, and these tests need many.
vi.setConfig({ testTimeout: 60_000 });

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on), {});

describe('ACCOUNT-1: signing up', () => {
	test('keeps the person, their rooms and what they said', async () => {
		const guest = await Visit.guest(service);
		const before = await guest.self();
		expect(before).toMatchObject({ account: null, required: 'never', provider: null });
		expect(before.links).toEqual({ privacy: null, imprint: null });
		const roomId = newRoomId();
		await guest.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Ada' });
		const draft = { body: 'from a guest' };
		await guest.ask('POST', `/api/rooms/${roomId}/messages`, draft);
		const userName = freshName('Ada');
		const { data } = await guest.signUp(userName, goodPassword, { name: 'Ada L' });
		expect(data).toMatchObject({
			...{ personId: before.personId, account: { userName }, name: 'Ada L' },
			...{ administrator: false, roomId: null, suspended: null },
		});
		expect(await guest.self()).toMatchObject(data);
		const { data: page } = await guest.ask<{ messages: unknown[] }>(
			'GET',
			`/api/rooms/${roomId}/messages`,
		);
		expect(page.messages).toMatchObject([{ author: { personId: before.personId } }]);
		expect((await guest.ask('GET', `/api/rooms/${roomId}`)).data).toMatchObject({
			you: { role: 'host' },
		});
	});

	test.each([
		['ab', goodPassword, 'BAD_REQUEST'],
		['has blank', goodPassword, 'BAD_REQUEST'],
		['аdmin', goodPassword, 'BAD_REQUEST'],
		['good.name', 'short', 'BAD_REQUEST'],
		['good.name', 'x'.repeat(129), 'BAD_REQUEST'],
		['good.name', 'qwertyuiop', 'WEAK_PASSWORD'],
		['good.name', '1234567890', 'WEAK_PASSWORD'],
		['good.name', 'PASSWORDpassword', 'WEAK_PASSWORD'],
		['good.name', 'aaaaaaaaaaaaaa', 'WEAK_PASSWORD'],
		['good.name', 'abcabcabcabc', 'WEAK_PASSWORD'],
		['good.name', 'good.name12', 'WEAK_PASSWORD'],
		[7, goodPassword, 'BAD_REQUEST'],
		['good.name', undefined, 'BAD_REQUEST'],
	])('as %j with %j is answered %s', async (userName, password, code) => {
		const guest = await Visit.guest(service);
		const body = { userName, password };
		expect((await guest.ask('POST', '/api/account/sign-up', body)).code).toBe(code);
		expect((await guest.self()).account).toBeNull();
	});

	test('under a name that looks like a taken one is refused, and twice too', async () => {
		const { userName } = await Visit.account(service, freshName('Lily'));
		const other = await Visit.guest(service);
		for (const twin of [userName, userName.toUpperCase(), userName.replace('Lily', 'L1ly')])
			expect((await other.signUp(twin)).code).toBe('NAME_TAKEN');
		expect((await other.signUp(freshName())).code).toBe('OK');
		expect((await other.signUp(freshName())).code).toBe('CONFLICT');
	});

	test('in two tabs at the same moment makes one account, also under one name', async () => {
		for (const same of [true, false]) {
			const [guest, name] = [await Visit.guest(service), freshName()];
			const before = await guest.self();
			const answers = await Promise.all([
				guest.signUp(name),
				guest.signUp(same ? name : freshName()),
			]);
			const codes = answers.map(({ code }) => code);
			expect(codes).toContain('OK');
			// Another name comes too late in one of two ways: with the old session, or with the new one.
			if (!same)
				expect(codes.some((code) => code === 'CONFLICT' || code === 'UNAUTHENTICATED')).toBe(true);
			expect(await guest.self()).toMatchObject({
				personId: before.personId,
				account: { userName: expect.any(String) as string },
			});
			expect((await guest.signUp(name)).code).toBe('CONFLICT');
		}
	});

	test('or in to another account rids nobody of a suspension', async () => {
		const { userName } = await Visit.account(service);
		const guest = await Visit.guest(service);
		await guest.ask('POST', `/api/rooms/${newRoomId()}/members`, { name: 'Guest' });
		const { personId } = await guest.self();
		await service.app.accountStatus.suspend(personId, { until: Date.now() + 60_000, reason: '' });
		expect((await guest.signIn(userName, goodPassword, { bring: true })).code).toBe('SUSPENDED');
		expect((await guest.self()).personId).toBe(personId);
	});

	test('is not asked for by a page of another origin, nor by a token', async () => {
		const guest = await Visit.guest(service);
		const body = { userName: freshName(), password: goodPassword };
		const evil = { origin: 'https://evil.example' };
		for (const path of ['sign-up', 'sign-in', 'sign-out', 'password', 'delete'])
			expect((await guest.ask('POST', `/api/account/${path}`, body, evil)).code).toBe(
				'NOT_ALLOWED',
			);
		const { data } = await guest.ask<{ secret: string }>('POST', '/api/tokens', { name: 'x' });
		const script = new Visit(service, { authorization: `Bearer ${data.secret}` });
		expect((await script.ask('GET', '/api/account')).code).toBe('UNAUTHENTICATED');
	});

	test('leaves a call in another tab where it is', async () => {
		const guest = await Visit.guest(service);
		const client = await cast.connect({ cookie: guest.cookie });
		const { you } = await client.join(cast.roomId, 'Ada');
		const other = await cast.joined('Other');
		const old = guest.cookie;
		expect((await guest.signUp(freshName())).code).toBe('OK');
		// The old cookie opens nothing any more; with the new one the place is taken again.
		await eventually(() => !client.socket.connected);
		expect(client.told('session:ended')).toEqual([]);
		await expect(TestClient.connect(service, { cookie: old })).rejects.toMatchObject({
			data: { code: 'UNAUTHENTICATED' },
		});
		const again = await cast.connect({ cookie: guest.cookie });
		const back = await again.ask('room:join', {
			...{ roomId: cast.roomId, name: 'Ada', rtpCapabilities: {} },
			...{ firstPage: { videos: 0, width: 0, height: 0 }, resumeToken: you.resumeToken },
		});
		expect(back.you.peerId).toBe(you.peerId);
		expect(other.told('peer:left')).toEqual([]);
	});
});

describe('ACCOUNT-24: a sign-up whose answer did not come', () => {
	/** A guest who signed up and went before the answer: another visit with the cookies from before. */
	const left = async (userName: string) => {
		const guest = await Visit.guest(service);
		const { personId } = await guest.self();
		const again = new Visit(service);
		const held = guest.held('parley_session') ?? '';
		again.hold('parley_session', held);
		expect((await guest.signUp(userName)).code).toBe('OK');
		return { again, personId };
	};

	test('is repeated with the same name and password, from the same page or the next', async () => {
		for (const next of [false, true]) {
			const userName = freshName();
			const { again, personId } = await left(userName);
			if (next) {
				// The next page finds a new guest, who enters a room.
				expect((await again.self()).personId).not.toBe(personId);
				await again.ask('POST', `/api/rooms/${newRoomId()}/members`, { name: 'Ada' });
			}
			expect((await again.signUp(userName)).code).toBe('OK');
			expect(await again.self()).toMatchObject({ personId, account: { userName } });
			const { data } = await again.ask<{ rooms: number }>('GET', '/api/account');
			expect(data.rooms).toBe(next ? 1 : 0);
		}
	});

	test('is not repeated with another password, nor by anyone else', async () => {
		const userName = freshName();
		const { again } = await left(userName);
		await again.self();
		expect((await again.signUp(userName, 'another good password')).code).toBe('NAME_TAKEN');
		const other = await Visit.guest(service);
		expect((await other.signUp(userName)).code).toBe('NAME_TAKEN');
	});
});

describe('ACCOUNT-2: signing in', () => {
	test('needs the name, in whatever case, and the password', async () => {
		const { userName } = await Visit.account(service, freshName('Grace'));
		const browser = await Visit.guest(service);
		const before = await browser.self();
		const { data, code } = await browser.signIn(userName.toUpperCase());
		expect(code).toBe('OK');
		expect(data.account).toEqual({ userName });
		expect(data.personId).not.toBe(before.personId);
		expect(await browser.self()).toMatchObject({ account: { userName } });
	});

	test('is refused alike for a wrong password and for a name nobody has', async () => {
		const { userName } = await Visit.account(service);
		const browser = await Visit.guest(service);
		const answers = [
			await browser.signIn(userName, 'wrong password'),
			await browser.signIn(freshName('nobody'), 'wrong password'),
			await browser.signIn('n', ''),
		];
		const [first] = answers;
		for (const { status, error } of answers) {
			expect(status).toBe(403);
			expect(error).toEqual(first?.error);
			expect(error?.code).toBe('WRONG_CREDENTIALS');
		}
		expect((await browser.self()).account).toBeNull();
	});

	test('ACCOUNT-3: begins a new session: one that somebody planted is worth nothing after it', async () => {
		const { userName } = await Visit.account(service);
		const browser = await Visit.guest(service);
		const planted = browser.cookie;
		const tab = await cast.connect({ cookie: planted });
		await browser.signIn(userName);
		expect(browser.held('parley_session')).not.toBe(planted.split('=')[1]);
		const told = await tab.until('session:ended');
		expect(told.code).toBe('SIGNED_OUT');
		await eventually(() => !tab.socket.connected);
		const thief = new Visit(service);
		thief.hold('parley_session', planted.split(/=(.*)/s)[1] ?? '');
		expect((await thief.ask('GET', '/api/account')).code).toBe('UNAUTHENTICATED');
	});

	test('takes what the guest has along, if wanted', async () => {
		const { userName } = await Visit.account(service);
		const guest = await Visit.guest(service);
		const { personId } = await guest.self();
		const [roomId, other] = [newRoomId(), await Visit.guest(service)];
		await guest.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Guest' });
		await other.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Other' });
		await guest.ask('POST', `/api/rooms/${roomId}/messages`, { body: 'mine' });
		const listener = await cast.connect({ cookie: other.cookie });
		await listener.ask('chat:open', { roomId });
		const { data: account } = await guest.signIn(userName, goodPassword, { bring: true });
		const room = await guest.ask<{ you: unknown; members: unknown[] }>(
			'GET',
			`/api/rooms/${roomId}`,
		);
		expect(room.data.you).toMatchObject({ personId: account.personId, role: 'host' });
		expect(room.data.members).toHaveLength(2);
		const { data: page } = await other.ask('GET', `/api/rooms/${roomId}/messages`);
		expect(page).toMatchObject({ messages: [{ author: { personId: account.personId } }] });
		// Others see it at once.
		await listener.until(
			'chat:changed',
			({ message }) => message.author.personId === account.personId,
		);
		await listener.until('chat:member-removed', (told) => told.personId === personId);
		await listener.until('chat:member', ({ member }) => member.personId === account.personId);
	});

	test('leaves what the guest has, if not', async () => {
		const { userName } = await Visit.account(service);
		const guest = await Visit.guest(service);
		const roomId = newRoomId();
		await guest.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Guest' });
		await guest.signIn(userName);
		expect((await guest.ask('GET', `/api/rooms/${roomId}`)).code).toBe('NOT_MEMBER');
	});
});

describe('ACCOUNT-3: sessions', () => {
	test('are listed, and ended one by one', async () => {
		const account = await Visit.account(service);
		const phone = await Visit.guest(service, { 'user-agent': 'A phone' });
		await phone.signIn(account.userName);
		const listed = await account.sessions();
		expect(listed).toHaveLength(2);
		expect(listed.filter(({ current }) => current)).toHaveLength(1);
		const theirs = listed.find(({ device }) => device === 'A phone');
		expect(listed.map(({ active, current }) => active === current)).toEqual([true, true]);
		const socket = await cast.connect({ cookie: phone.cookie });
		await socket.join(cast.roomId);
		// A page of it is open now.
		expect((await account.sessions()).every(({ active }) => active)).toBe(true);
		const other = await cast.joined('Other');
		const end = (sessionId: unknown) =>
			account.ask('POST', '/api/account/sessions/end', { sessionId });
		expect((await end(theirs?.sessionId)).code).toBe('OK');
		expect((await socket.until('session:ended')).code).toBe('SIGNED_OUT');
		await eventually(() => !socket.socket.connected);
		// Nobody waits for somebody who was signed out.
		await other.until('peer:left');
		expect((await phone.ask('GET', '/api/account')).code).toBe('UNAUTHENTICATED');
		expect((await phone.ask('GET', '/api/rooms')).code).toBe('UNAUTHENTICATED');
		expect((await phone.self()).account).toBeNull();
		expect((await end(theirs?.sessionId)).code).toBe('NOT_FOUND');
		expect((await end(newSessionId())).code).toBe('NOT_FOUND');
		expect((await account.self()).account).not.toBeNull();
	});

	test('of others are not ended by guessing', async () => {
		const [mine, theirs] = [await Visit.account(service), await Visit.account(service)];
		const [session] = await theirs.sessions();
		const body = { sessionId: session?.sessionId };
		expect((await mine.ask('POST', '/api/account/sessions/end', body)).code).toBe('NOT_FOUND');
		expect((await theirs.self()).account).not.toBeNull();
	});

	test('end here, or everywhere', async () => {
		const account = await Visit.account(service);
		const [second, third] = [await Visit.guest(service), await Visit.guest(service)];
		await second.signIn(account.userName);
		await third.signIn(account.userName);
		await second.ask('POST', '/api/account/sign-out', {});
		expect((await second.self()).account).toBeNull();
		expect((await third.self()).account).not.toBeNull();
		const socket = await cast.connect({ cookie: third.cookie });
		await account.ask('POST', '/api/account/sign-out', { everywhere: true });
		await socket.until('session:ended');
		expect((await third.self()).account).toBeNull();
		expect((await account.self()).account).toBeNull();
		expect((await account.signIn(account.userName)).code).toBe('OK');
	});

	test('ACCOUNT-11: leave access tokens as they are, unless one signs out everywhere', async () => {
		const account = await Visit.account(service);
		const { data } = await account.ask<{ secret: string }>('POST', '/api/tokens', { name: 'x' });
		await account.ask('POST', '/api/account/sign-out', {});
		const script = new Visit(service, { authorization: `Bearer ${data.secret}` });
		expect((await script.ask('GET', '/api/rooms')).code).toBe('OK');
		await account.signIn(account.userName);
		await account.ask('POST', '/api/account/sign-out', { everywhere: true });
		expect((await script.ask('GET', '/api/rooms')).code).toBe('UNAUTHENTICATED');
	});
});

test('ACCOUNT-4: a new password ends other sessions, and needs the old one', async () => {
	const account = await Visit.account(service);
	const other = await Visit.guest(service);
	await other.signIn(account.userName);
	const change = (old: string | null, password: string) =>
		account.ask('POST', '/api/account/password', { old, new: password });
	expect((await change('wrong password', 'another good one')).code).toBe('WRONG_CREDENTIALS');
	expect((await change(null, 'another good one')).code).toBe('WRONG_CREDENTIALS');
	expect((await change(goodPassword, 'qwertyuiop')).code).toBe('WEAK_PASSWORD');
	expect((await change(goodPassword, 'another good one')).code).toBe('OK');
	expect((await account.self()).account).not.toBeNull();
	expect((await other.self()).account).toBeNull();
	expect((await other.signIn(account.userName)).code).toBe('WRONG_CREDENTIALS');
	expect((await other.signIn(account.userName, 'another good one')).code).toBe('OK');
	const guest = await Visit.guest(service);
	const refused = await guest.ask('POST', '/api/account/password', {
		old: null,
		new: goodPassword,
	});
	expect(refused.code).toBe('CONFLICT');
});

test('a profile is changed, for guests too', async () => {
	const guest = await Visit.guest(service);
	const { data } = await guest.ask('PATCH', '/api/account', { name: ' New ', colour: 4 });
	expect(data).toMatchObject({ name: 'New', colour: 4 });
	for (const wrong of [{ colour: 12 }, { colour: 'red' }, { name: '' }])
		expect((await guest.ask('PATCH', '/api/account', wrong)).code).toBe('BAD_REQUEST');
	await guest.ask('PATCH', '/api/account', { colour: null });
	expect(await guest.self()).toMatchObject({ name: 'New', colour: null, account: null });
});

describe('ACCOUNT-5: deleting oneself', () => {
	/** A room of somebody with an account, in which somebody else is too. */
	async function room() {
		const [account, other] = [await Visit.account(service), await Visit.guest(service)];
		const roomId = newRoomId();
		await account.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Host' });
		await other.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Other' });
		await account.ask('POST', `/api/rooms/${roomId}/messages`, { body: 'remember me' });
		return { account, other, roomId };
	}
	type Page = {
		messages: { author: { name: string }; content: { kind: string; body?: string } }[];
	};

	test('needs the password, and ends everything', async () => {
		const { account, roomId, other } = await room();
		const socket = await cast.connect({ cookie: account.cookie });
		const { data } = await account.ask<{ secret: string }>('POST', '/api/tokens', { name: 'x' });
		const before = account.cookie;
		const remove = (password: string | null) =>
			account.ask('POST', '/api/account/delete', { password, messages: 'keep' });
		expect((await remove('wrong password')).code).toBe('WRONG_CREDENTIALS');
		expect((await remove(null)).code).toBe('WRONG_CREDENTIALS');
		expect((await remove(goodPassword)).code).toBe('OK');
		await socket.until('session:ended');
		await expect(TestClient.connect(service, { cookie: before })).rejects.toMatchObject({
			data: { code: 'UNAUTHENTICATED' },
		});
		const script = new Visit(service, { authorization: `Bearer ${data.secret}` });
		expect((await script.ask('GET', '/api/rooms')).code).toBe('UNAUTHENTICATED');
		expect((await account.signIn(account.userName)).code).toBe('WRONG_CREDENTIALS');
		expect((await account.signUp(account.userName)).code).toBe('OK');
		// What they said stays under no name, and the room has a host.
		const page = await other.ask<Page>('GET', `/api/rooms/${roomId}/messages`);
		expect(page.data.messages).toMatchObject([
			{ author: { name: 'Deleted person' }, content: { body: 'remember me' } },
		]);
		expect((await other.ask('GET', `/api/rooms/${roomId}`)).data).toMatchObject({
			you: { role: 'host' },
			members: [{ name: 'Other' }],
		});
	});

	test('takes what they said along, if wanted, and others see it at once', async () => {
		const { account, roomId, other } = await room();
		const listener = await cast.connect({ cookie: other.cookie });
		await listener.ask('chat:open', { roomId });
		await account.ask('POST', '/api/account/delete', {
			password: goodPassword,
			messages: 'remove',
		});
		await listener.until('chat:changed', ({ message }) => message.content.kind === 'deleted');
		await listener.until('chat:member', ({ member }) => member.role === 'host');
		const found = await other.ask<Page>('GET', `/api/rooms/${roomId}/search?q=remember`);
		expect(found.data.messages).toEqual([]);
	});

	test('is for guests too, who have no password', async () => {
		const guest = await Visit.guest(service);
		const before = await guest.self();
		const body = { password: null, messages: 'remove' };
		expect((await guest.ask('POST', '/api/account/delete', body)).code).toBe('OK');
		expect((await guest.self()).personId).not.toBe(before.personId);
	});
});

test('everything that is kept about somebody can be downloaded', async () => {
	const account = await Visit.account(service);
	const roomId = newRoomId();
	await account.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Me' });
	for (let i = 0; i < 250; i++)
		await account.ask('POST', `/api/rooms/${roomId}/messages`, { body: `line ${i}` });
	const response = await account.fetch('/api/account/data');
	expect(response.headers.get('content-disposition')).toContain('attachment');
	const text = await response.text();
	const data = JSON.parse(text) as Record<string, unknown> & { messages: { body: string }[] };
	expect(data).toMatchObject({
		profile: { userName: account.userName },
		rooms: [{ roomId, role: 'host' }],
	});
	expect(data.messages.filter(({ body }) => body.startsWith('line'))).toHaveLength(250);
	expect(text).not.toContain('scrypt');
	const stranger = new Visit(service);
	expect((await stranger.ask('GET', '/api/account/data')).code).toBe('UNAUTHENTICATED');
});
