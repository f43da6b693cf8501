import type { IceCandidate } from 'mediasoup/types';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { PagesPort } from '../../../sfu/media/worker/pagesPort.ts';

const candidate = (address: string, protocol: 'udp' | 'tcp', priority: number): IceCandidate => ({
	...{ foundation: protocol, priority, ip: address, address, protocol, port: 40_000, type: 'host' },
	...(protocol === 'tcp' && { tcpType: 'passive' }),
});

/** Where browsers are told to send, with this port of the pages, when these addresses are announced. */
function told(port: number, addresses: readonly string[]): string[] {
	const found = (['udp', 'tcp'] as const).flatMap((protocol, order) =>
		addresses.map((address) => candidate(address, protocol, 2_000_000_000 - order * 1_000)),
	);
	const candidates = (all: readonly IceCandidate[]) => [...all];
	const pagesPort = new PagesPort(port, { candidates }, pino({ level: 'silent' }));
	return pagesPort
		.candidates(found)
		.slice(found.length)
		.map(({ address, protocol, port: to }) => `${protocol} ${address} ${to}`);
}

test.each([
	['192.168.1.20', '203.0.113.5'],
	['127.0.0.1', '8.8.8.8'],
	['169.254.3.4', '203.0.113.5'],
	['100.64.0.9', '203.0.113.5'],
	['fd00:9::5', '2001:db8::5'],
	['::1', '2a01:4f8::1'],
])('MEDIA-24: browsers are told port 443 at public addresses only: not at %s', (local, open) => {
	expect(told(443, [local, open])).toEqual([`tcp ${open} 443`]);
	expect(told(3000, [local, open])).toEqual([`tcp ${local} 3000`, `tcp ${open} 3000`]);
});
