import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../sfu/platform/config.ts';
import { configSchema } from '../../../sfu/platform/configSchema.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-config-'));
let files = 0;
function load(content: unknown, env: NodeJS.ProcessEnv = {}) {
	const path = join(folder, `${files++}.json`);
	writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
	return loadConfig(path, env);
}

const defaults = v.parse(configSchema, {});

test('an empty file gives the defaults', () => {
	expect(load({})).toEqual(defaults);
});

test('comments and the schema of editors are not settings', () => {
	expect(load({ $schema: 'x', '//': 'y', http: { '//port': 'z' } })).toEqual(defaults);
});

describe('variables', () => {
	test.each([
		['PARLEY_HTTP_PORT', '3111', { http: { port: 3111 } }],
		['PARLEY_MEDIA_PORT', '41000', { media: { port: 41000 } }],
		[
			'PARLEY_MEDIA_ANNOUNCEDADDRESS',
			'203.0.113.7',
			{ media: { announcedAddress: ['203.0.113.7'] } },
		],
		[
			'PARLEY_MEDIA_ANNOUNCED_ADDRESS',
			'192.168.1.2, meet.example.org,2001:db8::5',
			{ media: { announcedAddress: ['192.168.1.2', 'meet.example.org', '2001:db8::5'] } },
		],
		[
			'PARLEY_MEDIA_ANNOUNCEDADDRESS',
			'["192.168.1.2", "203.0.113.7"]',
			{ media: { announcedAddress: ['192.168.1.2', '203.0.113.7'] } },
		],
		['PARLEY_DATA_DIR', '12', { data: { dir: '12' } }],
		['PARLEY_SITE_PRIVACYURL', '/privacy', { site: { privacyUrl: '/privacy' } }],
		[
			'PARLEY_SITE_IMPRINTURL',
			'https://a.example/imprint',
			{ site: { imprintUrl: 'https://a.example/imprint' } },
		],
		['PARLEY_DATA_DATABASEURL', 'postgres://a/b', { data: { databaseUrl: 'postgres://a/b' } }],
		['PARLEY_HTTP_TRUSTPROXY', 'true', { http: { trustProxy: true } }],
		['PARLEY_HTTP_TRUSTPROXY', 'True', { http: { trustProxy: true } }],
		['PARLEY_HTTP_TRUSTPROXY', '1', { http: { trustProxy: true } }],
		['PARLEY_HTTP_TRUSTPROXY', '0', { http: { trustProxy: false } }],
		['PARLEY_HTTP_TRUSTPROXY', '2', { http: { trustProxy: 2 } }],
		['PARLEY_HTTP_TRUST_PROXY', '["10.0.0.0/8"]', { http: { trustProxy: ['10.0.0.0/8'] } }],
		['PARLEY_HTTP_ORIGINS', '["https://a.example"]', { http: { origins: ['https://a.example'] } }],
		[
			'PARLEY_HTTP_ORIGINS',
			'https://a.example, https://b.example',
			{ http: { origins: ['https://a.example', 'https://b.example'] } },
		],
	])('%s=%s', (name, value, expected) => {
		expect(load({}, { [name]: value })).toMatchObject(expected);
	});

	test('name settings within settings, with or without underscores', () => {
		const file = { media: { turn: { urls: ['turn:a.example'], secret: 'of the file' } } };
		expect(load(file, { PARLEY_MEDIA_TURN_SECRET: 'x' }).media.turn).toEqual({
			urls: ['turn:a.example'],
			secret: 'x',
		});
		const env = {
			PARLEY_MEDIA_TURNURLS: 'turn:b.example, turns:b.example:443',
			PARLEY_MEDIA_TURNSECRET: 'y',
		};
		expect(load(file, env).media.turn).toEqual({
			urls: ['turn:b.example', 'turns:b.example:443'],
			secret: 'y',
		});
	});

	test('win over the file, key by key', () => {
		const config = load({ http: { port: 1, address: '127.0.0.1' } }, { PARLEY_HTTP_PORT: '2' });
		expect(config.http).toMatchObject({ port: 2, address: '127.0.0.1' });
	});
});

