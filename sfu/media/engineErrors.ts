import type { Consumer } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';

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
		const reason = error instanceof Error ? error.message : 'refused';
		throw new CodedError('BAD_MEDIA', `The media server refused this: ${reason.slice(0, 200)}`);
	}
}

/** A consumer that ended while it was being changed is no failure. */
export function ifClosed(consumer: Consumer): (error: unknown) => void {
	return (error) => {
		if (!consumer.closed) throw error;
	};
}
