import type { MediaPath } from '#shared/doctor.ts';
import type { MediaAddresses } from '../media/worker/mediaAddresses.ts';
import { tryFreePort, tryWorker, type Trial } from '../media/worker/trials.ts';
import type { WorkerPool } from '../media/worker/workers.ts';
import { answersIce } from './iceCheck.ts';

/**
 * Sends a check of ICE, as browsers do, to each candidate that browsers are told of each worker. It proves the way there
 * and back, through the address translation of the network where there is one. People in calls do not notice it.
 *
 * @throws {CodedError} UNAVAILABLE when no worker is alive; LIMIT_REACHED when a worker is full.
 */
export async function tryMediaPaths(pool: WorkerPool): Promise<MediaPath[]> {
	const own = pool.loads.filter(({ isBorrowed }) => !isBorrowed);
	const tried = own.map(({ slot }) => tryWorker(pool, slot, pathsOf));
	return (await Promise.all(tried)).flat();
}

/**
 * As `tryMediaPaths`, of ports that no worker has: each gets one for as long as it is tried.
 *
 * @throws {StartError} where a worker or its port cannot be had.
 */
export async function tryFreePorts(
	ports: readonly number[],
	addresses: MediaAddresses,
): Promise<MediaPath[]> {
	const tried = ports.map((port) => tryFreePort(port, addresses, pathsOf));
	return (await Promise.all(tried)).flat();
}

const pathsOf = ({ candidates, credentials }: Trial): Promise<MediaPath[]> =>
	Promise.all(
		candidates.map(async ({ address, port, protocol }) => {
			const candidate = { address, port, protocol };
			return { ...candidate, answered: await answersIce(candidate, credentials) };
		}),
	);
