import type { MediaPath } from '#shared/doctor.ts';
import type { MediaAddresses } from '../media/worker/mediaAddresses.ts';
import type { WorkerPool } from '../media/worker/workers.ts';
import { answersIce } from './iceCheck.ts';

/**
 * Sends a check of ICE, as browsers do, to each candidate that browsers are told of each worker. It proves the way there
 * and back, through the address translation of the network where there is one. People in calls do not notice it.
 *
 * @throws {CodedError} UNAVAILABLE when no worker is alive; LIMIT_REACHED when a worker is full.
 */
export async function tryMediaPaths(
	pool: WorkerPool,
	addresses: MediaAddresses,
): Promise<MediaPath[]> {
	const own = pool.loads.filter(({ isBorrowed }) => !isBorrowed);
	const tried = await Promise.all(own.map(({ slot }) => tryWorker(pool, slot, addresses)));
	return tried.flat();
}

async function tryWorker(
	pool: WorkerPool,
	slot: number,
	addresses: MediaAddresses,
): Promise<MediaPath[]> {
	const { router, placed } = await pool.createRouter(slot);
	try {
		const transport = await router.createWebRtcTransport({
			webRtcServer: placed.server,
			enableUdp: true,
			enableTcp: true,
		});
		const told = addresses.candidates(transport.iceCandidates);
		return await Promise.all(
			told.map(async ({ address, port, protocol }) => {
				const candidate = { address, port, protocol };
				return { ...candidate, answered: await answersIce(candidate, transport.iceParameters) };
			}),
		);
	} finally {
		router.close();
	}
}
