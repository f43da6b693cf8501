import type { DeviceProblem } from '#lib/features/call/engine/model.ts';
import { indexed, type Report } from '#lib/features/call/engine/statistics/statReport.ts';
import { selectedPair } from '#lib/features/call/engine/statistics/candidatePair.ts';

/** The ways that media can take: straight to the server, or through a relay. */
export const ways = ['udp', 'tcp', 'turn'] as const;
export type Way = (typeof ways)[number];

/** Why something was not tried. */
export type Untried =
	| { why: 'no-connection' | 'no-relay' | 'no-way' }
	/** The server did not let the test in. */
	| { why: 'refused'; message: string };

type Result<Good, Bad> =
	| { kind: 'waiting' }
	| { kind: 'running' }
	| ({ kind: 'good' } & Good)
	| ({ kind: 'bad' } & Bad)
	| ({ kind: 'untried' } & Untried);

type Nothing = Record<never, never>;

/** How packets fared for some seconds. */
export type Quality = {
	/** To the server and back, in ms; null where the browser does not say. */
	roundTrip: number | null;
	/** The share of packets that were lost, 0 to 1. */
	loss: number;
};

type MediaResult = Result<Nothing, { address: string; port: number }>;

/** The findings of the check so far. */
export type Findings = {
	browser: Result<Nothing, { message: string }>;
	connection: Result<
		{ transport: 'websocket' | 'polling' },
		{ problem: 'silent' | 'lost' } | { problem: 'refused'; message: string }
	>;
	/** By how many seconds this device's clock is ahead of the server's. */
	clock: Result<Nothing, { ahead: number }>;
	udp: MediaResult;
	tcp: MediaResult;
	turn: MediaResult;
	quality: Result<Quality, Quality>;
	microphone: Result<Nothing, { problem: DeviceProblem }>;
	camera: Result<Nothing, { problem: DeviceProblem }>;
	speaker: Result<Nothing, Nothing>;
};
export type CheckName = keyof Findings;

const waiting = { kind: 'waiting' } as const;
/** Before anything was tried. */
export const nothingFound: Findings = {
	browser: waiting,
	connection: waiting,
	clock: waiting,
	udp: waiting,
	tcp: waiting,
	turn: waiting,
	quality: waiting,
	microphone: waiting,
	camera: waiting,
	speaker: waiting,
};

/** People notice a network that is worse than this. */
const tolerated = { roundTripMs: 400, loss: 0.05, clockSeconds: 60 } as const;

export function judgeQuality(quality: Quality): Findings['quality'] {
	const { roundTrip, loss } = quality;
	const isGood = (roundTrip ?? 0) <= tolerated.roundTripMs && loss <= tolerated.loss;
	return { kind: isGood ? 'good' : 'bad', ...quality };
}

/** @param ahead by how many ms this device's clock is ahead of the server's. */
export function judgeClock(ahead: number): Findings['clock'] {
	const seconds = Math.round(ahead / 1000);
	return Math.abs(seconds) <= tolerated.clockSeconds
		? { kind: 'good' }
		: { kind: 'bad', ahead: seconds };
}

/** Packets that arrived and packets that were lost, and the last round trip in ms. */
export type Counted = { received: number; lost: number; roundTrip: number | null };

/** The packets that the receiving end of a transport has counted so far. */
export function count(report: Report): Counted {
	const stats = indexed(report);
	let [received, lost] = [0, 0];
	for (const { type, packetsReceived = 0, packetsLost = 0 } of stats.values()) {
		if (type !== 'inbound-rtp') continue;
		received += packetsReceived;
		lost += packetsLost;
	}
	const seconds = selectedPair(stats)?.currentRoundTripTime;
	return { received, lost, roundTrip: seconds === undefined ? null : seconds * 1000 };
}

/** How packets fared from one count to a later one. */
export function between(before: Counted, after: Counted): Quality {
	const lost = Math.max(0, after.lost - before.lost);
	const sent = lost + Math.max(0, after.received - before.received);
	return { roundTrip: after.roundTrip, loss: sent === 0 ? 0 : lost / sent };
}

/** Whether calls work here; null while that is not known. */
export function verdict({ browser, connection, ...rest }: Findings): boolean | null {
	const needed = [browser, connection];
	if (needed.some(({ kind }) => kind === 'bad')) return false;
	const media = ways.map((way) => rest[way].kind);
	if (needed.some(({ kind }) => kind !== 'good')) return null;
	if ([...media, rest.quality.kind].some((kind) => kind === 'running' || kind === 'waiting'))
		return null;
	if (media.includes('good')) return true;
	return media.includes('bad') ? false : null;
}

/** Whether something is being tried. Devices are tried by themselves. */
export const isRunning = (findings: Findings): boolean =>
	(['browser', 'connection', 'clock', ...ways, 'quality'] as const).some(
		(name) => findings[name].kind === 'running',
	);
