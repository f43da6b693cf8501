import { generate } from 'selfsigned';
import { describe, expect, test } from 'vitest';
import { judgeAddresses } from '../../../../sfu/doctor/addresses.ts';
import { judgeCertificate } from '../../../../sfu/doctor/certificate.ts';
import { judgeClock } from '../../../../sfu/doctor/clock.ts';
import { unstartable } from '../../../../sfu/doctor/findings.ts';
import {
	judgeDescriptors,
	judgeDisk,
	judgeNode,
	judgeReceiveBuffers,
} from '../../../../sfu/doctor/machine.ts';
import { judgeMedia } from '../../../../sfu/doctor/media.ts';
import { judgeScheme } from '../../../../sfu/doctor/page.ts';
import { judgeRedis } from '../../../../sfu/doctor/redis.ts';
import { judgeBackup } from '../../../../sfu/doctor/store.ts';
import { judgeRefusal, turnAddress } from '../../../../sfu/doctor/turn.ts';
import { StartError } from '../../../../sfu/platform/startError.ts';

const day = 24 * 60 * 60 * 1000;

test('a StartError is taken apart into what is wrong and what to do', () => {
	const taken = new StartError('Media port 1 is taken by another program. Stop it, or move.');
	expect(unstartable(taken, 'Look.')).toEqual({
		state: 'failed',
		seen: 'Media port 1 is taken by another program.',
		fix: 'Stop it, or move.',
	});
	expect(unstartable(new StartError('http.key is missing.'), 'Look.').fix).toBe('Look.');
	expect(unstartable(new Error('no'), 'Look.')).toMatchObject({ seen: 'no.', fix: 'Look.' });
});

test('another major version of Node is a warning', () => {
	expect(judgeNode('26.3.0', '26.10.0').state).toBe('ok');
	expect(judgeNode('24.3.0', '26.10.0').state).toBe('warning');
});

test.each([
	[99, 'failed'],
	[511, 'warning'],
	[513, 'ok'],
])('%i MB of free space are judged as %s', (free, state) => {
	expect(judgeDisk(free, 512, '/data').state).toBe(state);
});

test('descriptors are enough when limits.sockets fit', () => {
	expect(judgeDescriptors(50_000, { connections: 0, sockets: 20_000 }).state).toBe('ok');
	expect(judgeDescriptors(20_000, { connections: 0, sockets: 20_000 }).state).toBe('warning');
	const bounded = judgeDescriptors(50_000, { connections: 100, sockets: 20_000 });
	expect(bounded).toMatchObject({ state: 'warning' });
	expect(bounded.fix).toContain('limits.connections');
});

test('UDP packets that a full buffer dropped are a warning when they are many', () => {
	const snmp = (received: number, dropped: number) =>
		`Ip: Forwarding\nIp: 1\nUdp: InDatagrams NoPorts RcvbufErrors\nUdp: ${received} 0 ${dropped}\n`;
	expect(judgeReceiveBuffers(snmp(1_000_000, 10))?.state).toBe('ok');
	expect(judgeReceiveBuffers(snmp(1_000_000, 2_000))?.state).toBe('warning');
	expect(judgeReceiveBuffers('')).toBeNull();
});

test('a backup is judged by its age', () => {
	expect(judgeBackup(null, day, '/backups').state).toBe('warning');
	expect(judgeBackup(0, 6 * day, '/backups').state).toBe('ok');
	expect(judgeBackup(0, 8 * day, '/backups').state).toBe('warning');
});

test('clocks may differ by a few seconds', () => {
	expect(judgeClock(2_000, 'the page').state).toBe('ok');
	expect(judgeClock(-60_000, 'the page').seen).toContain('60 s ahead of that of the page');
	expect(judgeClock(60_000, 'the page').seen).toContain('60 s behind that of the page');
});

