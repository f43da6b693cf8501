import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { describe, expect, test } from 'vitest';
import { lanAddresses, machineAddresses } from '../../sfu/media/worker/addresses.ts';
import type { Cast } from '../support/client.ts';
import { bindingRequest } from '../load/wire/stun.ts';
import { startService } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;

/** The candidates that somebody who enters a lobby is told, by protocol. */
async function candidates(protocol: 'udp' | 'tcp'): Promise<string[]> {
	const client = await cast.connect();
	const { sendTransport } = await client.ask('lobby:enter', { roomId: cast.roomId });
	const fitting = sendTransport.iceCandidates.filter((one) => one.protocol === protocol);
	return fitting.map(({ address }) => address);
}

/** Sends a check of ICE to a candidate, from the address that the machine would choose. @returns where the answer came from. */
async function answersFrom(address: string, from?: string): Promise<string> {
	const client = await cast.connect();
	const { sendTransport } = await client.ask('lobby:enter', { roomId: cast.roomId });
	const [{ port } = { port: 0 }] = sendTransport.iceCandidates;
	const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
	socket.bind(0, from);
	await once(socket, 'listening');
	const answered = once(socket, 'message', { signal: AbortSignal.timeout(20_000) });
	socket.send(bindingRequest(sendTransport.iceParameters), port, address);
	const [, { address: source }] = (await answered) as [Buffer, { address: string }];
	socket.close();
	return source;
}

describe('MEDIA-21, A-L8: with nothing configured', () => {
	withService((on) => ({ cast } = on), { media: { listenAddress: '' } });

	test('media is received on the addresses of the machine that others can reach, IPv6 too', async () => {
		expect(await candidates('udp')).toEqual(machineAddresses());
		expect(await candidates('tcp')).toEqual(machineAddresses());
		for (const address of machineAddresses()) expect(await answersFrom(address)).toBe(address);
	});
});

describe('MEDIA-21, A-L8: with one address of each family', () => {
	withService((on) => ({ cast } = on), {
		media: { listenAddress: '', announcedAddress: ['203.0.113.5', '2001:db8::5'] },
	});

	test('media is received by both, and those two are told', async () => {
		expect(await candidates('udp')).toEqual(['203.0.113.5', '2001:db8::5']);
	});
});

describe('MEDIA-21, B-16: with an address of this machine and a public one', () => {
	withService((on) => ({ cast } = on), {
		media: { listenAddress: '', announcedAddress: ['203.0.113.5', '127.0.0.1', '198.51.100.7'] },
	});

	test('all are told in this order', async () => {
		const told = ['203.0.113.5', '127.0.0.1', '198.51.100.7'];
		expect(await candidates('udp')).toEqual(told);
		expect(await candidates('tcp')).toEqual(told);
	});

	test('what is sent to the own one is answered from it, wherever it came from', async () => {
		for (const from of lanAddresses())
			expect(await answersFrom('127.0.0.1', from)).toBe('127.0.0.1');
	});
});

describe('B-16: with an address of this machine alone', () => {
	withService((on) => ({ cast } = on), {
		media: { listenAddress: '', announcedAddress: ['127.0.0.1'] },
	});

	test('what is sent to it is answered from it, wherever it came from', async () => {
		for (const from of lanAddresses())
			expect(await answersFrom('127.0.0.1', from)).toBe('127.0.0.1');
	});
});

test('MEDIA-21: a host name is told by the addresses that it has', async () => {
	const media = { listenAddress: '', announcedAddress: ['localhost'] };
	const service = await startService({ media });
	try {
		expect(service.app.media.announced).toContain('127.0.0.1');
	} finally {
		await service.close();
	}
});
