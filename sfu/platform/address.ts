import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';
import type { Config } from './config.ts';

/** Whether the proxy at this address, this many hops from the service, may name the address before it. */
export type Trust = (address: string, hop: number) => boolean;

/**
 * Which proxies `http.trustProxy` trusts: none, a number of hops, or the listed addresses and networks. `true` means
 * one hop: entries to the left of the nearest proxy's entry come from the client.
 *
 * @throws {TypeError} for a list with an entry that is neither an address nor a network.
 */
export function trusting(setting: Config['http']['trustProxy']): Trust {
	if (Array.isArray(setting)) return proxyAddr.compile(setting);
	const hops = Number(setting);
	return (_address, hop) => hop < hops;
}

/** The address that a request comes from, as trusted proxies report it; empty once its connection is gone. */
export function addressOf(request: IncomingMessage, trust: Trust): string {
	return request.socket.remoteAddress === undefined ? '' : proxyAddr(request, trust);
}

/** Some proxies write an address with its port. */
const withPort = /^(?:(?<v4>\d+\.\d+\.\d+\.\d+)|\[(?<v6>[\da-f:.]+)\])(?::\d+)?$/i;

/** The network of an address, by which budgets count: `/24` of IPv4, `/56` of IPv6, else the text itself. */
export function addressBlock(named: string): string {
	const { v4, v6 } = withPort.exec(named)?.groups ?? {};
	const address = v4 ?? v6 ?? named;
	if (!ipaddr.isValid(address)) return address.slice(0, 64);
	const parsed = ipaddr.process(address);
	const kept = parsed.kind() === 'ipv4' ? 3 : 7;
	const bytes = parsed.toByteArray().map((byte, index) => (index < kept ? byte : 0));
	return `${ipaddr.fromByteArray(bytes).toString()}/${kept * 8}`;
}
