import { describe, expect, test } from 'vitest';
import {
	between,
	count,
	judgeClock,
	judgeQuality,
	nothingFound,
	verdict,
	type Findings,
} from '#lib/features/check/engine/findings.ts';
import { lobbyFor } from '#lib/features/check/engine/lobbyFor.ts';
import { checkReport, lineWords } from '#lib/features/check/text/check.text.ts';
import type { Stat } from '#lib/features/call/engine/statistics/statReport.ts';

const good = { kind: 'good' } as const;
const bad = { kind: 'bad', address: '203.0.113.7', port: 40_000 } as const;
const untried = { kind: 'untried', why: 'no-relay' } as const;
const done: Findings = {
	...nothingFound,
	browser: good,
	connection: { kind: 'good', transport: 'websocket' },
	udp: good,
	tcp: good,
	turn: untried,
	quality: { kind: 'good', roundTrip: 20, loss: 0 },
	clock: good,
};

describe('calls', () => {
	test('work where media takes one way', () => {
		expect(verdict(done)).toBe(true);
		expect(verdict({ ...done, udp: bad })).toBe(true);
		expect(verdict({ ...done, udp: bad, tcp: bad, turn: good })).toBe(true);
	});

	test('do not work where it takes none, or there is no connection', () => {
		expect(verdict({ ...done, udp: bad, tcp: bad })).toBe(false);
		expect(verdict({ ...done, connection: { kind: 'bad', problem: 'silent' } })).toBe(false);
	});

	test('are not known of before all is tried, or where nothing could be tried', () => {
		expect(verdict(nothingFound)).toBeNull();
		expect(verdict({ ...done, tcp: { kind: 'running' } })).toBeNull();
		expect(verdict({ ...done, quality: { kind: 'running' } })).toBeNull();
		expect(verdict({ ...done, udp: untried, tcp: untried })).toBeNull();
	});
});

test('packets are counted between two looks', () => {
	const report = (received: number, lost: number) => {
		const stats: Partial<Stat>[] = [
			{ id: 'a', type: 'inbound-rtp', packetsReceived: received, packetsLost: lost },
			{ id: 'b', type: 'inbound-rtp', packetsReceived: 10, packetsLost: 0 },
			{ id: 't', type: 'transport', selectedCandidatePairId: 'p' },
			{ id: 'p', type: 'candidate-pair', currentRoundTripTime: 0.03 },
		];
		return new Map(stats.map((stat) => [stat.id, { timestamp: 0, ...stat } as Stat]));
	};
	const [before, after] = [count(report(100, 5)), count(report(190, 15))];
	expect(before).toEqual({ received: 110, lost: 5, roundTrip: 30 });
	expect(between(before, after)).toEqual({ roundTrip: 30, loss: 0.1 });
	expect(between(before, before).loss).toBe(0);
	expect(judgeQuality(between(before, after)).kind).toBe('bad');
	expect(judgeQuality({ roundTrip: 500, loss: 0 }).kind).toBe('bad');
	expect(judgeQuality({ roundTrip: null, loss: 0.01 }).kind).toBe('good');
});

test('a clock may be a minute away', () => {
	expect(judgeClock(-59_000)).toEqual({ kind: 'good' });
	expect(judgeClock(-90_000)).toEqual({ kind: 'bad', ahead: -90 });
});

describe('the lobby of a way', () => {
	const candidate = (protocol: 'udp' | 'tcp') => ({
		...{ foundation: protocol, priority: 1, ip: '203.0.113.7', address: '203.0.113.7' },
		...{ protocol, port: 40_000, type: 'host' as const },
	});
	const transport = { iceCandidates: [candidate('udp'), candidate('tcp')] };
	const stun = { urls: 'stun:stun.example.org' };
	const relay = { urls: ['turn:turn.example.org'], username: 'a', credential: 'b' };
	const lobby = { iceServers: [stun, relay], sendTransport: transport, recvTransport: transport };
	type Lobby = Parameters<typeof lobbyFor>[1];
	const of = (way: 'udp' | 'tcp' | 'turn', iceServers: object[] = lobby.iceServers) =>
		lobbyFor(way, { ...lobby, iceServers } as Lobby);

	test.each(['udp', 'tcp'] as const)('over %s has candidates of this protocol only', (way) => {
		const only = of(way);
		expect(only?.iceServers).toEqual([]);
		for (const end of [only?.sendTransport, only?.recvTransport])
			expect(end?.iceCandidates.map(({ protocol }) => protocol)).toEqual([way]);
	});

	test('through a relay leaves no other way, and there is none without a relay', () => {
		expect(of('turn')?.iceServers).toEqual([relay]);
		expect(of('turn')?.sendTransport).toMatchObject({ iceTransportPolicy: 'relay' });
		expect(of('turn', [stun])).toBeNull();
	});
});

test('each finding has words, and the text to copy has all of them', () => {
	expect(lineWords('udp', { ...done, udp: bad })).toEqual({
		tone: 'bad',
		label: 'Audio and video over UDP',
		text: 'Nothing came back from 203.0.113.7:40000.',
		help: 'Calls take another route, which may be less smooth.',
	});
	const about = { browser: 'Browser/1', server: 'https://meet.example.org', time: new Date(0) };
	const report = checkReport({ ...done, microphone: { kind: 'bad', problem: 'absent' } }, about);
	expect(report.split('\n')).toEqual([
		'https://meet.example.org',
		'1970-01-01T00:00:00.000Z',
		'Browser/1',
		'',
		'Browser: Works',
		'Connection to the server: Works',
		'Clock: Works',
		'Audio and video over UDP: Works',
		'Audio and video over TCP: Works',
		'Audio and video through a relay (TURN): Not tried, because this server offers you no relay.',
		'Quality of the line: Round trip 20 ms, lost packets 0%',
		expect.stringMatching(/^Microphone: No microphone found – Plug one in/),
		'Camera: Not tried yet',
		'Speaker: Not tried yet',
	]);
});