describe('what is wrong is named', () => {
	test.each([
		[{ htpp: {} }, {}, 'htpp is not a setting'],
		[{ http: { prot: 1 } }, {}, 'http.prot is not a setting'],
		[{ http: 3 }, {}, 'http must be an object'],
		[{ http: { port: 70000 } }, {}, 'http.port must be a whole number from 0 to 65535'],
		[{ http: { port: '3000' } }, {}, 'http.port must be'],
		[{ media: { pagesPort: 444 } }, {}, 'media.pagesPort must be 0, 80, 443 or above 1023'],
		[{ http: { origins: ['nonsense'] } }, {}, 'http.origins.0 must be origins'],
		[{ http: { basePath: 'meet' } }, {}, 'http.basePath must be empty, or a path such as "/meet"'],
		[{ http: { basePath: '/' } }, {}, 'http.basePath must be'],
		[{ http: { basePath: '/meet/' } }, {}, 'http.basePath must be'],
		[{ http: { basePath: '//example.org' } }, {}, 'http.basePath must be'],
		[{ http: { basePath: '/a/../b' } }, {}, 'http.basePath must be'],
		[{}, { PARLEY_HTTP_BASEPATH: 'https://example.org/meet' }, 'http.basePath must be'],
		[
			{ http: { acme: { domains: ['meet'] } } },
			{},
			'http.acme.domains.0 must be a full name of a host such as "meet.example.org"',
		],
		[{ http: { acme: { domains: ['*.example.org'] } } }, {}, 'http.acme.domains.0 must be a full'],
		[{ http: { acme: { domains: ['192.0.2.1'] } } }, {}, 'http.acme.domains.0 must be a full'],
		[{}, { PARLEY_HTTP_ACME_DOMAINS: 'https://example.org' }, 'http.acme.domains.0 must be a full'],
		[{ http: { acme: { contact: 'mailto:a@example.org' } } }, {}, 'http.acme.contact must be'],
		[{ http: { acme: { directory: 'http://x.example' } } }, {}, 'http.acme.directory must be an'],
		[{ http: { acme: { port: 0 } } }, {}, 'http.acme.port must be a whole number'],
		[{ media: { port: 0 } }, {}, 'media.port must be'],
		[{ media: { listenAddress: 'localhost' } }, {}, 'media.listenAddress must be empty or an IP'],
		[{ media: { workers: -1 } }, {}, 'media.workers must be'],
		[{ media: { iceServers: [{ url: 'stun:x' }] } }, {}, 'media.iceServers.0.url'],
		[
			{ media: { iceServers: [{ urls: ['stun:x', 'turn:x'], username: 'u' }] } },
			{},
			'media.iceServers.0 has a TURN server without username and credential',
		],
		[{ media: { turn: { urls: ['turn:x'] } } }, {}, 'media.turn needs both'],
		[{ media: { turn: { secret: 'x' } } }, {}, 'media.turn needs both'],
		[{}, { PARLEY_MEDIA_TURN_SECRET: 'x' }, 'media.turn needs both'],
		[{ media: { turn: 'turn:x' } }, {}, 'media.turn must be an object'],
		[{ media: { turn: 'turn:x' } }, { PARLEY_MEDIA_TURN_SECRET: 'x' }, 'media.turn must be'],
		[{ media: { turn: { url: 'turn:x' } } }, {}, 'media.turn.url is not a setting'],
		[{ media: { turn: { urls: ['https://x'], secret: 'x' } } }, {}, 'media.turn.urls.0 must be an'],
		[{ media: { turn: { urls: ['turn:x:y'], secret: 'x' } } }, {}, 'media.turn.urls.0 must be an'],
		[{ rooms: { graceSeconds: 1.5 } }, {}, 'rooms.graceSeconds must be'],
		[{ log: { level: 'loud' } }, {}, 'log.level must be "debug"'],
		[
			{},
			{ PARLEY_TRACING_ENDPOINT: 'localhost:4318' },
			'tracing.endpoint must be empty, or an address that begins with http:// or https://',
		],
		[{ tracing: { serviceName: '' } }, {}, 'tracing.serviceName must not be empty'],
		[{ tracing: { percent: 0 } }, {}, 'tracing.percent must be a whole number from 1 to 100'],
		[
			{ site: { privacyUrl: 'http://a.example/' } },
			{},
			'site.privacyUrl must be empty, an address',
		],
		[{ site: { privacyUrl: 'privacy' } }, {}, 'site.privacyUrl must be empty'],
		[{ site: { imprintUrl: '//a.example/' } }, {}, 'site.imprintUrl must be empty'],
		[{ site: { imprintUrl: 'javascript:x' } }, {}, 'site.imprintUrl must be empty'],
		[{ site: { imprintUrl: 'https://' } }, {}, 'site.imprintUrl must be empty'],
		[{ data: { databaseUrl: 'mysql://x' } }, {}, 'data.databaseUrl must be empty or begin with'],
		[{}, { PARLEY_DATA_DATABASEURL: 'x' }, 'data.databaseUrl must be empty or begin with'],
		[{ data: 'x' }, { PARLEY_DATA_DIR: 'y' }, 'data must be an object'],
		[[], {}, 'one JSON object'],
		['{', {}, 'is not valid JSON'],
		[{}, { PARLEY_HTTP_PORT: 'many' }, 'PARLEY_HTTP_PORT is not valid'],
		[{}, { PARLEY_HTTP_PORT: '1e9' }, 'http.port must be'],
	])('%j with %j', (content, env, message) => {
		expect(() => load(content, env)).toThrow(message);
	});
});

