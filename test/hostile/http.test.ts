import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll } from 'vitest';
import { newFileId, newRoomId } from '../../shared/ids.ts';
import { Person } from '../support/person.ts';
import { cookieFrom, requestBytes, Wire, type Header } from '../support/wire.ts';
import { oddValue, repeated, written, type Repeated } from './odd.ts';
import { underAttack } from './run.ts';
import { Target } from './target.ts';

const target = new Target();
beforeAll(() => target.ready());
afterAll(() => target.close());

const build = join(import.meta.dirname, '../../web/build');
/** The addresses of the files that pages are made of. */
const files = readdirSync(join(build, '_app'), { recursive: true, encoding: 'utf8' })
	.filter((name) => /\.\w+$/.test(name) && !/\.(?:br|gz)$/.test(name))
	.map((name) => `/_app/${name}`);

const routes = [
	...[
		'/',
		'/next',
		'/login',
		'/room/a-room',
		'/room/a-room/chat',
		'/new',
		'/200.html',
		'/robots.txt',
	],
	...['/healthz', '/readyz', '/metrics', '/socket.io/', '/socket.io/?EIO=4&transport=polling'],
	...['/api/session', '/api/session/token', '/api/account', '/api/account/sign-up'],
	...[
		'/api/account/sign-in',
		'/api/account/sign-out',
		'/api/account/sessions',
		'/api/account/data',
	],
	...['/api/account/delete', '/api/account/password', '/api/account/oidc/start'],
	...['/api/account/oidc/callback?code=x&state=y', '/api/tokens', `/api/tokens/${newFileId()}`],
	...[
		'/api/rooms',
		'/api/rooms/a-room',
		'/api/rooms/a-room/members',
		'/api/rooms/a-room/retention',
	],
	...['/api/rooms/a-room/messages', '/api/rooms/a-room/messages?before=1&limit=2&wait=0'],
	...['/api/rooms/a-room/changes?revision=0', '/api/rooms/a-room/search?query=a'],
	...['/api/rooms/a-room/export', '/api/rooms/a-room/read', '/api/match/start', '/api/match/send'],
	...['/api/match/receive', '/api/match/next', '/api/match/report', '/api/match/disconnect'],
	...['/api/admin/overview', '/api/admin/reports', '/api/admin/people?query=a', '/api/warnings'],
	...['/api/files', `/api/files/${newFileId()}`, `/api/files/${newFileId()}/info`],
];

/** An address with what nobody wrote by hand. */
type Path = { base: string; more: string; long?: Repeated };
const path: fc.Arbitrary<Path> = fc.record(
	{
		base: fc.oneof(
			{ weight: 3, arbitrary: fc.constantFrom(...routes) },
			{ weight: 1, arbitrary: fc.constantFrom(...files) },
			{
				weight: 1,
				arbitrary: fc.constantFrom(
					...[
						'//',
						'//evil.example/',
						'/..',
						'/.',
						'/%2e%2e/%2e%2e/etc/passwd',
						'/_app/../../secret',
					],
					...[
						'*',
						'http://evil.example/',
						'x',
						'/\\',
						'/%5c',
						'/room/',
						'/room//chat',
						'/api',
						'/_app/',
					],
				),
			},
		),
		more: fc.oneof(
			{ weight: 2, arbitrary: fc.constant('') },
			{
				weight: 3,
				arbitrary: fc.constantFrom(
					...[
						'%',
						'%00',
						'%E0%A4%A',
						'%zz',
						'/..',
						'/../..',
						'//',
						'/.',
						'\\',
						'?',
						'#',
						'?%',
						'??&&==',
					],
					...[
						'?a[b]=c',
						'?a[]=1&a[]=2',
						'?limit=-1',
						'?limit=1e999',
						'?before=1.5',
						'?with=x&with=y',
					],
					...[
						'?query=%00',
						'?query=%',
						'?wait=999999',
						'?__proto__[x]=1',
						'.br',
						'.gz',
						'/x',
						'%2f',
						'\u00e9',
					],
				),
			},
		),
		long: repeated(8_000, ['a', '/', '%', '.', '%2e%2e/', '?', '&a=', '[', '-']),
	},
	{ requiredKeys: ['base', 'more'] },
);