describe('a certificate', () => {
	const now = Date.parse('2026-06-01T00:00:00Z');
	const until = async (days: number) =>
		(
			await generate([{ name: 'commonName', value: 'meet.example.org' }], {
				...{ keyType: 'ec', curve: 'P-256' },
				notBeforeDate: new Date(now - 30 * day),
				notAfterDate: new Date(now + days * day),
				extensions: [
					{ name: 'subjectAltName', altNames: [{ type: 2, value: 'meet.example.org' }] },
				],
			})
		).cert;

	test('that has ended has failed, and one that soon ends is a warning', async () => {
		expect(judgeCertificate(await until(-1), now, null).state).toBe('failed');
		expect(judgeCertificate(await until(5), now, null).state).toBe('warning');
		expect(judgeCertificate(await until(60), now, null).state).toBe('ok');
		expect(judgeCertificate(await until(60), now - 40 * day, null).state).toBe('failed');
	});

	test('for another host has failed', async () => {
		expect(judgeCertificate(await until(60), now, 'meet.example.org').state).toBe('ok');
		expect(judgeCertificate(await until(60), now, 'example.org').state).toBe('failed');
	});
});

describe('announced addresses', () => {
	const own = new Set(['10.0.0.5']);

	test('that are private have failed where the page is public', () => {
		expect(judgeAddresses(['10.0.0.5'], true, own, ['8.8.8.8']).state).toBe('failed');
		expect(judgeAddresses(['10.0.0.5'], true, own, ['10.0.0.5']).state).toBe('ok');
		expect(judgeAddresses(['8.8.8.8'], true, own, ['8.8.8.8']).state).toBe('ok');
	});

	test('that nobody configured are a warning where all are private', () => {
		expect(judgeAddresses(['10.0.0.5'], false, own, null).state).toBe('warning');
		expect(judgeAddresses(['10.0.0.5'], true, own, null).state).toBe('ok');
	});

	test('without IPv6 are a warning where the page has it', () => {
		const page = ['8.8.8.8', '2606:4700::1'];
		expect(judgeAddresses(['8.8.8.8'], true, own, page).state).toBe('warning');
	});
});

describe('media', () => {
	const path = (address: string, port: number, answered: boolean) => ({
		...{ address, port, answered },
		protocol: 'udp' as const,
	});

	test('at an address of this machine that does not answer has failed', () => {
		const [found] = judgeMedia([path('10.0.0.5', 40_000, false)], new Set(['10.0.0.5']));
		expect(found).toMatchObject({ state: 'failed' });
		expect(found?.seen).toContain('10.0.0.5 over UDP: port 40000 did not answer');
	});

	test('at another address could not be tested, unless only some of its ports are silent', () => {
		const silent = [path('203.0.113.5', 40_000, false), path('203.0.113.5', 40_001, false)];
		expect(judgeMedia(silent, new Set())[0]).toMatchObject({ state: 'warning' });
		expect(judgeMedia(silent, new Set())[0]?.seen).toContain('could not be tested from here');
		const some = [path('203.0.113.5', 40_000, true), path('203.0.113.5', 40_001, false)];
		expect(judgeMedia(some, new Set())[0]).toMatchObject({ state: 'failed' });
	});

	test('is one finding for each address and protocol', () => {
		const paths = [path('10.0.0.5', 1, true), path('10.0.0.5', 2, true), path('::1', 1, true)];
		expect(judgeMedia(paths, new Set()).map(({ seen }) => seen)).toEqual([
			'10.0.0.5 over UDP: ports 1, 2 answered.',
			'::1 over UDP: port 1 answered.',
		]);
	});

	test('on the port of the pages is a finding of its own, which names the setting', () => {
		const overTcp = (port: number, answered: boolean) => ({
			...path('10.0.0.5', port, answered),
			protocol: 'tcp' as const,
		});
		const ofPages = (answered: boolean) => [overTcp(443, answered), overTcp(443, answered)];
		const judged = (answered: boolean) =>
			judgeMedia([overTcp(40_000, true), ...ofPages(answered)], new Set(['10.0.0.5']), 443);
		expect(judged(true).map(({ seen }) => seen)).toEqual([
			'10.0.0.5 over TCP: port 40000 answered.',
			'10.0.0.5 over TCP, with the pages: port 443 answered.',
		]);
		const [, wrong] = judged(false);
		expect(wrong).toMatchObject({ state: 'failed' });
		expect(wrong?.fix).toContain('media.pagesPort');
		const [, refused] = judgeMedia([overTcp(40_000, true)], new Set(['10.0.0.5']), 443);
		expect(refused).toMatchObject({ state: 'warning' });
		expect(refused?.seen).toContain('from public addresses only');
	});
});

