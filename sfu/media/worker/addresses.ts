import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** Bridges of containers and virtual machines: browsers of other machines cannot connect there. */
const virtual = /^(?:docker|br-|veth|virbr|cni|flannel|vmnet)/;
/** Ends of tunnels: few browsers connect there, and strangers must not learn of private networks. */
const tunnel = /^(?:tun|tap|wg|utun|tailscale|zt|ppp|nebula)/;
/** The most announced addresses: each is one more path for every browser to try. */
const most = 8;

export type Interfaces = ReturnType<typeof networkInterfaces>;

/**
 * The addresses of this machine under which other machines can reach it, IPv4 first. Those of tunnels only where there
 * are no others, and that of the machine itself only where it is in no network.
 */
export function machineAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
	const [outside, tunnels, inside]: [string[], string[], string[]] = [[], [], []];
	for (const [name, addresses] of Object.entries(interfaces)) {
		if (virtual.test(name)) continue;
		for (const { internal, address } of addresses ?? []) {
			// A link-local address is valid on its own link only.
			if (ipaddr.parse(address).range() === 'linkLocal') continue;
			if (internal) inside.push(address);
			else (tunnel.test(name) ? tunnels : outside).push(address);
		}
	}
	const [best = []] = [outside, tunnels, inside].filter(({ length }) => length > 0);
	return best.toSorted((one, other) => isIP(one) - isIP(other)).slice(0, most);
}

/** The IPv4 addresses of this machine, those that other machines can reach first. They change less often than those of IPv6. */
export function lanAddresses(): string[] {
	const [outside, inside]: [string[], string[]] = [[], []];
	for (const [name, addresses] of Object.entries(networkInterfaces())) {
		for (const { family, internal, address } of addresses ?? [])
			if (family === 'IPv4' && !virtual.test(name)) (internal ? inside : outside).push(address);
	}
	return [...outside, ...inside];
}

/** The addresses that can be listened on: a new IPv6 address cannot for a moment. */
export async function usable(addresses: readonly string[]): Promise<string[]> {
	const tried = await Promise.all(
		addresses.map(
			(address) =>
				new Promise<string[]>((resolve) => {
					const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
					socket.once('error', () => resolve([]));
					socket.bind(0, address, () => socket.close(() => resolve([address])));
				}),
		),
	);
	return tried.flat();
}
