import { describe, expect, test } from 'vitest';
import { machineAddresses } from '../../../sfu/media/worker/addresses.ts';
import { lo, on } from '../../support/interfaces.ts';

describe('MEDIA-21, A-L8: the addresses of a machine that browsers are told', () => {
	test.each([
		[
			'IPv6 too, after IPv4',
			{ lo, eth0: on('2001:db8::1', '203.0.113.5') },
			['203.0.113.5', '2001:db8::1'],
		],
		['only IPv6, where there is nothing else', { lo, eth0: on('2001:db8::1') }, ['2001:db8::1']],
		[
			'those of the own network',
			{ lo, wlan0: on('192.168.1.2', 'fd00::2') },
			['192.168.1.2', 'fd00::2'],
		],
		[
			'none that mean something on their own line only',
			{ lo, eth0: on('fe80::1', '169.254.1.1', '10.0.0.2') },
			['10.0.0.2'],
		],
		[
			'none of containers',
			{ lo, eth0: on('10.0.0.2'), docker0: on('172.17.0.1'), 'br-1': on('172.18.0.1') },
			['10.0.0.2'],
		],
		[
			'none of tunnels',
			{ lo, eth0: on('10.0.0.2'), wg0: on('10.9.0.1'), tailscale0: on('100.64.0.1') },
			['10.0.0.2'],
		],
		['those of a tunnel, where there is nothing else', { lo, wg0: on('10.9.0.1') }, ['10.9.0.1']],
		['the own one, where there is no network', { lo }, ['127.0.0.1', '::1']],
	])('are %s', (_what, interfaces, told) => {
		expect(machineAddresses(interfaces)).toEqual(told);
	});

	test('are eight at most', () => {
		const many = on(...Array.from({ length: 20 }, (_, index) => `2001:db8::${index + 1}`));
		expect(machineAddresses({ eth0: many })).toHaveLength(8);
	});
});
