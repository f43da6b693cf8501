import { CodedError } from '#shared/errors.ts';
import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { Log } from '../../platform/log.ts';
import { badMedia } from './description.ts';

/**
 * Carries out something that depends on what a client described (RTP, DTLS), and turns the media
 * engine's refusal into BAD_MEDIA. The message of the engine names the fault and is passed on.
 *
 * @param alive whether the part that the request was about still exists; if not, that was the fault.
 */
export async function refusedAsBadMedia<T>(
	alive: () => boolean,
	task: () => Promise<T>,
): Promise<T> {
	try {
		return await task();
	} catch (error) {
		if (error instanceof CodedError) throw error;
		if (!alive()) throw new CodedError('UNAVAILABLE');
		throw badMedia(error instanceof Error ? error.message : 'refused');
	}
}

/** The producer that the engine refused, and the peer that asked. */
type RefusalContext = { producerId: ProducerId; peer: PeerId };

/**
 * Unforeseen refusals of the engine. Each is the failure of one item (MEDIA-16) and of nothing else. The first one of each
 * producer is logged.
 */
export class Refusals {
	readonly #log: Log;
	readonly #logged = new Set<ProducerId>();

	constructor(log: Log) {
		this.#log = log;
	}

	note(error: unknown, context: RefusalContext): void {
		if (this.#logged.has(context.producerId)) return;
		this.#logged.add(context.producerId);
		this.#log.error({ ...context, err: error }, 'media trouble');
	}

	/** This producer has ended. */
	forget(producerId: ProducerId): void {
		this.#logged.delete(producerId);
	}
}

/** A consumer or producer that ended while it was being changed is no failure. */
export function ifClosed(part: { readonly closed: boolean }): (error: unknown) => void {
	return (error) => {
		if (!part.closed) throw error;
	};
}