const pathOf = ({ base, more, long }: Path) =>
	(base + more + (long ? written(long) : '')).replaceAll(/[\s"]/g, '+');

const range = fc.constantFrom(
	...[
		'bytes=0-',
		'bytes=5-2',
		'bytes=-5',
		'bytes=0-0',
		'bytes=999999999-',
		'bytes=-',
		'bytes=a-b',
		'bytes=',
	],
	...[
		'bytes=0-1,3-4',
		'bytes=-0',
		'items=0-5',
		'bytes=0-99999999999999999999',
		'bytes=1e2-5',
		'0-5',
		'',
	],
);
const header: fc.Arbitrary<Header> = fc.oneof(
	fc.tuple(fc.constant('Range'), range),
	fc.tuple(
		fc.constantFrom('Cookie', 'cookie'),
		fc.constantFrom(
			...[
				'parley_session=',
				'parley_session=s%3A',
				'parley_session=%',
				'parley_session=s:a.b',
				';;;',
				'=',
			],
			...[
				'parley_session=a; parley_session=b',
				'__proto__=x',
				`parley_session=${'x'.repeat(4_000)}`,
			],
		),
	),
	fc.tuple(
		fc.constantFrom(
			'X-Forwarded-For',
			'X-Forwarded-Proto',
			'X-Forwarded-Host',
			'Forwarded',
			'X-Real-IP',
		),
		fc.constantFrom(
			'',
			'127.0.0.1',
			'::1',
			'x',
			',,,',
			'1.2.3.4, 5.6.7.8',
			'for="[::1]:x"',
			'https,http',
		),
	),
	fc.tuple(
		fc.constantFrom('Origin', 'Referer'),
		fc.constantFrom('null', 'http://evil.example', 'x', 'http://', 'http://[', 'file://', 'data:,'),
	),
	fc.tuple(
		fc.constantFrom('Accept', 'Accept-Encoding', 'Accept-Language'),
		fc.constantFrom(
			'',
			'*',
			'*/*;q=x',
			'identity',
			'br;q=0,gzip',
			'text/html',
			',,,;;',
			'a/b;'.repeat(500),
		),
	),
	fc.tuple(
		fc.constantFrom(
			'If-None-Match',
			'If-Modified-Since',
			'If-Range',
			'If-Match',
			'Expect',
			'TE',
			'Via',
		),
		fc.constantFrom(
			'',
			'*',
			'W/"',
			'"x"',
			'Thu, 99 Xyz 0000',
			'100-continue',
			'200-ok',
			'trailers',
		),
	),
	fc.tuple(
		fc.constantFrom(
			'Content-Type',
			'Content-Encoding',
			'Content-Length',
			'Transfer-Encoding',
			'Trailer',
		),
		fc.constantFrom(
			...[
				'',
				'application/json',
				'application/json; charset=x',
				'text/plain',
				'multipart/form-data',
				'gzip',
			],
			...['br', 'x', '0', '1', '5', '-1', '99999999999', 'chunked', 'chunked, chunked', 'Host'],
		),
	),
	fc.tuple(
		fc.constantFrom(
			'Authorization',
			'Host',
			'Upgrade',
			'Connection',
			'User-Agent',
			'Sec-Fetch-Site',
		),
		fc.constantFrom(
			'',
			'Bearer',
			'Bearer x',
			'Basic eDp5',
			'evil.example',
			'a:b:c',
			'websocket',
			'h2c',
			'Upgrade',
		),
	),
	fc.tuple(
		fc.constantFrom('X-Odd', 'Accept', 'Host'),
		fc.constantFrom('a'.repeat(20_000), '\u0001', 'é', '\tx'),
	),
	fc.tuple(fc.constantFrom('', ' ', 'X Y', 'X:Y', '\u0000'), fc.constant('x')),
);

type Body = { json: unknown } | { text: string } | { deep: number } | { long: Repeated };
const body: fc.Arbitrary<Body> = fc.oneof(
	oddValue.map((json) => ({ json })),
	fc
		.dictionary(
			fc.constantFrom(
				...[
					'name',
					'userName',
					'password',
					'body',
					'messageId',
					'token',
					'roomId',
					'retention',
					'interests',
				],
				...[
					'agree',
					'mode',
					'clientId',
					'matchId',
					'until',
					'seq',
					'reason',
					'sessions',
					'tokenId',
				],
			),
			fc.oneof(
				oddValue,
				fc.constantFrom<unknown>('Somebody', 'a password that is long', { kind: 'days' }),
			),
		)
		.map((json) => ({ json })),
	fc
		.constantFrom('', '{', '{"a":', '[', 'a=b', '\u0000', '5\r\nhello\r\n0\r\n\r\n')
		.map((text) => ({ text })),
	fc.constantFrom(100, 5_000, 30_000).map((deep) => ({ deep })),
	repeated(60_000, ['a', '.', ' ', 'é']).map((long) => ({ long })),
);

function bodyOf(body: Body): string {
	if ('json' in body) return JSON.stringify(body.json);
	if ('text' in body) return body.text;
	if ('deep' in body) return '[{"a":'.repeat(body.deep) + '0' + '}]'.repeat(body.deep);
	return JSON.stringify({ name: written(body.long), body: written(body.long) });
}

type Asked = {
	method: string;
	path: Path;
	headers: Header[];
	body: Body | null;
	/** Whether the cookie of a guest comes along. */
	cookie: boolean;
};
const asked: fc.Arbitrary<Asked> = fc.record({
	method: fc.oneof(
		{ weight: 6, arbitrary: fc.constant('GET') },
		{
			weight: 5,
			arbitrary: fc.constantFrom(
				...[
					'POST',
					'POST',
					'PUT',
					'DELETE',
					'HEAD',
					'OPTIONS',
					'PATCH',
					'TRACE',
					'CONNECT',
					'get',
					'X',
				],
			),
		},
	),
	path,
	headers: fc.array(header, { maxLength: 4 }),
	body: fc.option(body),
	cookie: fc.boolean(),
});

/** Requests on one connection, and how they are sent. */
type Visit = {
	requests: Asked[];
	/** Whole, in pieces with pauses, or broken off after so many bytes (or at the end, where there are fewer). */
	sent: 'whole' | 'pieces' | { brokenOffAt: number };
};
const visit: fc.Arbitrary<Visit> = fc.record({
	requests: fc.array(asked, { minLength: 1, maxLength: 5 }),
	sent: fc.oneof(
		fc.constant<'whole'>('whole'),
		fc.constant<'whole'>('whole'),
		fc.constant<'pieces'>('pieces'),
		fc.record({ brokenOffAt: fc.nat({ max: 400 }) }),
	),
});

function bytesOf({ method, path, headers, body }: Asked, cookie: string): Buffer {
	const content = body ? bodyOf(body) : '';
	const own: Header[] = [['Host', new URL(target.url).host]];
	if (cookie) own.push(['Cookie', cookie]);
	if (content) {
		own.push(['Content-Type', 'application/json']);
		own.push(['Content-Length', `${Buffer.byteLength(content)}`]);
	}
	// A header of the attack takes the place of the one that was in order.
	const given = new Set(headers.map(([name]) => name.toLowerCase()));
	const kept = own.filter(([name]) => !given.has(name.toLowerCase()));
	return requestBytes(method, pathOf(path), [...kept, ...headers], content);
}

async function carryOut({ requests, sent }: Visit, index: number): Promise<void> {
	const from = target.from(index);
	const cookie = requests.some((one) => one.cookie) ? await cookieFrom(target.url, from) : '';
	const bytes = Buffer.concat(requests.map((one) => bytesOf(one, one.cookie ? cookie : '')));
	const wire = await Wire.open(target.url, from);
	if (sent === 'whole') {
		wire.send(bytes);
		await wire.until((heard) => heard.split('HTTP/1.1 ').length > requests.length, 150);
	} else if (sent === 'pieces') {
		const size = Math.ceil(bytes.length / 8);
		for (let at = 0; at < bytes.length; at += size) {
			wire.send(bytes.subarray(at, at + size));
			await wire.until(() => false, 10);
		}
	} else wire.send(bytes.subarray(0, sent.brokenOffAt));
	wire.reset();
}

underAttack(
	'requests',
	'no HTTP request harms the service, its workers, or anybody else',
	visit,
	(batch) =>
		target.survives(async () => {
			await Promise.all(batch.map(carryOut));
		}),
	() => target.settles(),
);

/** Something large that is asked for many times and not taken; `uploaded` is a file in a chat. */
type Refusal = {
	path: string;
	times: number;
	headers: Header[];
	takes: 'nothing' | 'little';
	/** How long the connection stays after that, in ms. */
	stays: number;
};
const uploaded = 'uploaded';
const refusal: fc.Arbitrary<Refusal> = fc.record({
	path: fc.oneof(
		{ weight: 3, arbitrary: fc.constantFrom(...files, '/', '/room/a-room', '/metrics') },
		{ weight: 1, arbitrary: fc.constant(uploaded) },
	),
	times: fc.constantFrom(1, 3, 12, 40),
	headers: fc.constantFrom<Header[]>(
		[],
		[['Accept-Encoding', 'identity']],
		[['Range', 'bytes=1-']],
		[['Range', 'bytes=5-2']],
	),
	takes: fc.constantFrom('nothing', 'little'),
	stays: fc.constantFrom(0, 2, 50),
});

/** A file in a chat, and whose cookie reads it. */
type Uploaded = { path: string; cookie: string };

async function upload(): Promise<Uploaded> {
	const cookie = await cookieFrom(target.url, target.from());
	const person = await Person.of(target.service, cookie);
	const roomId = newRoomId();
	await person.enter(roomId, 'Attacker');
	const { fileId } = await person.upload(roomId, Buffer.alloc(2 * 1024 * 1024));
	return { path: `/api/files/${fileId}`, cookie };
}

async function refuse(
	{ path, times, headers, takes, stays }: Refusal,
	own: Uploaded,
	index: number,
): Promise<void> {
	const wire = await Wire.open(target.url, target.from(index));
	if (takes === 'nothing') wire.deafen();
	const cookie: Header[] = path === uploaded ? [['Cookie', own.cookie]] : [];
	const asked = path === uploaded ? own.path : path;
	const bytes = requestBytes('GET', asked, [['Host', 'localhost'], ...cookie, ...headers]);
	for (let time = 0; time < times; time++) wire.send(bytes);
	if (takes === 'little') await wire.until((heard) => heard.length > 0, 500);
	await wire.until(() => false, stays);
	wire.reset();
}

underAttack(
	'downloads',
	'A-C2: no download that is broken off leaves anything open, or is called an error',
	refusal,
	(batch) =>
		target.survives(async () => {
			const own = await upload();
			await Promise.all(batch.map((one, index) => refuse(one, own, index)));
		}),
	() => target.settles(),
);
