import type { Stat, Stats } from './statReport.ts';

/** How packets travel. */
export type Protocol = 'udp' | 'tcp';

/** The pair of addresses over which a transport sends and receives now, if there is one. */
export function selectedPair(stats: Stats): Stat | undefined {
	const all = [...stats.values()];
	const selected = all.find(
		({ type, selectedCandidatePairId: id }) => type === 'transport' && id !== undefined,
	)?.selectedCandidatePairId;
	// Firefox has no word on transports, but marks the pair.
	return (
		stats.get(selected ?? '') ??
		all.find(
			({ type, state, nominated }) =>
				type === 'candidate-pair' && state === 'succeeded' && nominated,
		)
	);
}

/** How this machine reaches the other end of a pair, or the relay in between; null if the browser does not say. */
export function protocolOf(stats: Stats, pair: Stat | undefined): Protocol | null {
	const local = stats.get(pair?.localCandidateId ?? '');
	const protocol = local?.relayProtocol ?? local?.protocol;
	if (!protocol) return null;
	return protocol === 'udp' ? 'udp' : 'tcp';
}
