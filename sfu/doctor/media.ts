import { networkInterfaces } from 'node:os';
import type { MediaPath } from '#shared/doctor.ts';
import type { Subject } from './subject.ts';
import { failed, ok, unstartable, warning, type Seen } from './findings.ts';

const spelled = { udp: 'UDP', tcp: 'TCP' } as const;
const listed = (all: readonly number[]) => {
	// All workers are reached by the one port of the pages.
	const ports = [...new Set(all)];
	return ports.length === 1 ? `port ${ports[0]}` : `ports ${ports.join(', ')}`;
};

const nowhere: Omit<MediaPath, 'answered'> = { address: '', port: 0, protocol: 'tcp' };

/** What is said of a path by which media does not come, on the port of the pages. */
const ofPagesPort =
	'Let the firewall pass it, and have it lead to http.port as it is: no proxy may end TLS on the way. Or set media.pagesPort to 0.';

const noPagesPort = (port: number): Seen =>
	warning(
		`No media comes over port ${port} of the pages: browsers take media on ports below 1024 from public addresses only.`,
		'Name a public address in media.announcedAddress, or set http.port and media.pagesPort to a port above 1023.',
	);

/**
 * One finding for each address and protocol, and one more for the port of the pages.
 *
 * @param pagesPort as `media.pagesPort`; 0 where the service does not run, without which nothing listens there.
 * @param own the addresses of this machine. One that is not among them belongs to a router or a cloud in front, which may not
 *   let the machine reach itself by it.
 */
export function judgeMedia(
	paths: readonly MediaPath[],
	own: ReadonlySet<string>,
	pagesPort = 0,
): Seen[] {
	const groups = Map.groupBy(
		paths,
		({ address, protocol, port }) =>
			`${address} over ${spelled[protocol]}${port === pagesPort ? ', with the pages' : ''}`,
	);
	const found = [...groups].map(([where, tried]) => {
		const [{ address, protocol, port } = nowhere] = tried;
		const silent = tried.filter(({ answered }) => !answered).map(({ port }) => port);
		const answering = tried.filter(({ answered }) => answered).map(({ port }) => port);
		if (silent.length === 0) return ok(`${where}: ${listed(answering)} answered.`);
		const seen = `${where}: ${listed(silent)} did not answer`;
		if (own.has(address))
			return failed(
				`${seen}.`,
				port === pagesPort
					? ofPagesPort
					: `Let the firewall of this machine pass ${listed(silent)} (media.port), ${spelled[protocol]}.`,
			);
		if (answering.length > 0)
			return failed(
				`${seen}, and ${listed(answering)} did.`,
				'Open all media ports in the firewall, or forward them: from media.port on one for each worker, and with redis.url one more for each of node.lentWorkers.',
			);
		return warning(
			`${seen}. It is no address of this machine, so it could not be tested from here: networks often do not lead back to the machine that asks.`,
			'Open /check on a device in another network. If media fails there, open the media ports and check media.announcedAddress.',
		);
	});
	const isMissing = pagesPort > 0 && !paths.some(({ port }) => port === pagesPort);
	return isMissing ? [...found, noPagesPort(pagesPort)] : found;
}

export async function checkMedia({ config, pid, mediaPaths }: Subject): Promise<Seen[]> {
	const addresses = Object.values(networkInterfaces()).flat();
	const own = new Set(addresses.flatMap((one) => one?.address ?? []));
	try {
		const pagesPort = pid === null ? 0 : config.media.pagesPort;
		return judgeMedia(await mediaPaths(), own, pagesPort);
	} catch (error) {
		return [unstartable(error, 'Wait until the media workers are less busy, and try again.')];
	}
}
