import type { MediaPath } from '../engine/model.ts';
import { plural } from '#lib/language/plural.ts';

/** The state of the media path, in words. */
export type PathWords = {
	tone: 'busy' | 'good' | 'warning' | 'bad';
	text: string;
	/** What the person can check when media does not get through. */
	checks: string[];
};

/** Host and port as they stand in an address; an IPv6 address needs brackets. */
export function hostAndPort(address: string, port: number): string {
	return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** The result of the path check, in words. */
export function pathWords(path: MediaPath): PathWords {
	switch (path.kind) {
		case 'checking':
			return { tone: 'busy', text: 'Checking the connection…', checks: [] };
		case 'connected':
			return path.protocol === 'udp'
				? { tone: 'good', text: 'Connected over UDP', checks: [] }
				: {
						tone: 'warning',
						text: 'Connected over TCP (UDP seems to be blocked). Video may be less smooth.',
						checks: [],
					};
		case 'unreachable':
			return {
				tone: 'bad',
				text: `Your browser can't reach the media server at ${hostAndPort(path.address, path.port)}`,
				checks: [
					`Is port ${path.port} open for UDP and TCP in the server's firewall and router?`,
					`Can this device reach ${path.address}? If not, check the announced address in the server's settings.`,
					'A VPN or company network may be blocking it. Try another network.',
				],
			};
	}
}

/** How many people are inside, for a person who is about to join. */
export function presentWords(present: number): string {
	if (present === 0) return "No one's here yet";
	return plural(present, ['1 person is in the room', '# people are in the room']);
}
