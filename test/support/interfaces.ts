import { isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** An interface with these addresses. */
export const on = (...addresses: string[]) =>
	addresses.map((address) => ({
		...{ address, cidr: null, netmask: '', mac: '', scopeid: 0 },
		internal: false,
		family: isIP(address) === 6 ? 'IPv6' : 'IPv4',
	})) as NetworkInterfaceInfo[];

export const lo = on('127.0.0.1', '::1').map((address) => ({ ...address, internal: true }));
