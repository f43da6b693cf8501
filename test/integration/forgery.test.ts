import { sign } from 'cookie-signature';
import { expect, test, vi } from 'vitest';
import { newPersonId, newSessionId } from '../../shared/ids.ts';
import { Visit } from '../support/account.ts';
import { TestClient } from '../support/client.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

// Hashes are slow to make.
vi.setConfig({ testTimeout: 60_000 });

let service: Service;
withService((on) => ({ service } = on), {});

const seconds = () => Math.floor(Date.now() / 1000);

test('CONN-1: cookies that were made up, changed or exchanged stand for nobody', async () => {
	const account = await Visit.account(service);
	const guest = await Visit.guest(service);
	const { personId } = await account.self();
	const [{ sessionId } = { sessionId: newSessionId() }] = await account.sessions();
	const own = decodeURIComponent(guest.held('parley_session') ?? '');
	const [content = '', signature = ''] = own.split(/\.(?=[^.]*$)/);
	const theirs = `${personId}.${sessionId}.${seconds()}`;
	const forged: Record<string, string> = {
		'without a signature': theirs,
		'with an empty signature': `${theirs}.`,
		'with the signature of another cookie': `${theirs}.${signature}`,
		'with a secret that was guessed': sign(theirs, 'secret'),
		'with an empty secret': sign(theirs, 'undefined'),
		'with one letter of the person changed': `${content.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}.${signature}`,
		'with a longer life': `${content.replace(/\d+$/, (at) => String(Number(at) + 1))}.${signature}`,
		'that marks a browser': decodeURIComponent(account.held('parley_device') ?? ''),
		'of nobody': sign(`${newPersonId()}.${newSessionId()}.${seconds()}`, 'x'),
		'that is long': 'x'.repeat(4000),
		'that is no text': '\u0000%00..;{}[]',
		'that is empty': '',
	};
	for (const [what, value] of Object.entries(forged)) {
		const thief = new Visit(service);
		thief.hold('parley_session', encodeURIComponent(value));
		expect((await thief.ask('GET', '/api/account')).code, what).toBe('UNAUTHENTICATED');
		expect((await thief.ask('GET', '/api/rooms')).code, what).toBe('UNAUTHENTICATED');
		await expect(TestClient.connect(service, { cookie: thief.cookie }), what).rejects.toMatchObject(
			{ data: { code: 'UNAUTHENTICATED' } },
		);
		expect(await thief.self(), what).toMatchObject({ account: null, roomId: null });
	}
	// The account's own session in the place of one that was put aside, or of a sign-in that is under way.
	for (const name of ['parley_own', 'parley_sign_in', 'parley_device']) {
		const thief = new Visit(service);
		thief.hold(name, account.held('parley_session') ?? '');
		await thief.fetch('/settings', { headers: { accept: 'text/html' } });
		expect((await thief.self()).account, name).toBeNull();
	}
	expect((await account.self()).personId).toBe(personId);
});
