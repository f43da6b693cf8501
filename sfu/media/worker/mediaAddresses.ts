import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { IceCandidate, TransportListenInfo } from 'mediasoup/types';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import { StartError } from '../../platform/startError.ts';
import { machineAddresses, usable, type Interfaces } from './addresses.ts';

/** How often a host name is looked up again, in ms. */
const lookUpEvery = 60_000;
/** How much less each further address is preferred: one step of the local preference in the priority of ICE. */
export const priorityStep = 256;

const protocols = ['udp', 'tcp'] as const;
type Protocol = (typeof protocols)[number];
/** As `isIP` tells them. */
const families = [4, 6] as const;
type Family = (typeof families)[number];

/** The addresses of a host name, as the system knows them. Rejects where it has none. */
export type LookUp = (name: string) => Promise<string[]>;

const lookUpBySystem: LookUp = async (name) =>
	(await lookup(name, { all: true })).map(({ address }) => address);

type MediaConfig = Pick<Config['media'], 'listenAddress' | 'announcedAddress'>;

type Listening = { protocol: Protocol; ip: string; reuses?: boolean };

const wildcards: Record<Family, string> = { 4: '0.0.0.0', 6: '::' };
const isOf = (family: Family) => (address: string) => isIP(address) === family;

const allOf = (interfaces: Interfaces) =>
	Object.values(interfaces).flatMap((addresses = []) => addresses.map(({ address }) => address));

/** The families in which this service can receive. */
function familiesOf(listenAddress: string, interfaces: Interfaces): Family[] {
	const own = listenAddress === '' ? allOf(interfaces) : [listenAddress];
	return families.filter((family) => own.some(isOf(family)));
}

/**
 * Where media is received, and the addresses that browsers are told.
 *
 * Without configured addresses each address of the machine is listened on and told by itself, so that calls on the same
 * machine and in the same network work with nothing configured. Configured ones are told instead, on the ports that
 * are listened on: a host name by the addresses it has at the moment.
 */
export class MediaAddresses {
	/** Whether the addresses come from the configuration. */
	readonly configured: boolean;
	readonly #names: readonly string[];
	readonly #families: readonly Family[];
	readonly #listening: readonly Listening[];
	readonly #lookUp: LookUp;
	#announced: readonly string[];
	#timer: NodeJS.Timeout | undefined;
	#isLookingUp = false;
	/** Whether the log says that a name has no address at the moment. */
	#isToldOff = false;

	private constructor(
		names: readonly string[],
		announced: readonly string[],
		listenFamilies: readonly Family[],
		listening: readonly Listening[],
		lookUp: LookUp,
	) {
		this.configured = names.length > 0;
		this.#names = names;
		this.#announced = announced;
		this.#families = listenFamilies;
		this.#listening = listening;
		this.#lookUp = lookUp;
	}

	/** @throws {StartError} when an address is configured that cannot work here. */
	static async decide(
		{ listenAddress, announcedAddress: names }: MediaConfig,
		interfaces: Interfaces = networkInterfaces(),
		lookUp: LookUp = lookUpBySystem,
	): Promise<MediaAddresses> {
		const inUse = familiesOf(listenAddress, interfaces);
		if (names.length === 0) {
			const isWild = Object.values(wildcards).includes(listenAddress);
			const ips =
				listenAddress !== '' && !isWild
					? [listenAddress]
					: (await usable(machineAddresses(interfaces))).filter((ip) =>
							inUse.some((family) => isOf(family)(ip)),
						);
			const listening = protocols.flatMap((protocol) => ips.map((ip) => ({ protocol, ip })));
			return new MediaAddresses(names, ips, inUse, listening, lookUp);
		}
		const told = await Promise.all(
			names.map((name) => addressesAtStart(name, inUse, listenAddress, lookUp)),
		);
		const announced = [...new Set(told.flat())];
		const own = new Set(allOf(interfaces));
		const listening =
			listenAddress !== ''
				? protocols.map((protocol) => ({ protocol, ip: listenAddress }))
				: inUse.flatMap((family) => listeningIn(family, names, announced, own));
		return new MediaAddresses(names, announced, inUse, listening, lookUp);
	}

	/** The addresses in the ICE candidates. */
	get announced(): readonly string[] {
		return this.#announced;
	}

