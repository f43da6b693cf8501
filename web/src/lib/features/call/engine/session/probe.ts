import type { Consumer } from 'mediasoup-client/types';
import type { RtpCapabilities, TransportOptions } from '#shared/rtp.ts';
import { judgePath, measure } from '../statistics/mediaPath.ts';
import type { MediaPath } from '../model.ts';
import { toEngineParameters } from '../media/rtp.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import type { PlaceholderTracks } from '../media/placeholderTracks.ts';
import type { Transports } from '../media/transports.ts';

/** How often the path is looked at, in milliseconds: first eagerly, later to see it heal. */
const pause = { proving: 100, watching: 1000 } as const;

/**
 * Proves in the lobby that media passes both ways: the media that this client sends comes back to it. That makes both
 * transports connect, so that nothing slow is left for Join.
 */
export class Probe {
	readonly #transports: Transports;
	readonly #placeholders: PlaceholderTracks;
	readonly #ask: Ask;
	readonly #told: TransportOptions;
	readonly #tell: (path: MediaPath) => void;
	readonly #began = performance.now();
	#consumers: Consumer[] = [];
	#looped: Promise<void> = Promise.resolve();
	#last: MediaPath['kind'] = 'checking';
	#timer: ReturnType<typeof setTimeout> | null = null;
	#ended = false;
	#closed = false;

	/** @param told the transport whose address the person sees if no media comes back */
	constructor(
		transports: Transports,
		placeholders: PlaceholderTracks,
		ask: Ask,
		told: TransportOptions,
		tell: (path: MediaPath) => void,
	) {
		this.#transports = transports;
		this.#placeholders = placeholders;
		this.#ask = ask;
		this.#told = told;
		this.#tell = tell;
	}

	/** Begins once the silent producers are stated. A person who has joined needs no loop. */
	start(rtpCapabilities: RtpCapabilities): void {
		if (!this.#ended) {
			this.#placeholders.draw('proving');
			this.#looped = this.#loopBack(rtpCapabilities);
		}
		this.#schedule();
	}

	/** Settles when the loop is built, or could not be. */
	get looped(): Promise<void> {
		return this.#looped;
	}

	/** The person joined: the server has ended the loop, and the path is only watched from now on. */
	end(): void {
		this.#ended = true;
		this.#placeholders.draw(null);
	}

	/** Closes this side of the loop. It costs a negotiation: best done when nothing waits for it. */
	closeLoop(): void {
		for (const consumer of this.#consumers) consumer.close();
		this.#consumers = [];
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.end();
		if (this.#timer !== null) clearTimeout(this.#timer);
	}

	async #loopBack(rtpCapabilities: RtpCapabilities): Promise<void> {
		try {
			const { consumers } = await this.#ask('media:loopback', { rtpCapabilities });
			if (this.#ended) return;
			const built = await Promise.all(
				consumers.map(({ consumerId: id, producerId, kind, rtpParameters }) => {
					const parameters = toEngineParameters(rtpParameters);
					return this.#transports.recv.consume({ id, producerId, kind, rtpParameters: parameters });
				}),
			);
			this.#consumers.push(...built);
			if (this.#ended) return;
			await this.#ask('media:resume', {
				consumerIds: consumers.map(({ consumerId }) => consumerId),
			});
		} catch {
			// Joined or lost meanwhile: the transports tell what there is to tell.
		}
	}

	#schedule(): void {
		// Once inside, the tiles show how the path is.
		if (this.#closed || (this.#ended && this.#last === 'connected')) return;
		const proving = this.#last === 'checking';
		this.#timer = setTimeout(() => void this.#look(), proving ? pause.proving : pause.watching);
	}

	async #look(): Promise<void> {
		const { send, recv } = this.#transports;
		// Joined at once into an empty room, there is nothing to receive and no way back to look at.
		const back = this.#ended && recv.connectionState === 'new' ? send : recv;
		// Without figures the path is not proved yet, and is looked at again.
		const report =
			back.connectionState === 'connected' ? await back.getStats().catch(() => null) : null;
		if (this.#closed) return;
		const path = judgePath(
			{
				send: send.connectionState,
				recv: back.connectionState,
				measured: report ? measure(report) : { protocol: null, packets: 0 },
				waited: performance.now() - this.#began,
			},
			this.#told,
		);
		if (path.kind !== this.#last && path.kind !== 'checking') {
			this.#last = path.kind;
			this.#tell(path);
			if (path.kind === 'connected' && !this.#ended) this.#placeholders.draw('warm');
		}
		this.#schedule();
	}
}
