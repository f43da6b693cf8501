import { isDeepStrictEqual } from 'node:util';
import type { WebRtcTransport } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';
import type { PeerId } from '#shared/ids.ts';
import type { Data } from '#shared/protocol.ts';
import type { DtlsParameters, TransportOptions } from '#shared/rtp.ts';
import { refusedAsBadMedia, type Refusals } from './engineErrors.ts';
import type { Log } from '../../platform/log.ts';
import { PeerConsumers } from './peerConsumers.ts';
import { PeerProducers, type ProducerSettings } from './peerProducers.ts';
import type { HomeRouter, RouterPlace } from '../worker/homeRouter.ts';
import type { Pipes } from '../worker/pipes.ts';

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
	/** The router that has its transports. */
	readonly home: HomeRouter;
	readonly #release: () => void;
	/** Resolves when the receiving path opens first, with the time that took from `media:connect` on, in ms. */
	readonly opened: Promise<number>;
	#closed = false;
	readonly #connected: Partial<Record<Direction, DtlsParameters>> = {};
	/** When the client asked to open the receiving path, in ms since the process began. */
	#connecting = 0;

	private constructor(
		peerId: PeerId,
		{ home, release }: RouterPlace,
		pipes: Pipes,
		transports: Record<Direction, WebRtcTransport>,
		refusals: Refusals,
		log: Log,
		producing: ProducerSettings,
	) {
		this.home = home;
		this.#release = release;
		this.peerId = peerId;
		this.#transports = transports;
		const { rtpCapabilities } = home.router;
		const { send, recv } = transports;
		this.producers = new PeerProducers(
			peerId,
			send,
			rtpCapabilities,
			pipes,
			refusals,
			log,
			producing,
		);
		this.consumers = new PeerConsumers(peerId, { home, transport: recv, pipes }, refusals, log);
		this.opened = new Promise((resolve) =>
			recv.on('dtlsstatechange', (state) => {
				if (state === 'connected') resolve(performance.now() - this.#connecting);
			}),
		);
	}

	/**
	 * Creates both transports on the worker's one port.
	 *
	 * @param place is given back when the peer is gone, or cannot be made.
	 * @param pipes bring it what is published on other routers.
	 * @param log names the peer.
	 * @param stranger for a peer in a pairing pool: after how many seconds without a sign of life `silent` is called.
	 * @throws if the engine makes no transports.
	 */
	static async create(
		peerId: PeerId,
		place: RouterPlace,
		pipes: Pipes,
		refusals: Refusals,
		log: Log,
		producing: ProducerSettings = {},
		stranger?: { consentTimeout: number; silent: () => void },
	): Promise<PeerMedia> {
		const { router, placed } = place.home;
		const options = {
			webRtcServer: placed.server,
			enableUdp: true,
			enableTcp: true,
			preferUdp: true,
			...(stranger && { iceConsentTimeout: stranger.consentTimeout }),
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
				if (state === 'disconnected') stranger?.silent();
			});
			await send.setMaxIncomingBitrate(maxIncomingBitrate);
			const transports = { send, recv };
			return new PeerMedia(peerId, place, pipes, transports, refusals, log, producing);
		} catch (error) {
			for (const transport of made) transport.close();
			place.release();
			throw error;
		}
	}

	/** The options with which the client builds its end. */
	options(direction: Direction): TransportOptions {
		const { id, iceParameters, iceCandidates, dtlsParameters } = this.#transports[direction];
		const announced = this.home.placed.addresses.candidates(iceCandidates);
		return { id, iceParameters, iceCandidates: announced, dtlsParameters };
	}

	/** Starts DTLS (MEDIA-1). */
	async connect(direction: Direction, dtlsParameters: DtlsParameters): Promise<void> {
		const before = this.#connected[direction];
		if (before) {
			if (isDeepStrictEqual(before, dtlsParameters)) return;
			throw new CodedError('CONFLICT');
		}
		const transport = this.#transports[direction];
		this.#connected[direction] = dtlsParameters;
		if (direction === 'recv') this.#connecting = performance.now();
		try {
			await refusedAsBadMedia(
				() => !transport.closed,
				// The engine completes its input in place: it gets a copy.
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

	/** New ICE credentials (MEDIA-11). */
	async restartIce(
		direction: Direction,
	): Promise<Pick<Data<'media:restart-ice'>, 'iceParameters'>> {
		const transport = this.#transports[direction];
		const iceParameters = await transport.restartIce();
		this.home.placed.addresses.renew?.(transport);
		return { iceParameters };
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#release();
		for (const transport of Object.values(this.#transports)) {
			void this.home.placed.traffic.readLast(transport);
			transport.close();
		}
	}
}
