/** An entry of a statistics report, with the fields that are read here. */
export type Stat = {
	id: string;
	type: string;
	timestamp: number;
	kind?: string;
	mid?: string;
	rid?: string;
	ssrc?: number;
	active?: boolean;
	bytesSent?: number;
	bytesReceived?: number;
	packetsSent?: number;
	packetsReceived?: number;
	packetsLost?: number;
	jitter?: number;
	roundTripTime?: number;
	currentRoundTripTime?: number;
	availableOutgoingBitrate?: number;
	selectedCandidatePairId?: string;
	localCandidateId?: string;
	protocol?: string;
	relayProtocol?: string;
	codecId?: string;
	mimeType?: string;
	nominated?: boolean;
	state?: string;
	localId?: string;
	framesPerSecond?: number;
	framesEncoded?: number;
	framesDecoded?: number;
	framesDropped?: number;
	framesReceived?: number;
	freezeCount?: number;
	frameWidth?: number;
	frameHeight?: number;
	qualityLimitationReason?: string;
};
/** The part of `RTCStatsReport` that is used here. */
export type Report = { forEach(visit: (stat: Stat) => void): void };
/** A report, to be looked things up in. */
export type Stats = ReadonlyMap<string, Stat>;

export function indexed(report: Report): Stats {
	const stats = new Map<string, Stat>();
	report.forEach((stat) => void stats.set(stat.id, stat));
	return stats;
}
