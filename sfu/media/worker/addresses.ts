import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { TransportListenInfo } from 'mediasoup/types';
import type { Config } from '../../platform/config.ts';

/** Bridges of containers and virtual machines: browsers of other machines cannot connect there. */
const virtual = /^(?:docker|br-|veth|virbr|cni|flannel|vmnet)/;
/** Ends of tunnels: few browsers connect there, and strangers must not learn of private networks. */
const tunnel = /^(?:tun|tap|wg|utun|tailscale|zt|ppp|nebula)/;
/** The most announced addresses: each is one more path for every browser to try. */
const most = 8;

type Interfaces = ReturnType<typeof networkInterfaces>;

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
async function usable(addresses: readonly string[]): Promise<string[]> {
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

type Bound = { ip: string; announcedAddress?: string };

/** Where to listen for what is announced: everywhere in its own family; for a host name in both, where there are both. */
function everywhere(announced: readonly string[], interfaces: Interfaces): Bound[] {
	const hasIpv6 = Object.values(interfaces).some((addresses) =>
		addresses?.some(({ family }) => family === 'IPv6'),
	);
	return announced.flatMap((announcedAddress) => {
		const family = isIP(announcedAddress);
		return [
			...(family !== 6 ? [{ ip: '0.0.0.0', announcedAddress }] : []),
			...(family === 6 || (family === 0 && hasIpv6) ? [{ ip: '::', announcedAddress }] : []),
		];
	});
}

/** Where media is received, and the addresses that browsers get. */
export type MediaAddresses = {
	/** The addresses in the ICE candidates. */
	announced: string[];
	/** Whether they come from the configuration. */
	configured: boolean;
	/** What a worker's WebRtcServer has to listen on, for its port. */
	listenInfos(port: number): TransportListenInfo[];
};

/**
 * Decides on the addresses. With configured public addresses every interface listens and those are
 * told; without, each address of the machine is listened on and told by itself, so that calls on
 * the same machine and in the same network work with nothing configured.
 */
export async function mediaAddresses(
	{ listenAddress, announcedAddress }: Pick<Config['media'], 'listenAddress' | 'announcedAddress'>,
	interfaces: Interfaces = networkInterfaces(),
): Promise<MediaAddresses> {
	const announced = announcedAddress.split(/[\s,]+/).filter((address) => address !== '');
	const [first] = announced;
	let bound: Bound[];
	if (listenAddress) {
		const told = announced.find((address) => isIP(address) === isIP(listenAddress)) ?? first;
		bound = [{ ip: listenAddress, ...(told !== undefined && { announcedAddress: told }) }];
	} else if (first !== undefined) bound = everywhere(announced, interfaces);
	else bound = (await usable(machineAddresses(interfaces))).map((ip) => ({ ip }));
	return {
		announced: [...new Set(bound.map((entry) => entry.announcedAddress ?? entry.ip))],
		configured: first !== undefined,
		listenInfos: (port) =>
			(['udp', 'tcp'] as const).flatMap((protocol) =>
				bound.map((entry) => ({
					protocol,
					port,
					...entry,
					// Both families are listened on by themselves.
					...(isIP(entry.ip) === 6 && { flags: { ipv6Only: true } }),
				})),
			),
	};
}