describe('the announced addresses', () => {
	test.each([
		['', []],
		[[], []],
		['203.0.113.5', ['203.0.113.5']],
		['203.0.113.5, 2001:db8::5', ['203.0.113.5', '2001:db8::5']],
		[
			['media.example.org', ' 10.0.0.2 ', '10.0.0.2'],
			['media.example.org', '10.0.0.2'],
		],
		['localhost,media_1.example.org.', ['localhost', 'media_1.example.org.']],
	])('of %j are %j', (announcedAddress, expected) => {
		expect(load({ media: { announcedAddress } }).media.announcedAddress).toEqual(expected);
	});

	test.each([
		['https://meet.example.org', 'which is a URL'],
		['meet.example.org/', 'which is a URL'],
		['203.0.113.5:40000', 'which has a port'],
		['meet.example.org:40000', 'which has a port'],
		['[2001:db8::5]:40000', 'which has a port'],
		['203.0.113.5 2001:db8::5', 'which has a blank in it'],
		['meet .example.org', 'which has a blank in it'],
		['203.0.113', 'which is neither an IP address nor a host name'],
		['203.0.113.256', 'which is neither'],
		['[2001:db8::5]', 'which is neither'],
		['2001:db8::5::1', 'which is neither'],
		['-meet.example.org', 'which is neither'],
		['meet..example.org', 'which is neither'],
		['0.0.0.0', 'to which nothing can be sent'],
		['::', 'to which nothing can be sent'],
		['255.255.255.255', 'to which nothing can be sent'],
		['ff02::1', 'to which nothing can be sent'],
		['fe80::1', 'which means something on one link'],
		['fe80::1%eth0', 'which means something on one link'],
		['::ffff:203.0.113.5', 'which is an IPv4 address in the form of IPv6'],
	])('stop the start with %j, in a sentence that names key and value', (wrong, why) => {
		for (const announcedAddress of [wrong, ['203.0.113.5', wrong]])
			expect(() => load({ media: { announcedAddress } })).toThrow(
				`media.announcedAddress has "${wrong}", ${why}`,
			);
		expect(() => load({}, { PARLEY_MEDIA_ANNOUNCEDADDRESS: `203.0.113.5,${wrong}` })).toThrow(why);
	});

	test('are eight at most, and no numbers', () => {
		const many = Array.from({ length: 9 }, (_, index) => `203.0.113.${index + 1}`);
		expect(() => load({ media: { announcedAddress: many } })).toThrow('more than 8 addresses');
		expect(() => load({ media: { announcedAddress: 7 } })).toThrow(
			'media.announcedAddress must be an address or a list',
		);
	});
});

