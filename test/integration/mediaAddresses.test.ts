import { describe, expect, test } from 'vitest';
import { machineAddresses } from '../../sfu/media/worker/addresses.ts';
import type { Cast } from '../support/client.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;

/** The candidates that somebody who enters a lobby is told, by protocol. */
async function candidates(protocol: 'udp' | 'tcp'): Promise<string[]> {
	const client = await cast.connect();
	const { sendTransport } = await client.ask('lobby:enter', { roomId: cast.roomId });
	const fitting = sendTransport.iceCandidates.filter((one) => one.protocol === protocol);
	return fitting.map(({ address }) => address);
}

describe('MEDIA-21, A-L8: with nothing configured', () => {
	withService((on) => ({ cast } = on), { media: { listenAddress: '' } });

	test('media is received on the addresses of the machine that others can reach, IPv6 too', async () => {
		expect(await candidates('udp')).toEqual(machineAddresses());
		expect(await candidates('tcp')).toEqual(machineAddresses());
	});
});

describe('MEDIA-21, A-L8: with one address of each family', () => {
	withService((on) => ({ cast } = on), {
		media: { listenAddress: '', announcedAddress: '203.0.113.5, 2001:db8::5' },
	});

	test('media is received by both, and those two are told', async () => {
		expect(await candidates('udp')).toEqual(['203.0.113.5', '2001:db8::5']);
	});
});
