import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether the service may send to an address that people named: a public one, or one in these networks. */
export function isReachable(address: string, networks: readonly string[]): boolean {
	const parsed = ipaddr.process(address);
	if (parsed.range() === 'unicast') return true;
	return networks.some((network) => {
		const [base, bits] = network.includes('/')
			? ipaddr.parseCIDR(network)
			: [ipaddr.parse(network), Infinity];
		return (
			parsed.kind() === base.kind() &&
			parsed.match(base, Math.min(bits, base.toByteArray().length * 8))
		);
	});
}

/**
 * Finds the addresses of a host for a connection, without those that the service must not reach. It is asked at each
 * connection, so that a name that leads elsewhere meanwhile leads nowhere.
 *
 * @param networks that are reached besides the public ones.
 */
export function publicLookup(networks: readonly string[]): LookupFunction {
	return (host, options, found) => {
		lookup(host, { ...options, all: true }, (error, all) => {
			const addresses = error ? [] : all.filter(({ address }) => isReachable(address, networks));
			const [first] = addresses;
			if (!first) {
				found(error ?? new Error('the host has no public address'), '', 0);
				return;
			}
			if (options.all) found(null, addresses);
			else found(null, first.address, first.family);
		});
	};
}