describe('B-12: variables that are no settings', () => {
	test.each([
		['PARLEY_PORT', 'tcp://10.0.0.7:3000'],
		['PARLEY_PORT_3000_TCP', 'tcp://10.0.0.7:3000'],
		['PARLEY_PORT_3000_TCP_PROTO', 'tcp'],
		['PARLEY_SERVICE_HOST', '10.0.0.7'],
		['PARLEY_SERVICE_PORT', '3000'],
		['PARLEY_HTTP_PORT', 'tcp://10.0.0.7:3000'],
		['PARLEY_METRICS_PORT', 'tcp://[fd00::7]:9090'],
		['PARLEY_HTTP_PROT', '1'],
		['PARLEY_HTTP', '1'],
	])('%s=%s is left out, with a warning that names it', (name, value) => {
		const warnings: string[] = [];
		expect(loadConfig(undefined, { [name]: value }, (words) => warnings.push(words))).toEqual(
			defaults,
		);
		expect(warnings).toEqual([expect.stringContaining(`${name} is not a setting`)]);
		expect(warnings[0]).not.toContain(value === '1' ? '=1' : value);
	});

	test.each(['PARLEY_HTTP_PORT', 'PARLEY_DATA_DATABASEURL', 'PARLEY_DATA_DIR', 'PARLEY_UNKNOWN'])(
		'an empty %s is not set',
		(name) => {
			const warn = (words: string) => expect.fail(words);
			for (const value of ['', ' '])
				expect(loadConfig(undefined, { [name]: value }, warn)).toEqual(defaults);
		},
	);

	test.each(['PARLEY_SYSTEM_PACKAGES', 'PARLEY_WORKER_SHA256'])(
		'%s is for the set-up, and nothing is said of it',
		(name) => {
			const warn = (words: string) => expect.fail(words);
			expect(loadConfig(undefined, { [name]: 'never' }, warn)).toEqual(defaults);
		},
	);
});

describe('A-L7: a value that is wrong is not printed', () => {
	const secret = 'hunter2-turn-credential';
	test.each([
		[{}, { PARLEY_MEDIA_ICESERVERS: `[{"urls":"turn:x","credential":"${secret}"` }],
		[{}, { PARLEY_MEDIA_ICESERVERS: `"${secret}"` }],
		[{}, { PARLEY_MEDIA_ICESERVERS: `["${secret}"]` }],
		[{}, { PARLEY_HTTP_PORT: secret }],
		[{}, { PARLEY_DATA_DATABASEURL: `mysql://x:${secret}@y` }],
		[{}, { PARLEY_LOG_LEVEL: secret }],
		[{}, { PARLEY_EMBED_SECRET: secret }],
		[{}, { PARLEY_MEDIA_TURN_SECRET: secret }],
		[{}, { PARLEY_MEDIA_TURN_URLS: secret }],
		[{}, { PARLEY_METRICS_TOKEN: `${secret} ` + 'x' }],
		[`{"oidc":{"clientSecret": ${secret}}}`, {}],
		[`{"oidc":{"clientSecret": "${secret}}}`, {}],
		[{ http: secret }, {}],
		[{ accounts: { administrators: secret } }, {}],
		[{ media: { iceServers: [{ urls: 'turn:x', credential: [secret] }] } }, {}],
		[{ media: { iceServers: { credential: secret } } }, {}],
	])('of %j with %j', (content, env) => {
		const failure = () => load(content, env);
		expect(failure).toThrow(/http|media|data|log|embed|metrics|accounts|JSON/i);
		for (const part of [secret, secret.slice(0, 7)]) expect(failure).not.toThrow(part);
	});
});

describe('the files for operators say what the program does', () => {
	test('config.example.json has every key with its default and meaning', async () => {
		const example: Record<string, unknown> = { $schema: './config.schema.json' };
		for (const [section, { wrapped }] of Object.entries(configSchema.entries)) {
			const values = defaults[section as keyof typeof defaults] as Record<string, unknown>;
			example[section] = Object.fromEntries(
				Object.entries(wrapped.entries).flatMap(([key, schema]) => [
					[`//${key}`, v.getDescription(schema)],
					[key, values[key]],
				]),
			);
		}
		await expect(`${JSON.stringify(example, null, '\t')}\n`).toMatchFileSnapshot(
			'../../../config.example.json',
		);
		expect(load(example)).toEqual(defaults);
	});

	test('config.schema.json lets editors help', async () => {
		const schema = toJsonSchema(configSchema, { errorMode: 'ignore', typeMode: 'input' });
		const comments = { '^//': { description: 'A comment.' } };
		const sections = Object.values(schema.properties ?? {}).filter(
			(section) => typeof section === 'object',
		);
		for (const section of sections) Object.assign(section, { patternProperties: comments });
		Object.assign(schema, { patternProperties: comments });
		Object.assign(schema.properties ?? {}, { $schema: { type: 'string' } });
		await expect(`${JSON.stringify(schema, null, '\t')}\n`).toMatchFileSnapshot(
			'../../../config.schema.json',
		);
	});
});
