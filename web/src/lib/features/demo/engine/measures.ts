import type { Stat } from '#lib/features/call/engine/statistics/statReport.ts';
import type { Measurable } from '#lib/features/call/engine/statistics/statistics.ts';
import { cameraOf, microphoneOf, peerOf, type Guest } from './guests.ts';

/** The media of each person in a second. */
const flow = {
	video: { bytes: 45_000, packets: 45, frames: 10 },
	weakVideo: { bytes: 4000, packets: 6, frames: 1 },
	audio: { bytes: 4000, packets: 50 },
} as const;
/** One packet of so many is lost on a weak connection. */
const weakLosesEach = 8;

/**
 * The statistics that a browser would measure if the simulated people came over a network: counters that grow with
 * time. The call judges them as it judges real ones.
 */
export class Measures implements Measurable {
	readonly #guests: () => readonly Guest[];
	readonly #counters = new Map<string, Stat>();
	#at: number | null = null;
	/** The number of the guest whose connection is weak. */
	weak: number | null = null;

	constructor(guests: () => readonly Guest[]) {
		this.#guests = guests;
	}

	readonly getStats = (): ReturnType<Measurable['getStats']> => {
		const now = performance.now();
		const seconds = this.#at === null ? 1 : (now - this.#at) / 1000;
		this.#at = now;
		const reports = this.#guests().flatMap((guest) => [
			this.#video(guest, now, seconds),
			this.#audio(guest, now, seconds),
		]);
		const path = { id: 'path', type: 'candidate-pair', state: 'succeeded', nominated: true };
		const line = { ...path, timestamp: now, currentRoundTripTime: 0.018 };
		const report = (stats: readonly Stat[]) => new Map(stats.map((stat) => [stat.id, stat]));
		return Promise.resolve([
			report([{ ...line, availableOutgoingBitrate: 2_500_000 }]),
			report([line, ...reports]),
		]);
	};

	readonly sent = (): ReturnType<Measurable['sent']> => [];

	readonly received = (): ReturnType<Measurable['received']> =>
		this.#guests().flatMap(({ number }) =>
			[cameraOf(number), microphoneOf(number)].map((producerId) => {
				return { producerId, peerId: peerOf(number), mid: producerId };
			}),
		);

	#video(guest: Guest, now: number, seconds: number): Stat {
		const weak = guest.number === this.weak;
		const { bytes, packets, frames } = weak ? flow.weakVideo : flow.video;
		const on = guest.cameraOn && guest.connected ? seconds : 0;
		const stat = this.#stat(cameraOf(guest.number), 'video', now);
		grow(stat, 'bytesReceived', bytes * on);
		grow(stat, 'packetsReceived', packets * on);
		if (weak) grow(stat, 'packetsLost', (packets * on) / weakLosesEach);
		grow(stat, 'framesReceived', frames * on);
		grow(stat, 'framesDecoded', frames * on);
		const [width, height] = weak ? [160, 90] : [640, 360];
		return Object.assign(stat, { frameWidth: width, frameHeight: height });
	}

	#audio(guest: Guest, now: number, seconds: number): Stat {
		const on = guest.microphoneOn && guest.connected ? seconds : 0;
		const stat = this.#stat(microphoneOf(guest.number), 'audio', now);
		grow(stat, 'bytesReceived', flow.audio.bytes * on);
		grow(stat, 'packetsReceived', flow.audio.packets * on);
		return stat;
	}

	/** The last counters, to grow on: a copy, for reports are compared with each other. */
	#stat(mid: string, kind: string, timestamp: number): Stat {
		const known = this.#counters.get(mid);
		const stat: Stat = { ...known, id: mid, mid, kind, type: 'inbound-rtp', timestamp };
		stat.jitter = mid === (this.weak !== null && cameraOf(this.weak)) ? 0.12 : 0.004;
		this.#counters.set(mid, stat);
		return stat;
	}
}

type Counter =
	'bytesReceived' | 'packetsReceived' | 'packetsLost' | 'framesReceived' | 'framesDecoded';

function grow(stat: Stat, counter: Counter, by: number): void {
	stat[counter] = (stat[counter] ?? 0) + by;
}
