import type { NetworkInterfaceInfo } from 'node:os';
import { isIP } from 'node:net';
import { describe, expect, test } from 'vitest';
import { machineAddresses, mediaAddresses } from '../../../sfu/media/worker/addresses.ts';

/** An interface with these addresses. */
const on = (...addresses: string[]) =>
	addresses.map((address) => ({
		...{ address, cidr: null, netmask: '', mac: '', scopeid: 0 },
		internal: false,
		family: isIP(address) === 6 ? 'IPv6' : 'IPv4',
	})) as NetworkInterfaceInfo[];

const lo = on('127.0.0.1', '::1').map((address) => ({ ...address, internal: true }));

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

describe('MEDIA-21, A-L8: what is listened on', () => {
	const both = { lo, eth0: on('10.0.0.2', '2001:db8::1') };
	const infos = async (
		config: Partial<Parameters<typeof mediaAddresses>[0]>,
		interfaces: Parameters<typeof mediaAddresses>[1] = both,
	) => {
		const settings = { listenAddress: '', announcedAddress: '', ...config };
		const { announced, listenInfos } = await mediaAddresses(settings, interfaces);
		const listening = listenInfos(40000).filter(({ protocol }) => protocol === 'udp');
		return { announced, ips: listening.map(({ ip }) => ip), listening };
	};

	test('is every address in the family of the one that is announced', async () => {
		expect(await infos({ announcedAddress: '203.0.113.5' })).toMatchObject({ ips: ['0.0.0.0'] });
		expect(await infos({ announcedAddress: '2001:db8::5' })).toMatchObject({ ips: ['::'] });
	});

	test('are both families for a host name, and for one address of each', async () => {
		const named = await infos({ announcedAddress: 'media.example.org' });
		expect(named).toMatchObject({ announced: ['media.example.org'], ips: ['0.0.0.0', '::'] });
		expect(named.listening[1]).toMatchObject({ flags: { ipv6Only: true } });
		expect(await infos({ announcedAddress: '203.0.113.5, 2001:db8::5' })).toMatchObject({
			announced: ['203.0.113.5', '2001:db8::5'],
			ips: ['0.0.0.0', '::'],
		});
	});

	test('is IPv4 for a host name on a machine without IPv6', async () => {
		const named = await infos({ announcedAddress: 'media.example.org' }, { lo: on('127.0.0.1') });
		expect(named.ips).toEqual(['0.0.0.0']);
	});

	test('is the address that is configured', async () => {
		const config = { listenAddress: '10.0.0.2', announcedAddress: '203.0.113.5' };
		expect(await infos(config)).toMatchObject({ announced: ['203.0.113.5'], ips: ['10.0.0.2'] });
	});

	test('is no address that this machine does not have yet', async () => {
		const found = await infos({}, { lo, eth0: on('127.0.0.1', '2001:db8::77') });
		expect(found.ips).toEqual(['127.0.0.1']);
	});
});
