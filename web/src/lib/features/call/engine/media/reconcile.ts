import type { ConsumerId } from '#shared/ids.ts';
import type { ConsumerInfo } from '#shared/media.ts';

/**
 * Compares the consumers that are here with the server's list: `gone` are to be closed, `kept` stay, and
 * what is in neither is new.
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
