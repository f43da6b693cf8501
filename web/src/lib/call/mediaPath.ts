import type { ConnectionState } from 'mediasoup-client/types';
import type { TransportOptions } from '#shared/rtp.ts';
import type { MediaPath } from './model.ts';

/*
 * The thinking behind the path check in the lobby: pure functions from what the browser measured to what
 * the person is told.
 */

/** An entry of a statistics report, with what is read of it here. */
type Stat = {
	id: string;
	type: string;
	selectedCandidatePairId?: string;
	nominated?: boolean;
	selected?: boolean;
	state?: string;
	localCandidateId?: string;
	protocol?: string;
	relayProtocol?: string;
	packetsReceived?: number;
};

/** What the statistics of the receiving transport say. */
export type Measured = { protocol: 'udp' | 'tcp' | null; packets: number };

export function measure(report: RTCStatsReport): Measured {
	const stats = new Map<string, Stat>();
	report.forEach((stat: Stat) => stats.set(stat.id, stat));
	let packets = 0;
	let selected: Stat | undefined;
	for (const stat of stats.values()) {
		if (stat.type === 'inbound-rtp') packets += stat.packetsReceived ?? 0;
		if (stat.type === 'transport' && stat.selectedCandidatePairId) {
			selected = stats.get(stat.selectedCandidatePairId);
		}
	}
	// Firefox has no word on transports, but marks the pair.
	selected ??= [...stats.values()].find(
		({ type, state, nominated }) => type === 'candidate-pair' && state === 'succeeded' && nominated,
	);
	const local = stats.get(selected?.localCandidateId ?? '');
	const protocol = local?.relayProtocol ?? local?.protocol;
	return { protocol: !protocol ? null : protocol === 'udp' ? 'udp' : 'tcp', packets };
}

/** How long the check may take before it is called failed, in milliseconds. */
const patience = 8000;
/**
 * How long connected transports may go without a packet: a page in the background draws nothing, but
 * its transports prove the path as well.
 */
const quiet = 3000;

/** What the person is told of the path, `waited` milliseconds after the check began. */
export function judgePath(
	seen: { send: ConnectionState; recv: ConnectionState; measured: Measured; waited: number },
	told: TransportOptions,
): MediaPath {
	const { send, recv, measured, waited } = seen;
	if (send === 'connected' && recv === 'connected') {
		const proven = measured.packets > 0 || waited >= quiet;
		if (proven && measured.protocol) return { kind: 'connected', protocol: measured.protocol };
		return { kind: 'checking' };
	}
	if (waited < patience) return { kind: 'checking' };
	const [candidate] = told.iceCandidates;
	return { kind: 'unreachable', address: candidate?.address ?? '', port: candidate?.port ?? 0 };
}
