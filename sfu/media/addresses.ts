import { networkInterfaces } from 'node:os';
import type { TransportListenInfo } from 'mediasoup/types';
import type { Config } from '../config.ts';

/** Bridges of containers and virtual machines: no browser of another machine comes in there. */
const virtual = /^(?:docker|br-|veth|virbr|cni|flannel|vmnet)/;

/** The IPv4 addresses of this machine, those that other machines can reach first. */
export function machineAddresses(): string[] {
	const outside: string[] = [];
	const inside: string[] = [];
	for (const [name, addresses] of Object.entries(networkInterfaces())) {
		for (const { family, internal, address } of addresses ?? []) {
			if (family !== 'IPv4' || virtual.test(name)) continue;
			(internal ? inside : outside).push(address);
		}
	}
	return [...outside, ...inside];
}

/** Where media is received, and what browsers are told about it. */
export type MediaAddresses = {
	/** The addresses in the ICE candidates. */
	announced: string[];
	/** Whether they come from the configuration. */
	configured: boolean;
	/** What a worker's WebRtcServer has to listen on, for its port. */
	listenInfos(port: number): TransportListenInfo[];
};

/**
 * Decides on the addresses. With a configured public address every interface listens and that one
 * is told; without, each address of the machine is listened on and told by itself, so that calls on
 * the same machine and in the same network work with nothing configured.
 */
export function mediaAddresses(config: Config['media']): MediaAddresses {
	const { listenAddress, announcedAddress } = config;
	const bound: { ip: string; announcedAddress?: string }[] = announcedAddress
		? [{ ip: listenAddress || '0.0.0.0', announcedAddress }]
		: (listenAddress ? [listenAddress] : machineAddresses()).map((ip) => ({ ip }));
	return {
		announced: bound.map((entry) => entry.announcedAddress ?? entry.ip),
		configured: announcedAddress !== '',
		listenInfos: (port) =>
			(['udp', 'tcp'] as const).flatMap((protocol) =>
				bound.map((entry) => ({ protocol, port, ...entry })),
			),
	};
}
