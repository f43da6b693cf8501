import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import * as v from 'valibot';

/** A label of a host name. Underscores are in use, though the rules of host names do without them. */
const label = /^(?!-)[a-z\d_-]{1,63}(?<!-)$/i;

/** Ranges of IP addresses to which nobody can send anything. */
const unreachable = new Set(['unspecified', 'broadcast', 'multicast']);

/** Whether a text is a host name. Its last label is no number: "203.0.113" is an address with a part missing. */
function isHostName(text: string): boolean {
	const labels = text.replace(/\.$/, '').split('.');
	return (
		text.length <= 253 &&
		labels.every((one) => label.test(one)) &&
		!/^\d+$/.test(labels.at(-1) ?? '')
	);
}

/** What keeps an IP address from being one that browsers can send media to; null if nothing does. */
function problemOfIp(text: string): string | null {
	if (text.includes('%')) return 'which means something on one link of this machine only';
	const address = ipaddr.parse(text);
	if (address.kind() === 'ipv6') {
		if (address.range() === 'ipv4Mapped')
			return 'which is an IPv4 address in the form of IPv6: write it as IPv4';
		if (address.range() === 'linkLocal')
			return 'which means something on one link of this machine only';
	}
	return unreachable.has(address.range()) ? 'to which nothing can be sent' : null;
}

/** What keeps a text from being an IP address or a host name that browsers can send media to; null if nothing does. */
function problemOfHost(text: string): string | null {
	if (isIP(text)) return problemOfIp(text);
	if (/\s/.test(text)) return 'which has a blank in it: separate addresses by commas';
	if (text.includes('/')) return 'which is a URL: name only the host in it';
	if (/^\[.*\]:\d+$|^[^:]+:\d+$/.test(text)) return 'which has a port: media.port is the port';
	return isHostName(text) ? null : 'which is neither an IP address nor a host name';
}

/** The most addresses that browsers are told: each is one more path for every browser to try. */
const maxAnnounced = 8;

const partsOf = (text: string) => text.split(',').map((part) => part.trim());
/** A part that is empty is none: "a, " and "" are lists, too. */
const isNamed = (part: string) => part !== '';

/** The first of these addresses that cannot work, and why. */
function firstProblem(addresses: readonly string[]): string | null {
	for (const address of addresses) {
		const problem = problemOfHost(address);
		if (problem) return `has "${address.slice(0, 80)}", ${problem}`;
	}
	return addresses.length > maxAnnounced ? `has more than ${maxAnnounced} addresses` : null;
}

/** The setting `media.announcedAddress`: one address or several, in a list or separated by commas. */
export const announcedAddresses = v.pipe(
	v.optional(
		v.union(
			[v.string(), v.array(v.string())],
			'must be an address or a list of addresses such as ["203.0.113.5", "2001:db8::5"]',
		),
		'',
	),
	v.description(
		'Public addresses to which browsers send media: IPv4, IPv6 or a host name, or a list of them; empty means the addresses of this machine. A host name is looked up at the start and then once a minute.',
	),
	v.transform((value) => [...new Set([value].flat().flatMap(partsOf).filter(isNamed))]),
	v.check(
		(addresses) => firstProblem(addresses) === null,
		({ input }) => firstProblem(input) ?? '',
	),
);
