import { CodedError } from '#shared/errors.ts';
import type { PeerId, ProducerId } from '#shared/ids.ts';
import { badMedia } from './description.ts';

/**
 * Carries out something that depends on what a client described (RTP, DTLS), and turns the media
 * engine's refusal into BAD_MEDIA. Its own words name the fault well enough to be passed on.
 *
 * @param alive says whether the part the request was for still exists; if not, that was the fault.
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

/** What the engine refused: of which producer, and to which peer. */
export type RefusalContext = { producerId: ProducerId; peer: PeerId };

/**
 * Refusals of the engine that nobody foresaw. Each is the failure of one item (R211) and of nothing else; the first one of
 * each producer is told to those who look after the service.
 */
export class Refusals {
	readonly #tell: (error: unknown, context: RefusalContext) => void;
	readonly #told = new Set<ProducerId>();

	constructor(tell: (error: unknown, context: RefusalContext) => void) {
		this.#tell = tell;
	}

	note(error: unknown, context: RefusalContext): void {
		if (this.#told.has(context.producerId)) return;
		this.#told.add(context.producerId);
		this.#tell(error, context);
	}

	/** This producer has ended. */
	forget(producerId: ProducerId): void {
		this.#told.delete(producerId);
	}
}

/** A consumer or producer that ended while it was being changed is no failure. */
export function ifClosed(part: { readonly closed: boolean }): (error: unknown) => void {
	return (error) => {
		if (!part.closed) throw error;
	};
}
