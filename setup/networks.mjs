/**
 * Finds the programs that stand between people and the service in the tests of networks, or installs them from
 * Debian. The tests start processes of their own; services that run on this machine are not touched.
 */

import { existsSync } from 'node:fs';
import { installWithoutServices } from './debian.mjs';

/** Of each program: its file, Debian's package, and the unit that would run it as a service. */
const programs = {
	turnserver: { file: '/usr/bin/turnserver', pkg: 'coturn', unit: 'coturn' },
	nginx: { file: '/usr/sbin/nginx', pkg: 'nginx', unit: 'nginx' },
	caddy: { file: '/usr/bin/caddy', pkg: 'caddy', unit: 'caddy' },
	apache2: { file: '/usr/sbin/apache2', pkg: 'apache2', unit: 'apache2' },
	haproxy: { file: '/usr/sbin/haproxy', pkg: 'haproxy', unit: 'haproxy' },
	pebble: { file: '/usr/bin/pebble', pkg: 'pebble', unit: null },
	'pebble-challtestsrv': { file: '/usr/bin/pebble-challtestsrv', pkg: 'pebble', unit: null },
	nft: { file: '/usr/sbin/nft', pkg: 'nftables', unit: null },
	ip: { file: '/usr/sbin/ip', pkg: 'iproute2', unit: null },
	tc: { file: '/usr/sbin/tc', pkg: 'iproute2', unit: null },
};

/**
 * @typedef {keyof typeof programs} NetworkProgram
 * @returns {Promise<Record<NetworkProgram, string>>} the files of the programs
 */
export async function ensureNetworkPrograms() {
	const missing = Object.values(programs).filter(({ file }) => !existsSync(file));
	if (missing.length > 0)
		await installWithoutServices(
			[...new Set(missing.map(({ pkg }) => pkg))],
			'the tests of networks',
			missing.flatMap(({ unit }) => unit ?? []),
		);
	return networkPrograms();
}

/** @returns {Record<NetworkProgram, string>} the files of the programs */
export const networkPrograms = () =>
	/** @type {Record<NetworkProgram, string>} */ (
		Object.fromEntries(Object.entries(programs).map(([name, { file }]) => [name, file]))
	);
