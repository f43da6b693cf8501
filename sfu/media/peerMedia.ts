import { isDeepStrictEqual } from 'node:util';
import type { Router, WebRtcTransport } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';
import type { PeerId } from '#shared/ids.ts';
import type { Data } from '#shared/protocol.ts';
import type { DtlsParameters, TransportOptions } from '#shared/rtp.ts';
import { refusedAsBadMedia, type Refusals } from './engineErrors.ts';
import { PeerConsumers } from './peerConsumers.ts';
import { PeerProducers } from './peerProducers.ts';
import type { Placed } from './workers.ts';

/** Seen from the client: `send` is where it sends. */
export type Direction = 'send' | 'recv';

/** Where the bandwidth estimate towards a client begins, in bits per second. */
const initialAvailableOutgoingBitrate = 1_000_000;
/** What one client may send at most, in bits per second: camera and a sharp share. */
const maxIncomingBitrate = 8_000_000;

/** One peer's media: a transport each way, what it sends and what it receives. */
export class PeerMedia {
	readonly peerId: PeerId;
	readonly producers: PeerProducers;
	readonly consumers: PeerConsumers;
	readonly #transports: Record<Direction, WebRtcTransport>;
	readonly #release: () => void;
	#closed = false;
	readonly #connected: Partial<Record<Direction, DtlsParameters>> = {};

	private constructor(
		peerId: PeerId,
		router: Router,
		transports: Record<Direction, WebRtcTransport>,
		refusals: Refusals,
		release: () => void,
		cname?: string,
	) {
		this.#release = release;
		this.peerId = peerId;
		this.#transports = transports;
		const { rtpCapabilities } = router;
		this.producers = new PeerProducers(peerId, transports.send, rtpCapabilities, refusals, cname);
		this.consumers = new PeerConsumers(peerId, router, transports.recv, refusals);
	}

	/**
	 * Creates both transports on the worker's one port.
	 *
	 * @throws {CodedError} LIMIT_REACHED when the worker carries no more peers (R215).
	 *
	 * @param refusals hears of what the engine refuses this peer.
	 * @param hall of one who meets strangers: what to call when the client gave no sign of life on its way here for so many
	 *   seconds, and the name of the source of what it sends, instead of its own.
	 */
	static async create(
		peerId: PeerId,
		router: Router,
		placed: Placed,
		refusals: Refusals,
		hall?: { seconds: number; silent: () => void; cname: string },
	): Promise<PeerMedia> {
		const release = placed.addPeer();
		const options = {
			...{ webRtcServer: placed.server, enableUdp: true, enableTcp: true, preferUdp: true },
			...(hall && { iceConsentTimeout: hall.seconds }),
		};
		const making = await Promise.allSettled([
			router.createWebRtcTransport(options),
			router.createWebRtcTransport({ ...options, initialAvailableOutgoingBitrate }),
		]);
		const made = making.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
		try {
			const [send, recv] = made;
			if (!send || !recv) throw making.find((one) => one.status === 'rejected')?.reason;
			send.on('icestatechange', (state) => {
				if (state === 'disconnected') hall?.silent();
			});
			await send.setMaxIncomingBitrate(maxIncomingBitrate);
			return new PeerMedia(peerId, router, { send, recv }, refusals, release, hall?.cname);
		} catch (error) {
			for (const transport of made) transport.close();
			release();
			throw error;
		}
	}

	/** What the client needs to build its end. */
	options(direction: Direction): TransportOptions {
		const { id, iceParameters, iceCandidates, dtlsParameters } = this.#transports[direction];
		return { id, iceParameters, iceCandidates, dtlsParameters };
	}

	/** Starts DTLS (R23). */
	async connect(direction: Direction, dtlsParameters: DtlsParameters): Promise<void> {
		const before = this.#connected[direction];
		if (before) {
			if (isDeepStrictEqual(before, dtlsParameters)) return;
			throw new CodedError('CONFLICT');
		}
		const transport = this.#transports[direction];
		this.#connected[direction] = dtlsParameters;
		try {
			await refusedAsBadMedia(
				() => !transport.closed,
				// The engine completes what it is given in place: it gets a copy.
				() => transport.connect({ dtlsParameters: structuredClone(dtlsParameters) }),
			);
		} catch (error) {
			delete this.#connected[direction];
			throw error;
		}
	}

	/** Whether the path in this direction is open now. */
	isOpen(direction: Direction): boolean {
		const { iceState, dtlsState } = this.#transports[direction];
		return dtlsState === 'connected' && (iceState === 'connected' || iceState === 'completed');
	}

	/** New ICE credentials (R33). */
	async restartIce(
		direction: Direction,
	): Promise<Pick<Data<'media:restart-ice'>, 'iceParameters'>> {
		return { iceParameters: await this.#transports[direction].restartIce() };
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#release();
		this.#transports.send.close();
		this.#transports.recv.close();
	}
}
