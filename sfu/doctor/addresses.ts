import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { MediaAddresses } from '../media/worker/mediaAddresses.ts';
import type { Subject } from './subject.ts';
import { failed, ok, unstartable, warning, type Seen } from './findings.ts';

/** Whether browsers anywhere can send to an address. */
const isPublic = (address: string) => ipaddr.process(address).range() === 'unicast';

const setIt =
	'Set media.announcedAddress to the address under which the internet reaches this machine.';

/**
 * @param announced what browsers are told.
 * @param configured whether it comes from `media.announcedAddress`.
 * @param own the addresses of this machine.
 * @param page the addresses of the page's host; null where they are not known.
 */
export function judgeAddresses(
	announced: readonly string[],
	configured: boolean,
	own: ReadonlySet<string>,
	page: readonly string[] | null,
): Seen {
	const described = announced.map((address) => {
		const where = own.has(address) ? 'of this machine' : 'not of this machine';
		return `${address} (${where}${isPublic(address) ? '' : ', private'})`;
	});
	const source = configured ? 'from media.announcedAddress' : 'found on this machine';
	const seen = `Browsers are told ${described.join(', ') || 'no address'}, ${source}.`;
	if (announced.length === 0) return failed(seen, setIt);
	const hasPublic = announced.some(isPublic);
	if (!hasPublic && page?.some(isPublic))
		return failed(`${seen} The page has the public address ${page.join(', ')}.`, setIt);
	if (!hasPublic && !configured)
		return warning(`${seen} Only people in the same network can reach it.`, setIt);
	if (page?.some((address) => isIP(address) === 6) && !announced.some((one) => isIP(one) === 6))
		return warning(
			`${seen} The page has an IPv6 address, and none is announced for media.`,
			'Add the IPv6 address to media.announcedAddress, for networks that have only IPv6.',
		);
	return ok(seen);
}

export async function checkAddresses({ config: { media }, page }: Subject): Promise<Seen[]> {
	const interfaces = networkInterfaces();
	const own = new Set(
		Object.values(interfaces)
			.flat()
			.flatMap((one) => one?.address ?? []),
	);
	let addresses: MediaAddresses;
	try {
		addresses = await MediaAddresses.decide(media, interfaces);
	} catch (error) {
		return [unstartable(error, 'Correct media.announcedAddress, or the name service.')];
	}
	const host = page?.hostname.replaceAll(/[[\]]/g, '');
	const found = host ? await lookup(host, { all: true }).catch(() => null) : null;
	const pageAddresses = found?.map(({ address }) => address) ?? null;
	return [judgeAddresses(addresses.announced, addresses.configured, own, pageAddresses)];
}
