import { describe, expect, test } from 'vitest';
import { newPersonId, newSessionId } from '../../../shared/ids.ts';
import { Sessions } from '../../../sfu/people/session.ts';
import { isOriginAllowed } from '../../../sfu/people/origin.ts';

const sessions = new Sessions('a secret of the tests');
const day = 24 * 60 * 60 * 1000;
const cookieOf = (header: string) => header.split(';')[0] ?? '';

const someone = () => ({ personId: newPersonId(), sessionId: newSessionId() });

describe('the session cookie', () => {
	test('says who it was given to', () => {
		const identity = someone();
		const { header } = sessions.issue(true, identity);
		expect(sessions.identify(`theme=dark; ${cookieOf(header)}`)).toEqual(identity);
		expect(sessions.read(cookieOf(header))).toBe(identity.personId);
		expect(header).toContain('HttpOnly');
		expect(header).toContain('Secure');
		expect(sessions.issue(false).header).not.toContain('Secure');
	});

	test('ends after 400 days', () => {
		const now = Date.now();
		const cookie = cookieOf(sessions.issue(true, someone(), now).header);
		expect(sessions.read(cookie, now + 399 * day)).not.toBeNull();
		expect(sessions.read(cookie, now + 401 * day)).toBeNull();
	});

	const good = cookieOf(sessions.issue(true).header);
	test.each([
		['none', undefined],
		['an empty one', ''],
		['no signature', good.replace(/\.[^.]+$/, '')],
		['a changed person', good.replace(/=./, '=_')],
		['a changed time', good.replace(/\.\d/, '.9')],
		['a signature of another secret', cookieOf(new Sessions('another').issue(true).header)],
		['something else', 'parley_session=%E0%A4%A'],
	])('%s is nobody', (_what, cookie) => {
		expect(sessions.read(cookie)).toBeNull();
	});
});

describe('R2: origins', () => {
	test.each([
		[undefined, 'meet.example:3000', undefined, true],
		['http://meet.example:3000', 'meet.example:3000', undefined, true],
		['http://meet.example', 'meet.example:3000', undefined, false],
		['https://evil.example', 'meet.example', undefined, false],
		['https://meet.example.evil.example', 'meet.example', undefined, false],
		['null', 'meet.example', undefined, false],
		['', '', undefined, false],
		['https://named.example', 'meet.example', undefined, true],
		['https://outside.example', 'inside:3000', 'outside.example', true],
		['https://inside:3000', 'inside:3000', 'outside.example', false],
	])('%j at host %j, forwarded %j: %s', (origin, host, forwarded, allowed) => {
		expect(isOriginAllowed({ origin, host }, forwarded, ['https://named.example'])).toBe(allowed);
	});
});
