import type { ConnectionState } from 'mediasoup-client/types';
import type { TransportOptions } from '#shared/rtp.ts';
import { protocolOf, selectedPair, type Protocol } from './candidatePair.ts';
import type { MediaPath } from '../model.ts';
import { indexed, type Report } from './statReport.ts';

/*
 * The rules of the path check in the lobby: pure functions from the measurements of the browser to what the person
 * reads.
 */

/** The statistics of the receiving transport that the check needs. */
export type Measured = { protocol: Protocol | null; packets: number };

export function measure(report: Report): Measured {
	const stats = indexed(report);
	let packets = 0;
	for (const { type, packetsReceived } of stats.values()) {
		if (type === 'inbound-rtp') packets += packetsReceived ?? 0;
	}
	return { protocol: protocolOf(stats, selectedPair(stats)), packets };
}

/** How long the check may take before it is called failed, in milliseconds. */
const patience = 8000;
/**
 * How long connected transports may go without a packet: a page in the background draws nothing, but
 * its transports prove the path as well.
 */
const quiet = 3000;

/** The state of the path that the lobby shows, `waited` milliseconds after the check began. */
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
