import { expect, test, vi } from 'vitest';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { goodPassword, Visit } from '../support/account.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

// Hashes are slow to make, and these tests need many.
vi.setConfig({ testTimeout: 120_000 });

let service: Service;
withService((on) => ({ service } = on), {});

/** Another tab of the same browser, which goes its own way from here. */
function tabOf(visit: Visit): Visit {
	const tab = new Visit(service);
	tab.hold('parley_session', visit.held('parley_session') ?? '');
	return tab;
}

async function guestIn(...rooms: RoomId[]): Promise<Visit> {
	const guest = await Visit.guest(service);
	for (const roomId of rooms) {
		await guest.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Guest' });
		await guest.ask('POST', `/api/rooms/${roomId}/messages`, { body: 'mine' });
	}
	return guest;
}

const hasRoom = async (visit: Visit, roomId: RoomId) =>
	(await visit.ask('GET', `/api/rooms/${roomId}`)).code === 'OK';

test('ACCOUNT-3: a guest who signs in to two accounts at the same moment is one of them afterwards', async () => {
	const accounts = [await Visit.account(service), await Visit.account(service)];
	for (let round = 0; round < 3; round++) {
		const roomId = newRoomId();
		const guest = await guestIn(roomId);
		const tabs = [tabOf(guest), tabOf(guest)];
		await Promise.all(
			tabs.map((tab, i) => tab.signIn(accounts[i]?.userName ?? '', goodPassword, { bring: true })),
		);
		const owners = await Promise.all(accounts.map((account) => hasRoom(account, roomId)));
		expect(owners.filter(Boolean)).toHaveLength(1);
		expect(await hasRoom(guest, roomId)).toBe(false);
	}
});

test('ACCOUNT-3: a guest who signs in twice at the same moment is the account, once', async () => {
	const account = await Visit.account(service);
	const roomId = newRoomId();
	const guest = await guestIn(roomId);
	const tabs = [tabOf(guest), tabOf(guest), tabOf(guest)];
	const answers = await Promise.all(
		tabs.map((tab) => tab.signIn(account.userName, goodPassword, { bring: true })),
	);
	expect(answers.map(({ code }) => code)).not.toContain('INTERNAL');
	expect(answers.some(({ code }) => code === 'OK')).toBe(true);
	const room = await account.ask<{ members: unknown[]; you: unknown }>(
		'GET',
		`/api/rooms/${roomId}`,
	);
	expect(room.data.members).toHaveLength(1);
	expect(room.data.you).toMatchObject({ role: 'host' });
});

test('ACCOUNT-3: a guest who signs up and in at the same moment loses nothing', async () => {
	for (let round = 0; round < 3; round++) {
		const account = await Visit.account(service);
		const roomId = newRoomId();
		const guest = await guestIn(roomId);
		const [up, into] = [tabOf(guest), tabOf(guest)];
		const [signedUp, signedIn] = await Promise.all([
			up.signUp(`${account.userName}x`),
			into.signIn(account.userName, goodPassword, { bring: true }),
		]);
		expect([signedUp.code, signedIn.code]).not.toContain('INTERNAL');
		const owners = [
			signedUp.code === 'OK' && (await hasRoom(up, roomId)),
			await hasRoom(account, roomId),
		];
		expect(owners.filter(Boolean)).toHaveLength(1);
		// Whoever was told that they have an account has it.
		if (signedUp.code === 'OK') expect((await up.self()).account).not.toBeNull();
	}
});

test('ACCOUNT-5: what somebody says while they delete themselves is gone too', async () => {
	for (let round = 0; round < 5; round++) {
		const account = await Visit.account(service);
		const roomId = newRoomId();
		await account.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Somebody' });
		const other = await Visit.guest(service);
		await other.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Other' });
		const { data } = await account.ask<{ secret: string }>('POST', '/api/tokens', { name: 'x' });
		const script = new Visit(service, { authorization: `Bearer ${data.secret}` });
		const going = account.ask('POST', '/api/account/delete', {
			...{ password: goodPassword, messages: 'remove' },
		});
		const gone = { yes: false };
		void going.finally(() => (gone.yes = true));
		const said = [];
		while (!gone.yes) {
			said.push(script.ask('POST', `/api/rooms/${roomId}/messages`, { body: 'still here' }));
			await new Promise((resolve) => setTimeout(resolve, 3));
		}
		expect((await going).code).toBe('OK');
		const codes = new Set((await Promise.all(said)).map(({ code }) => code));
		expect([...codes]).not.toContain('INTERNAL');
		const page = await other.ask<{ messages: { author: { name: string } }[] }>(
			'GET',
			`/api/rooms/${roomId}/messages?limit=200`,
		);
		expect(JSON.stringify(page.data)).not.toContain('still here');
		expect(JSON.stringify(page.data)).not.toContain('Somebody');
		const { data: room } = await other.ask<{ members: unknown[] }>('GET', `/api/rooms/${roomId}`);
		expect(room.members).toHaveLength(1);
	}
});

test('ACCOUNT-3: the session before is over at once, whoever asks with it while the person signs in again', async () => {
	const account = await Visit.account(service);
	const old = new Visit(service);
	old.hold('parley_session', account.held('parley_session') ?? '');
	const { sessions } = service.app.store;
	const end = sessions.end.bind(sessions);
	vi.spyOn(sessions, 'end').mockImplementationOnce(async (...which) => {
		expect((await old.ask('GET', '/api/rooms')).code).toBe('OK');
		return end(...which);
	});
	expect((await account.signIn(account.userName)).code).toBe('OK');
	expect((await old.ask('GET', '/api/rooms')).code).toBe('UNAUTHENTICATED');
});
