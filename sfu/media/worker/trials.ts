import { once } from 'node:events';
import { createWorker } from 'mediasoup';
import type { IceCandidate, IceParameters, Router, WebRtcServer } from 'mediasoup/types';
import type { MediaAddresses } from './mediaAddresses.ts';
import { mediaPortError, workerError, type WorkerPool } from './workers.ts';

/** A transport that no peer uses: where a browser would be told to send, and what lets it in. */
export type Trial = { candidates: IceCandidate[]; credentials: IceParameters };

/**
 * Has a trial of a worker looked at. People in calls do not notice it.
 *
 * @throws {CodedError} UNAVAILABLE when the worker is not alive; LIMIT_REACHED when it is full.
 */
export async function tryWorker<T>(
	pool: WorkerPool,
	slot: number,
	look: (trial: Trial) => Promise<T>,
): Promise<T> {
	const { router, placed } = await pool.createRouter(slot);
	try {
		return await look(await trialOn(router, placed.server, placed.addresses));
	} finally {
		router.close();
	}
}

/**
 * Has a trial of a port looked at that no worker has: it gets one for that long, and is free again afterwards.
 *
 * @throws {StartError} where the worker or its port cannot be had.
 */
export async function tryFreePort<T>(
	port: number,
	addresses: MediaAddresses,
	look: (trial: Trial) => Promise<T>,
): Promise<T> {
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
		return await look(await trialOn(await worker.createRouter(), server, addresses));
	} finally {
		worker.close();
		await ended;
	}
}

async function trialOn(
	router: Router,
	webRtcServer: WebRtcServer,
	addresses: Pick<MediaAddresses, 'candidates'>,
): Promise<Trial> {
	const transport = await router.createWebRtcTransport({
		webRtcServer,
		enableUdp: true,
		enableTcp: true,
	});
	const candidates = addresses.candidates(transport.iceCandidates);
	return { candidates, credentials: transport.iceParameters };
}
