import { networkInterfaces } from 'node:os';
import type { MediaPath } from '#shared/doctor.ts';
import type { Subject } from './subject.ts';
import { failed, ok, unstartable, warning, type Seen } from './findings.ts';

const spelled = { udp: 'UDP', tcp: 'TCP' } as const;
const listed = (ports: readonly number[]) =>
	ports.length === 1 ? `port ${ports[0]}` : `ports ${ports.join(', ')}`;

/**
 * One finding for each address and protocol.
 *
 * @param own the addresses of this machine. One that is not among them belongs to a router or a cloud in front, which may not
 *   let the machine reach itself by it.
 */
export function judgeMedia(paths: readonly MediaPath[], own: ReadonlySet<string>): Seen[] {
	const groups = Map.groupBy(
		paths,
		({ address, protocol }) => `${address} over ${spelled[protocol]}`,
	);
	return [...groups].map(([where, tried]) => {
		const silent = tried.filter(({ answered }) => !answered).map(({ port }) => port);
		const answering = tried.filter(({ answered }) => answered).map(({ port }) => port);
		if (silent.length === 0) return ok(`${where}: ${listed(answering)} answered.`);
		const seen = `${where}: ${listed(silent)} did not answer`;
		if (own.has(tried[0]?.address ?? ''))
			return failed(
				`${seen}.`,
				`Let the firewall of this machine pass ${listed(silent)} (media.port), ${where.split(' ').at(-1)}.`,
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
}

export async function checkMedia({ mediaPaths }: Subject): Promise<Seen[]> {
	const addresses = Object.values(networkInterfaces()).flat();
	const own = new Set(addresses.flatMap((one) => one?.address ?? []));
	try {
		return judgeMedia(await mediaPaths(), own);
	} catch (error) {
		return [unstartable(error, 'Wait until the media workers are less busy, and try again.')];
	}
}
