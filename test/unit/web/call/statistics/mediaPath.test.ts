import { describe, expect, test } from 'vitest';
import {
	judgePath,
	measure,
	type Measured,
} from '#lib/features/call/engine/statistics/mediaPath.ts';

const told = {
	id: 't',
	iceParameters: { usernameFragment: 'u', password: 'p' },
	iceCandidates: [
		{
			foundation: 'f',
			priority: 1,
			ip: '192.0.2.1',
			address: '192.0.2.1',
			protocol: 'udp',
			port: 40000,
			type: 'host',
		} as const,
	],
	dtlsParameters: { fingerprints: [] },
};
const udp: Measured = { protocol: 'udp', packets: 3 };
const none: Measured = { protocol: null, packets: 0 };

describe('what the person is told of the path', () => {
	test.each([
		['packets came back', 'connected', 'connected', udp, 500, 'connected'],
		[
			'connected, and nothing came back yet',
			'connected',
			'connected',
			{ ...udp, packets: 0 },
			500,
			'checking',
		],
		[
			'connected, in the background',
			'connected',
			'connected',
			{ ...udp, packets: 0 },
			3500,
			'connected',
		],
		['only one way', 'connected', 'connecting', none, 3500, 'checking'],
		['only one way, for long', 'connected', 'connecting', none, 8500, 'unreachable'],
		['nothing at all', 'failed', 'failed', none, 20_000, 'unreachable'],
	] as const)('%s', (_, send, recv, measured, waited, kind) => {
		expect(judgePath({ send, recv, measured, waited }, told).kind).toBe(kind);
	});

	test('an unreachable server is named as the browser was told it', () => {
		const path = judgePath({ send: 'new', recv: 'new', measured: none, waited: 9000 }, told);
		expect(path).toEqual({ kind: 'unreachable', address: '192.0.2.1', port: 40000 });
	});
});

describe('reading the statistics', () => {
	const report = (
		...stats: { id: string; type: string; [key: string]: unknown }[]
	): RTCStatsReport => new Map(stats.map((stat) => [stat.id, stat]));

	test('the selected pair is that of the transport', () => {
		const measured = measure(
			report(
				{ id: 'T', type: 'transport', selectedCandidatePairId: 'B' },
				{
					id: 'A',
					type: 'candidate-pair',
					state: 'succeeded',
					nominated: true,
					localCandidateId: 'LA',
				},
				{
					id: 'B',
					type: 'candidate-pair',
					state: 'succeeded',
					nominated: true,
					localCandidateId: 'LB',
				},
				{ id: 'LA', type: 'local-candidate', protocol: 'udp' },
				{ id: 'LB', type: 'local-candidate', protocol: 'tcp' },
				{ id: 'CONN-1', type: 'inbound-rtp', packetsReceived: 2 },
				{ id: 'CONN-2', type: 'inbound-rtp', packetsReceived: 5 },
			),
		);
		expect(measured).toEqual({ protocol: 'tcp', packets: 7 });
	});

	test('without a word on transports the nominated pair counts', () => {
		const measured = measure(
			report(
				{
					id: 'A',
					type: 'candidate-pair',
					state: 'failed',
					nominated: false,
					localCandidateId: 'LA',
				},
				{
					id: 'B',
					type: 'candidate-pair',
					state: 'succeeded',
					nominated: true,
					localCandidateId: 'LB',
				},
				{ id: 'LA', type: 'local-candidate', protocol: 'tcp' },
				{ id: 'LB', type: 'local-candidate', protocol: 'udp' },
			),
		);
		expect(measured).toEqual({ protocol: 'udp', packets: 0 });
	});

	test('a relay is named by how it is reached', () => {
		const measured = measure(
			report(
				{ id: 'T', type: 'transport', selectedCandidatePairId: 'A' },
				{ id: 'A', type: 'candidate-pair', localCandidateId: 'L' },
				{ id: 'L', type: 'local-candidate', protocol: 'udp', relayProtocol: 'tls' },
			),
		);
		expect(measured.protocol).toBe('tcp');
	});
});