test.each([
	['turn:turn.example.org', { host: 'turn.example.org', port: 3478, transport: 'udp' }],
	['turn:192.0.2.1:99?transport=tcp', { host: '192.0.2.1', port: 99, transport: 'tcp' }],
	['turns:turn.example.org', { host: 'turn.example.org', port: 5349, transport: 'tls' }],
	['turns:[2001:db8::5]:443?transport=tcp', { host: '2001:db8::5', port: 443, transport: 'tls' }],
	[
		'turns:turn.example.org?transport=udp',
		{ host: 'turn.example.org', port: 5349, transport: 'dtls' },
	],
	['stun:stun.example.org', null],
])('the TURN address %s is read', (url, address) => {
	expect(turnAddress(url)).toEqual(address);
});

test('a refused secret and a full relay are told apart', () => {
	expect(judgeRefusal('turn:a', 401, 'media.turn.secret').fix).toContain('media.turn.secret');
	expect(judgeRefusal('turn:a', 486, 'media.turn.secret').state).toBe('warning');
	expect(judgeRefusal('turn:a', 500, 'media.turn.secret').state).toBe('failed');
});

test('a page needs HTTPS unless it is on the machine itself, and the service has to know it', () => {
	const state = (address: string, insists: boolean) => judgeScheme(new URL(address), insists).state;
	expect(state('http://meet.example.org', false)).toBe('failed');
	expect(state('http://127.0.0.1:3000', false)).toBe('ok');
	expect(state('https://meet.example.org', true)).toBe('ok');
	expect(state('https://meet.example.org', false)).toBe('warning');
});

describe('the Redis of the nodes', () => {
	const well = {
		place: 'redis.url: the Redis at 10.0.0.9:6379',
		version: '7.2.4',
		isReplica: false,
		evictionPolicy: 'noeviction',
		memoryUsed: 0.1,
		savingFailed: false,
		answerMs: 0.4,
		clockAhead: 3,
	};
	const states = (change: Partial<typeof well>) =>
		judgeRedis({ ...well, ...change }).map(({ state }) => state);

	test('is well', () => {
		expect(judgeRedis(well).map(({ seen }) => seen)).toEqual([
			'redis.url: the Redis at 10.0.0.9:6379 has version 7.2.4 and answers within 1 ms.',
			'The clocks of this machine and of Redis agree.',
		]);
		expect(states({ version: '6.2.0' })).toEqual(['ok', 'ok']);
		expect(states({ version: '10.0.1' })).toEqual(['ok', 'ok']);
	});
	test.each([
		['too old', { version: '6.0.16' }, ['failed', 'ok']],
		['unable to save', { savingFailed: true }, ['failed', 'ok']],
		['nearly full', { memoryUsed: 0.9 }, ['warning', 'ok']],
		['slow', { answerMs: 80 }, ['warning', 'ok']],
		['of another time', { clockAhead: -9_000 }, ['ok', 'failed']],
		[
			'a replica that drops data',
			{ isReplica: true, evictionPolicy: 'x' },
			['failed', 'failed', 'ok'],
		],
	])('is %s', (_how, change, expected) => {
		expect(states(change)).toEqual(expected);
	});
});
