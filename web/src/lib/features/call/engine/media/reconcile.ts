import type { ConsumerId } from '#shared/ids.ts';
import type { ConsumerInfo } from '#shared/media.ts';

/**
 * Compares the existing consumers with the server's list. Those in `gone` are to be closed, those in `kept` stay, and
 * all others of the list are new.
 */
export function diffConsumers(
	here: Iterable<ConsumerId>,
	listed: readonly ConsumerInfo[],
): { gone: ConsumerId[]; kept: ConsumerId[] } {
	const ids = new Set(listed.map(({ consumerId }) => consumerId));
	const gone: ConsumerId[] = [];
	const kept: ConsumerId[] = [];
	for (const consumerId of here) (ids.has(consumerId) ? kept : gone).push(consumerId);
	return { gone, kept };
}
