import { describe, expect, test } from 'vitest';
import { goodPassword, Visit } from '../support/account.ts';
import { inCall } from '../support/people.ts';
import { eventually, type Cast } from '../support/client.ts';
import type { Service } from '../support/service.ts';
import { Stranger } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on), { accounts: { administrators: ['root'] } });

/** Somebody with an account in one browser, and as a guest in another one. */
async function twice() {
	const [account, guest] = [await Visit.account(service), await Visit.guest(service)];
	const [{ personId }, before] = [await account.self(), await guest.self()];
	return {
		account,
		guest,
		personId,
		guestId: before.personId,
		/** The guest signs in, and brings along what they have. */
		merge: async () => {
			const { code } = await guest.signIn(account.userName, goodPassword, { bring: true });
			expect(code).toBe('OK');
		},
	};
}

/** The reports that wait for an administrator. */
async function openReports(admin: Visit) {
	type Listed = {
		reports: { reportId: string; matchId: string; reported: { personId: string } }[];
	};
	return (await admin.ask<Listed>('GET', '/api/admin/reports')).data.reports;
}

describe('ACCOUNT-21: what a guest brings to an account', () => {
	test('is a removal, too: the account is out of the room at once, with its chat', async () => {
		const { account, guest, merge, personId } = await twice();
		const host = await inCall(cast, 'Host');
		const asGuest = await inCall(cast, 'Guest', { cookie: guest.cookie });
		const asAccount = await inCall(cast, 'Account', { cookie: account.cookie });
		await asAccount.client.ask('chat:open', { roomId: cast.roomId });
		await host.client.ask('host:remove', { personId: asGuest.you.personId });
		await merge();
		expect(await asAccount.client.until('room:ended')).toMatchObject({ code: 'REMOVED' });
		expect(await asAccount.client.until('chat:ended')).toMatchObject({ code: 'REMOVED' });
		await host.client.until('peer:left', ({ peerId }) => peerId === asAccount.you.peerId);
		const again = await cast.connect({ cookie: account.cookie });
		const { admission } = await again.ask('lobby:enter', { roomId: cast.roomId });
		expect(admission).toBe('removed');
		// There is one person to let in again, and that works.
		const { people: removed } = await host.client.ask('host:removed', {});
		expect(removed.map((one) => one.personId)).toEqual([personId]);
		await host.client.ask('host:allow', { personId });
		await again.join(cast.roomId, 'Account');
	});

	test('is a block, too: the match with whom the guest blocked ends for both', async () => {
		const { account, guest, merge } = await twice();
		const ben = await Stranger.enter(cast);
		const asGuest = await Stranger.enter(cast, 'text', guest.cookie);
		await ben.start();
		await asGuest.start();
		const { matchId } = await asGuest.partner();
		await asGuest.client.ask('match:block', { matchId });
		await asGuest.client.ask('match:stop', {});
		const asAccount = await Stranger.enter(cast, 'text', account.cookie);
		await asAccount.start();
		const met = await asAccount.partner();
		await ben.partner(1);
		await merge();
		for (const { client } of [ben, asAccount]) {
			const ended = await client.until('match:ended', (told) => told.matchId === met.matchId);
			expect(ended.why).toBe('next');
		}
		// They wait, and do not meet again.
		expect(await asAccount.client.ask('match:next', { matchId: met.matchId })).toEqual({
			waiting: 2,
		});
		for (const { client } of [ben, asAccount]) await client.ask('match:leave', {});
	});

	test('ends what the guest did by plain HTTP, and the other one is free', async () => {
		const { guest, merge } = await twice();
		await guest.ask('POST', '/api/match/start', { mode: 'text', agree: 1 });
		const ben = await Stranger.enter(cast);
		await ben.start();
		const { matchId } = await ben.partner();
		await merge();
		await ben.client.until('match:ended', (told) => told.matchId === matchId);
		await ben.client.ask('match:leave', {});
	});

	test('is what others say of the guest from then on', async () => {
		const { guest, merge, personId } = await twice();
		const ben = await Stranger.enter(cast);
		const asGuest = await Stranger.enter(cast, 'text', guest.cookie);
		await ben.start();
		await asGuest.start();
		const { matchId } = await ben.partner();
		await merge();
		await ben.client.until('match:ended');
		await ben.client.ask('match:report', { matchId, reason: 'hate', words: '', block: true });
		const admin = await Visit.account(service, 'root');
		const [report] = await openReports(admin);
		expect(report).toMatchObject({ matchId, reported: { personId } });
		const { people: blocked } = await ben.client.ask('people:blocked', {});
		expect(blocked.map((one) => one.personId)).toEqual([personId]);
		await ben.client.ask('match:leave', {});
	});
});

test('ACCOUNT-23: an administrator who suspends a guest that became an account suspends the account', async () => {
	const { account, guest, guestId, merge } = await twice();
	// Who was here is found by administrators.
	await cast.connect({ cookie: guest.cookie });
	const root = new Visit(service);
	await root.self();
	await root.signIn('root');
	await merge();
	const until = Date.now() + 60_000;
	const path = `/api/admin/people/${guestId}`;
	expect((await root.ask('POST', path, { action: 'suspend', words: 'x', until })).code).toBe('OK');
	// Of several nodes, another one may answer: it hears of it a moment later.
	await eventually(async () => (await account.self()).suspended?.until === until);
	await root.ask('POST', path, { action: 'lift', words: '' });
	await eventually(async () => (await account.self()).suspended === null);
});

describe('ACCOUNT-19: nobody', () => {
	test('reports themselves, met as a guest in another browser', async () => {
		const { account, guest, merge } = await twice();
		const asGuest = await Stranger.enter(cast, 'text', guest.cookie);
		const asAccount = await Stranger.enter(cast, 'text', account.cookie);
		await asGuest.start();
		await asAccount.start();
		const { matchId } = await asAccount.partner();
		await merge();
		await asAccount.client.until('match:ended');
		const about = { matchId, reason: 'spam', words: '', block: false } as const;
		expect(await asAccount.client.codeOf('match:report', about)).toBe('NOT_ALLOWED');
		await asAccount.client.ask('match:leave', {});
	});

	test('suspends themselves by a report about them, which waits on', async () => {
		const root = new Visit(service);
		await root.self();
		await root.signIn('root');
		const asRoot = await Stranger.enter(cast, 'text', root.cookie);
		const ben = await Stranger.enter(cast);
		await asRoot.start();
		await ben.start();
		const { matchId } = await ben.partner();
		await ben.client.ask('match:report', { matchId, reason: 'spam', words: 'x', block: false });
		const suspend = { action: 'suspend', words: 'Me.', until: Date.now() + 60_000 };
		const waiting = async () => (await openReports(root)).find((one) => one.matchId === matchId);
		const path = `/api/admin/reports/${(await waiting())?.reportId ?? ''}`;
		expect((await root.ask('POST', path, suspend)).code).toBe('NOT_ALLOWED');
		expect(await waiting()).toBeDefined();
		expect((await root.ask('POST', path, { action: 'dismiss' })).code).toBe('OK');
		for (const { client } of [ben, asRoot]) await client.ask('match:leave', {});
	});
});
