import type { BotReport } from './botReport.ts';

/** What is read of an entry about something received, or about the track that plays it. */
type Stat = {
	type: string;
	kind?: string;
	trackIdentifier?: string;
	packetsReceived?: number;
	packetsLost?: number;
	bytesReceived?: number;
	framesDecoded?: number;
	freezeCount?: number;
	totalSamplesReceived?: number;
	concealedSamples?: number;
	silentConcealedSamples?: number;
	concealmentEvents?: number;
};

export type StatsReport = { forEach(visit: (stat: Stat) => void): void };

/** Counters of one track. */
type Counters = {
	kind: 'audio' | 'video';
	bytes: number;
	packets: number;
	lost: number;
	frames: number;
	freezes: number;
	samples: number;
	concealed: number;
	gaps: number;
};
type Counter = Exclude<keyof Counters, 'kind'>;

/** How long a stream must have been looked at for its bitrate to count, in ms. */
const lasting = 3000;

/** Adds up what the streams of one bot bring, over all its sessions. */
export class Received {
	readonly #streams = new Map<
		string,
		{ first: Counters; last: Counters; from: number; to: number }
	>();
	/** Tracks of other people. What the client sends itself in the lobby, to prove the path, does not count. */
	readonly #ofOthers = new Set<string>();
	#from = performance.now();
	#to = this.#from;

	/** This track belongs to another person. */
	expect(track: string): void {
		this.#ofOthers.add(track);
	}

	/** What came until now is left out. */
	begin(): void {
		this.#from = this.#to = performance.now();
		for (const stream of this.#streams.values())
			Object.assign(stream, { first: stream.last, from: this.#from, to: this.#from });
	}

	/** Takes a look at the streams of a transport. */
	take(report: StatsReport): void {
		const now = (this.#to = performance.now());
		for (const [track, counters] of countersOf(report)) {
			const known = this.#streams.get(track);
			if (known) Object.assign(known, { last: counters, to: now });
			else
				this.#streams.set(track, {
					first: none(counters.kind),
					last: counters,
					from: now,
					to: now,
				});
		}
	}

	/** What a stream lacks of which nothing was heard or seen; null if something was. */
	lack(stream: MediaStream | null): 'NO_CONSUMER' | 'NO_PACKETS' | 'NOT_DECODED' | null {
		const [track] = stream?.getTracks() ?? [];
		if (!track) return 'NO_CONSUMER';
		const last = this.#streams.get(track.id)?.last;
		if (!last || last.packets === 0) return 'NO_PACKETS';
		return last.kind === 'video' && last.frames === 0 ? 'NOT_DECODED' : null;
	}

	/** Packets of other people that ever came. */
	get packets(): number {
		return this.#others.reduce((sum, { last }) => sum + last.packets, 0);
	}

	get figures(): BotReport['received'] {
		const grown = (counter: Counter) =>
			this.#others.reduce(
				(sum, { first, last }) => sum + Math.max(0, last[counter] - first[counter]),
				0,
			);
		return {
			seconds: (this.#to - this.#from) / 1000,
			...{ bytes: grown('bytes'), packets: grown('packets'), lost: grown('lost') },
			...{ frames: grown('frames'), freezes: grown('freezes') },
			...{ samples: grown('samples'), concealed: grown('concealed'), gaps: grown('gaps') },
		};
	}

	get bitrates(): BotReport['bitrates'] {
		const of = (kind: Counters['kind']) =>
			this.#others
				.filter(
					({ last, from, to }) => last.kind === kind && last.bytes > 0 && to - from >= lasting,
				)
				.map(({ first, last, from, to }) => (8000 * (last.bytes - first.bytes)) / (to - from));
		return { audio: of('audio'), video: of('video') };
	}

	get #others() {
		return [...this.#streams].flatMap(([track, stream]) =>
			this.#ofOthers.has(track) ? [stream] : [],
		);
	}
}

const none = (kind: Counters['kind']): Counters => ({
	kind,
	...{ bytes: 0, packets: 0, lost: 0, frames: 0, freezes: 0, samples: 0, concealed: 0, gaps: 0 },
});

function countersOf(report: StatsReport): Map<string, Counters> {
	const counters = new Map<string, Counters>();
	const freezes = new Map<string, number>();
	report.forEach((stat) => {
		const { type, kind, trackIdentifier: track } = stat;
		if (track === undefined || (kind !== 'audio' && kind !== 'video')) return;
		if (type === 'track') freezes.set(track, stat.freezeCount ?? 0);
		if (type !== 'inbound-rtp') return;
		counters.set(track, {
			kind,
			bytes: stat.bytesReceived ?? 0,
			packets: stat.packetsReceived ?? 0,
			lost: stat.packetsLost ?? 0,
			frames: stat.framesDecoded ?? 0,
			freezes: 0,
			samples: stat.totalSamplesReceived ?? 0,
			// What is made up for a pause of the speaker is no gap.
			concealed: (stat.concealedSamples ?? 0) - (stat.silentConcealedSamples ?? 0),
			gaps: stat.concealmentEvents ?? 0,
		});
	});
	for (const [track, count] of freezes) {
		const of = counters.get(track);
		if (of) of.freezes = count;
	}
	return counters;
}
