import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createWorker, version } from 'mediasoup';
import type { Worker } from 'mediasoup/types';
import * as v from 'valibot';
import type { BorrowedWorker } from '../worker/borrowedWorkers.ts';
import { announcedCandidates } from '../worker/mediaAddresses.ts';
import { linkPortsBeside } from '../worker/pipes.ts';
import {
	lentVariable,
	nodeVariable,
	workerOffer,
	workerPath,
	type LentWorker,
	type WorkerOffer,
} from './workerOffer.ts';

/** What mediasoup starts in place of a worker: it speaks to one of another node. */
const standIn = fileURLToPath(new URL('./borrowedWorker.sh', import.meta.url));

/** How long the other node may take to answer, in ms. */
const answerTime = 3_000;

type Answer = {
	offer: WorkerOffer;
	/** The addresses of this machine and of the other one, as they reach each other. */
	ours: string;
	theirs: string;
};

/**
 * Has another node run a media worker for this one.
 *
 * @param node its id, and where it takes what nodes ask for.
 * @param credentials by which the other node knows that this one is of the same service.
 * @returns null if that node has none to spare, or runs another version of mediasoup.
 * @throws if it cannot be reached, or its worker does not start.
 */
export async function borrowFrom(
	node: { id: string; url: string },
	credentials: Record<string, string>,
): Promise<BorrowedWorker | null> {
	const { id, url } = node;
	const answer = await ask(url, credentials);
	if (!answer) return null;
	const { offer, ours, theirs } = answer;
	const worker = await startStandIn({
		...{ address: new URL(workerPath, url).href, credentials },
		ticket: offer.ticket,
	});
	try {
		const { announced, listenInfos } = offer;
		const server = await worker.createWebRtcServer({ listenInfos });
		return {
			...{ node: id, worker, server },
			addresses: {
				candidates: (found) => (announced ? announcedCandidates(found, announced) : [...found]),
			},
			linkEnd: { address: theirs, ours, ports: linkPortsBeside(offer.ports) },
		};
	} catch (error) {
		worker.close();
		throw error;
	}
}

function ask(url: string, credentials: Record<string, string>): Promise<Answer | null> {
	return new Promise((resolve, reject) => {
		const asking = request(new URL(workerPath, url), {
			method: 'POST',
			headers: { ...credentials, 'mediasoup-version': version },
			timeout: answerTime,
		});
		asking.once('error', reject);
		asking.once('timeout', () => asking.destroy(new Error(`${url} does not answer`)));
		asking.once('response', (response) => {
			const { localAddress = '', remoteAddress = '' } = response.socket;
			if (response.statusCode !== 200) {
				response.resume();
				if (response.statusCode === 409) resolve(null);
				else reject(new Error(`${url} answered ${response.statusCode}`));
				return;
			}
			json(response).then(
				(body) =>
					resolve({
						offer: v.parse(workerOffer, body),
						...{ ours: plain(localAddress), theirs: plain(remoteAddress) },
					}),
				reject,
			);
		});
		asking.end();
	});
}

/** An address of IPv4 as such, where a socket of both families tells it. */
const plain = (address: string) => address.replace(/^::ffff:/, '');

function startStandIn(lent: LentWorker): Promise<Worker> {
	process.env[lentVariable] = JSON.stringify(lent);
	process.env[nodeVariable] = process.execPath;
	try {
		// The process is started before this returns.
		return createWorker({ logLevel: 'warn', workerBin: standIn });
	} finally {
		delete process.env[lentVariable];
		delete process.env[nodeVariable];
	}
}