	/** What a worker's WebRtcServer has to listen on, for its port. */
	listenInfos(port: number): TransportListenInfo[] {
		return this.#listening.map(({ protocol, ip, reuses }) => {
			const flags = {
				// Both families are listened on by themselves.
				...(isIP(ip) === 6 && { ipv6Only: true }),
				...(reuses && { udpReusePort: true }),
			};
			return { protocol, ip, port, ...(Object.keys(flags).length > 0 && { flags }) };
		});
	}

	/** The candidates to tell a browser, for those of a transport, which name what is listened on. */
	candidates(found: readonly IceCandidate[]): IceCandidate[] {
		return this.configured ? announcedCandidates(found, this.#announced) : [...found];
	}

	/** Looks host names up again from now on. Peers that come after a change are told the new addresses. */
	watch(log: Log): void {
		if (this.#timer || this.#names.every((name) => isIP(name))) return;
		this.#timer = setInterval(() => {
			if (this.#isLookingUp) return;
			this.#isLookingUp = true;
			void this.#renew(log).finally(() => (this.#isLookingUp = false));
		}, lookUpEvery);
		this.#timer.unref();
	}

	close(): void {
		clearInterval(this.#timer);
	}

	/** Never rejects. A name that cannot be looked up leaves all as it is. */
	async #renew(log: Log): Promise<void> {
		try {
			const found = await Promise.all(
				this.#names.map((name) => addressesOf(name, this.#families, this.#lookUp)),
			);
			const announced = [...new Set(found.flat())];
			if (this.#isToldOff) log.info('the host names of media.announcedAddress resolve again');
			this.#isToldOff = false;
			if (isDeepStrictEqual(announced, this.#announced)) return;
			log.info({ before: this.#announced, announced }, 'the announced media addresses changed');
			this.#announced = announced;
		} catch (error) {
			if (!this.#isToldOff)
				log.warn(
					{ reason: String(error), announced: this.#announced },
					'a host name of media.announcedAddress does not resolve now: the last known addresses stay',
				);
			this.#isToldOff = true;
		}
	}
}

/** The candidates of a transport with these addresses instead of its own. The first one is preferred. */
export function announcedCandidates(
	found: readonly IceCandidate[],
	announced: readonly string[],
): IceCandidate[] {
	return protocols.flatMap((protocol) => {
		const first = found.find((one) => one.protocol === protocol);
		if (!first) return [];
		return announced.map((address, index) => ({
			...first,
			...{ ip: address, address, priority: first.priority - index * priorityStep },
		}));
	});
}

/** The addresses of a name in the families that are listened on, in a steady order. Rejects where there are none. */
async function addressesOf(
	name: string,
	inUse: readonly Family[],
	lookUp: LookUp,
): Promise<string[]> {
	if (isIP(name)) return [name];
	const all = (await lookUp(name)).toSorted(
		(one, other) => isIP(one) - isIP(other) || one.localeCompare(other, 'en'),
	);
	const fitting = all.filter((address) => inUse.some((family) => isOf(family)(address)));
	if (fitting.length === 0) throw new Error(`${name} resolves to ${all.join(', ') || 'nothing'}`);
	return fitting;
}

/** @throws {StartError} when the name has no address in a family that is listened on. */
async function addressesAtStart(
	name: string,
	inUse: readonly Family[],
	listenAddress: string,
	lookUp: LookUp,
): Promise<string[]> {
	const listens = inUse.map((family) => `IPv${family}`).join(' and ') || 'no address';
	const why = listenAddress
		? `media.listenAddress is ${listenAddress}`
		: `this machine has ${listens} only`;
	const has = `media.announcedAddress has "${name}", `;
	const family = isIP(name);
	if (family !== 0 && !inUse.includes(family as Family))
		throw new StartError(`${has}but nothing listens on IPv${family} here: ${why}.`);
	let found: string[] = [];
	try {
		return await addressesOf(name, inUse, async (host) => (found = await lookUp(host)));
	} catch {
		throw new StartError(
			found.length > 0
				? `${has}which resolves to ${found.join(', ')}, but ${why}.`
				: `${has}a host name that does not resolve to any address here.`,
		);
	}
}

/**
 * What to listen on in one family. What is announced and is an address of this machine is listened on by itself, so that
 * answers leave from it. Whatever else is announced arrives at some address of this machine: all of them are listened on.
 */
function listeningIn(
	family: Family,
	names: readonly string[],
	announced: readonly string[],
	own: ReadonlySet<string>,
): Listening[] {
	const fitting = announced.filter(isOf(family));
	const [ours, others] = [
		fitting.filter((address) => own.has(address)),
		fitting.filter((address) => !own.has(address)),
	];
	const isWild = others.length > 0 || names.some((name) => isIP(name) === 0);
	if (!isWild) return protocols.flatMap((protocol) => ours.map((ip) => ({ protocol, ip })));
	const all = wildcards[family];
	// The answers over TCP leave from where its connection arrived.
	return [
		{ protocol: 'udp', ip: all, ...(ours.length > 0 && { reuses: true }) },
		...ours.map((ip) => ({ protocol: 'udp' as const, ip, reuses: true })),
		{ protocol: 'tcp', ip: all },
	];
}
