import { once } from 'node:events';
import { createWorker } from 'mediasoup';
import type { Router, WebRtcServer } from 'mediasoup/types';
import type { MediaPath } from '#shared/doctor.ts';
import type { MediaAddresses } from '../media/worker/mediaAddresses.ts';
import { mediaPortError, workerError, type WorkerPool } from '../media/worker/workers.ts';
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
	const tried = own.map(async ({ slot }) => {
		const { router, placed } = await pool.createRouter(slot);
		return tryServer(router, placed.server, addresses).finally(() => router.close());
	});
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
	const tried = ports.map(async (port) => {
		const worker = await createWorker({ logLevel: 'warn' }).catch((error: unknown) => {
			throw workerError(error);
		});
		// The port is free when the process has ended.
		const ended = once(worker, 'subprocessclose');
		try {
			const server = await worker
				.createWebRtcServer({ listenInfos: addresses.listenInfos(port) })
				.catch((error: unknown) => {
					throw mediaPortError(port, error);
				});
			return await tryServer(await worker.createRouter(), server, addresses);
		} finally {
			worker.close();
			await ended;
		}
	});
	return (await Promise.all(tried)).flat();
}

async function tryServer(
	router: Router,
	webRtcServer: WebRtcServer,
	addresses: MediaAddresses,
): Promise<MediaPath[]> {
	const transport = await router.createWebRtcTransport({
		webRtcServer,
		enableUdp: true,
		enableTcp: true,
	});
	const told = addresses.candidates(transport.iceCandidates);
	return Promise.all(
		told.map(async ({ address, port, protocol }) => {
			const candidate = { address, port, protocol };
			return { ...candidate, answered: await answersIce(candidate, transport.iceParameters) };
		}),
	);
}
