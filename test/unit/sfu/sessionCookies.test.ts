import { describe, expect, test } from 'vitest';
import { newPersonId, newSessionId } from '../../../shared/ids.ts';
import { SessionCookies } from '../../../sfu/people/identity/sessionCookies.ts';

const sessions = new SessionCookies('a secret of the tests');
const day = 24 * 60 * 60 * 1000;
const cookieOf = (header: string) => header.split(';')[0] ?? '';

const someone = () => ({ personId: newPersonId(), sessionId: newSessionId() });

const [https, http] = [{ secure: true }, { secure: false }];

describe('the session cookie', () => {
	test('says who it was given to', () => {
		const identity = someone();
		const header = sessions.issue(https, identity);
		expect(sessions.identify(`theme=dark; ${cookieOf(header)}`)).toMatchObject(identity);
		expect(header).toContain('HttpOnly');
		expect(header).toContain('Secure');
		expect(header).toContain('SameSite=Lax');
		expect(sessions.issue(http, identity)).not.toContain('Secure');
	});

	test('ACCOUNT-10: within a page of another site belongs to that site alone, and needs HTTPS', () => {
		const framed = sessions.issue({ secure: true, framed: true }, someone(), Date.now(), 60);
		for (const part of ['SameSite=None', 'Secure', 'Partitioned', 'Max-Age=60'])
			expect(framed).toContain(part);
		const plain = sessions.issue({ secure: false, framed: true }, someone());
		expect(plain).toContain('SameSite=Lax');
		expect(plain).not.toContain('Partitioned');
	});

	test('ends after 400 days', () => {
		const now = Date.now();
		const cookie = cookieOf(sessions.issue(https, someone(), now));
		expect(sessions.identify(cookie, now + 399 * day)).not.toBeNull();
		expect(sessions.identify(cookie, now + 401 * day)).toBeNull();
	});

	test('is none of the others', () => {
		const own = cookieOf(sessions.issueOwn(https, someone()));
		const device = cookieOf(sessions.issueDevice(https, newPersonId()));
		expect(sessions.identify(`${own}; ${device}`)).toBeNull();
		expect(sessions.identify(device.replace('parley_device', 'parley_session'))).toBeNull();
		expect(sessions.ownOf(own)).not.toBeNull();
		expect(sessions.deviceOf(device)).not.toBeNull();
		expect(sessions.issueOwn(https, null)).toContain('Max-Age=0');
	});

	const good = cookieOf(sessions.issue(https, someone()));
	test.each([
		['none', undefined],
		['an empty one', ''],
		['no signature', good.replace(/\.[^.]+$/, '')],
		// Another letter than there is, whichever that is.
		['a changed person', good.replace(/=(.)/, (_, first) => (first === '_' ? '=-' : '=_'))],
		['a changed time', good.replace(/(\d)\./, (_, last) => (last === '9' ? '8.' : '9.'))],
		[
			'a signature of another secret',
			cookieOf(new SessionCookies('another').issue(https, someone())),
		],
		['something else', 'parley_session=%E0%A4%A'],
	])('%s is nobody', (_what, cookie) => {
		expect(sessions.identify(cookie)).toBeNull();
	});
});
