import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { isOwnPage } from '../../../sfu/platform/origin.ts';

const origin = 'https://meet.example.org';
const odd = 'https://meet.example.org:8443';

describe('CONN-2, B-19: behind a trusted proxy a page is ours', () => {
	test.each<[string, IncomingHttpHeaders]>([
		['with the whole host', { origin: odd, host: 'meet.example.org:8443' }],
		['with a host without its port', { origin: odd, host: 'meet.example.org' }],
		['with the usual port', { origin, host: 'meet.example.org:443' }],
		['with capitals', { origin, host: 'Meet.Example.ORG' }],
		[
			'by X-Forwarded-Host',
			{ origin, host: '127.0.0.1:3000', 'x-forwarded-host': 'meet.example.org' },
		],
		[
			'by X-Forwarded-Host twice',
			{ origin, host: 'parley:3000', 'x-forwarded-host': 'meet.example.org, meet.example.org' },
		],
		[
			'by a list of X-Forwarded-Host',
			{ origin, host: 'parley', 'x-forwarded-host': 'Meet.example.org , inner.example' },
		],
		[
			'by X-Forwarded-Host and X-Forwarded-Port',
			{
				origin: odd,
				host: 'parley',
				'x-forwarded-host': 'meet.example.org',
				'x-forwarded-port': '8443',
			},
		],
		[
			'by Host and X-Forwarded-Port',
			{ origin: odd, host: 'meet.example.org', 'x-forwarded-port': '8443' },
		],
		[
			'by a host with a port, and another X-Forwarded-Port',
			{
				origin: odd,
				host: 'parley',
				'x-forwarded-host': 'meet.example.org:443',
				'x-forwarded-port': '8443, 80',
			},
		],
		[
			'by Forwarded',
			{ origin, host: 'parley', forwarded: 'for=192.0.2.1;host=meet.example.org;proto=https' },
		],
		[
			'by Forwarded in quotes',
			{
				origin: odd,
				host: 'parley',
				forwarded: 'For="[2001:db8::1]:4711"; Host="meet.example.org:8443"',
			},
		],
		[
			'by Forwarded with escapes in quotes',
			{ origin: odd, host: 'parley', forwarded: String.raw`host="meet\.example.org:8443";by=_x` },
		],
		[
			'of HTTPS, where a proxy behind says HTTP',
			{ origin, host: 'meet.example.org', 'x-forwarded-proto': 'http' },
		],
		[
			'of HTTP, where not all proxies were asked by HTTPS',
			{
				origin: 'http://meet.example.org',
				host: 'meet.example.org',
				'x-forwarded-proto': 'http, https',
			},
		],
		[
			'by a list of Forwarded',
			{ origin, host: 'parley', forwarded: 'for=192.0.2.1, for=10.0.0.1;host=meet.example.org' },
		],
		['by an address of IPv6', { origin: 'http://[2001:db8::1]:3000', host: '[2001:DB8::1]:3000' }],
		[
			'by what the browser says',
			{ origin, host: '127.0.0.1:3000', 'sec-fetch-site': 'same-origin' },
		],
	])('%s', (_what, headers) => {
		expect(isOwnPage(headers, true, [])).toBe(true);
	});

	test.each<[string, IncomingHttpHeaders]>([
		['of another site', { origin: 'https://evil.example', host: 'meet.example.org' }],
		['of a site below', { origin: 'https://a.meet.example.org', host: 'meet.example.org' }],
		['of nowhere', { origin: 'null', host: 'meet.example.org' }],
		['with the host of the service behind', { origin, host: '127.0.0.1:3000' }],
		['of another port', { origin: odd, host: 'meet.example.org:8444' }],
		[
			'of another port by X-Forwarded-Port',
			{ origin: odd, host: 'meet.example.org', 'x-forwarded-port': '8444' },
		],
		[
			'of the host of the service behind',
			{ origin: 'https://inside:3000', host: 'inside:3000', 'x-forwarded-host': 'outside.example' },
		],
		[
			'that came without HTTPS where the proxy was asked by HTTPS',
			{
				origin: 'http://meet.example.org',
				host: 'meet.example.org',
				'x-forwarded-proto': 'https',
			},
		],
		[
			'that came without HTTPS, as Forwarded says',
			{ origin: 'http://meet.example.org', forwarded: 'host=meet.example.org;proto=HTTPS' },
		],
		[
			'with a host in the quotes of something else',
			{ origin, host: 'parley', forwarded: 'for="_a;host=meet.example.org", for=_b' },
		],
		['with nonsense', { origin, host: ']:[', 'x-forwarded-host': ',,"' }],
		['without a host', { origin }],
	])('but not one %s', (_what, headers) => {
		expect(isOwnPage(headers, true, [])).toBe(false);
	});
});

describe('CONN-2: without a trusted proxy', () => {
	test.each<[IncomingHttpHeaders, boolean]>([
		[{ origin, host: 'meet.example.org' }, true],
		[{ origin, host: 'MEET.example.org:443' }, true],
		[{ origin: odd, host: 'meet.example.org' }, false],
		[{ origin: 'https://meet.example.org.evil.example', host: 'meet.example.org' }, false],
		[{ origin: '', host: '' }, false],
		[{ origin: 'null', host: 'meet.example.org' }, false],
		[{ origin, host: '127.0.0.1:3000', 'x-forwarded-host': 'meet.example.org' }, false],
		[{ origin, host: '127.0.0.1:3000', forwarded: 'host=meet.example.org' }, false],
		[{ origin: 'https://friends.example', host: 'x' }, true],
		[{ origin: 'https://FRIENDS.example', host: 'x' }, true],
		[{ host: 'x' }, true],
		[{ host: 'x', 'sec-fetch-site': 'none' }, true],
		[{ host: 'x', 'sec-fetch-site': 'same-site' }, false],
		[{ host: 'x', 'sec-fetch-site': 'cross-site' }, false],
		[{ origin: 'https://evil.example', host: 'x', 'sec-fetch-site': 'same-site' }, false],
	])('%j: %j', (headers, isOwn) => {
		expect(isOwnPage(headers, false, ['https://friends.example/'])).toBe(isOwn);
	});
});
