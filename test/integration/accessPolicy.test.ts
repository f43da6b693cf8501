import { describe, expect, test, vi } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { freshName, goodPassword, Visit } from '../support/account.ts';
import { call, meet, opened, talking } from '../support/calls.ts';
import { eventually, TestClient, type Cast } from '../support/client.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

// Hashes are slow to make.
vi.setConfig({ testTimeout: 60_000 });

const boss = freshName('boss');

describe('ACCOUNT-7: where guests may join but not make rooms', () => {
	let service: Service;
	let cast: Cast;
	withService((on) => ({ service, cast } = on), { accounts: { required: 'rooms' } });

	test('they do not enter one that nobody has made, by whatever way', async () => {
		const guest = await Visit.guest(service);
		expect((await guest.self()).required).toBe('rooms');
		const client = await cast.connect({ cookie: guest.cookie });
		const { roomId } = cast;
		expect(await client.codeOf('lobby:enter', { roomId })).toBe('SIGN_IN_REQUIRED');
		expect(await client.codeOf('chat:enter', { roomId, name: 'Guest' })).toBe('SIGN_IN_REQUIRED');
		const entered = await guest.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Guest' });
		expect(entered).toMatchObject({ status: 403, code: 'SIGN_IN_REQUIRED' });
	});

	test('CALL-14: they call nobody into a room of their own, and may in those of people with an account', async () => {
		const [ann, ben] = await acquaintedInHosted(service, cast);
		const { host } = ann;
		const roomId = newRoomId();
		await expect(call(ben, ann, { roomId })).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
		expect(await ben.client.codeOf('lobby:enter', { roomId })).toBe('SIGN_IN_REQUIRED');
		expect(ann.client.told('call:ringing')).toEqual([]);
		// Whoever has an account calls guests, who then may add somebody else.
		const rung = await talking(ann, ben);
		const zoe = await opened(cast, 'Zoe');
		await meet(cast, zoe);
		const added = await call(ben, zoe, { roomId: rung.roomId });
		await zoe.client.until('call:ringing');
		await zoe.client.ask('call:accept', { ringId: added.ringId });
		await zoe.client.join(rung.roomId, 'Zoe');
		host.close();
	});

	test('and join those of people with an account, also when they are empty', async () => {
		const account = await Visit.account(service);
		const host = await cast.connect({ cookie: account.cookie });
		await host.join(cast.roomId, 'Host');
		const guest = await cast.joined('Guest');
		expect(guest.told('room:ended')).toEqual([]);
		// Who joined is written down behind the call's back.
		await eventually(async () => {
			const { data } = await account.ask<{ you?: { role: string } }>(
				'GET',
				`/api/rooms/${cast.roomId}`,
			);
			return data.you?.role === 'host';
		});
		await host.ask('room:leave', {});
		await guest.ask('room:leave', {});
		await eventually(async () => (await service.app.rooms.find(cast.roomId)) === null);
		await cast.joined('Another');
	});
});

/** Somebody with an account and a guest, who have met in the account's room. */
async function acquaintedInHosted(service: Service, cast: Cast) {
	const account = await Visit.account(service);
	const host = await cast.connect({ cookie: account.cookie });
	await host.join(cast.roomId, 'Ann');
	const ann = await opened(cast, 'Ann', account.cookie);
	const ben = await opened(cast, 'Ben');
	await meet(cast, ben);
	return [{ ...ann, host }, ben] as const;
}

describe('ACCOUNT-7: where everybody has to sign in', () => {
	let service: Service;
	withService((on) => ({ service } = on), { accounts: { required: 'joining' } });

	test('guests get no connection and no answer, and accounts do', async () => {
		const guest = await Visit.guest(service);
		await expect(TestClient.connect(service, { cookie: guest.cookie })).rejects.toMatchObject({
			data: { code: 'SIGN_IN_REQUIRED' },
		});
		expect((await guest.ask('GET', '/api/rooms')).code).toBe('SIGN_IN_REQUIRED');
		expect((await guest.signUp(freshName())).code).toBe('OK');
		const client = await TestClient.connect(service, { cookie: guest.cookie });
		await client.join(newRoomId(), 'Account');
		client.close();
	});
});

describe('ACCOUNT-8: administrators and the suspended', () => {
	let service: Service;
	let cast: Cast;
	withService((on) => ({ service, cast } = on), { accounts: { administrators: [boss] } });

	test('an administrator is whoever has the name', async () => {
		const { accountStatus } = service.app;
		expect(await accountStatus.bind()).toEqual([{ name: boss, state: 'free' }]);
		const administrator = await Visit.account(service, boss);
		expect(await accountStatus.bind()).toEqual([{ name: boss, state: 'known' }]);
		expect((await administrator.self()).administrator).toBe(true);
		const { personId } = await administrator.self();
		expect(await accountStatus.isAdministrator(personId)).toBe(true);
		const other = await Visit.account(service);
		expect((await other.self()).administrator).toBe(false);
		expect(await accountStatus.isAdministrator((await other.self()).personId)).toBe(false);
	});

	test('whoever is suspended is told so at once, and wherever they come', async () => {
		const { accountStatus } = service.app;
		const account = await Visit.account(service);
		const { personId } = await account.self();
		const socket = await cast.connect({ cookie: account.cookie });
		await socket.join(cast.roomId);
		const other = await cast.joined('Other');
		const { data } = await account.ask<{ secret: string }>('POST', '/api/tokens', { name: 'x' });
		const until = Date.parse('2099-01-02T03:04:05Z');
		await accountStatus.suspend(personId, { until, reason: 'Spam.' });
		const told = await socket.until('session:ended');
		expect(told).toEqual({
			code: 'SUSPENDED',
			message: "You're suspended from this server until 2099-01-02 03:04 UTC. The reason: Spam.",
		});
		await other.until('peer:left');
		await expect(TestClient.connect(service, { cookie: account.cookie })).rejects.toMatchObject({
			data: { code: 'SUSPENDED' },
		});
		const script = new Visit(service, { authorization: `Bearer ${data.secret}` });
		expect(await script.ask('GET', '/api/rooms')).toMatchObject({ status: 403, code: 'SUSPENDED' });
		expect((await account.ask('GET', '/api/rooms')).code).toBe('SUSPENDED');
		expect(await account.self()).toMatchObject({ suspended: { until, reason: 'Spam.' } });
		const browser = await Visit.guest(service);
		expect((await browser.signIn(account.userName)).code).toBe('SUSPENDED');
		// A wrong password learns nothing of it.
		const wrong = await browser.signIn(account.userName, 'wrong password');
		expect(wrong.code).toBe('WRONG_CREDENTIALS');
		// What is theirs they may have, and go.
		expect((await account.fetch('/api/account/data')).status).toBe(200);
		await accountStatus.suspend(personId, null);
		expect((await account.ask('GET', '/api/rooms')).code).toBe('OK');
		await accountStatus.suspend(personId, { until: Date.now() - 1, reason: 'Over.' });
		expect((await account.ask('GET', '/api/rooms')).code).toBe('OK');
		await accountStatus.suspend(personId, { until, reason: '' });
		const body = { password: goodPassword, messages: 'remove' };
		expect((await account.ask('POST', '/api/account/delete', body)).code).toBe('OK');
	});
});
