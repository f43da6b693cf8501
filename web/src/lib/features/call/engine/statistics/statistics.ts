import type { ProducerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import { pathFigures, receivedFigures, sentFigures } from './figures.ts';
import { prolongPath, prolongStream, type PathHistory, type StreamHistory } from './history.ts';
import { judgeQuality, SteadyVerdict, type Received, type Sent } from './quality.ts';
import type { ReceivedStream } from '../media/receiver.ts';
import type { SentStream } from '../media/sender.ts';
import { indexed, type Report, type Stats } from './statReport.ts';
import type { Statistics, StreamStatistics } from './statisticsModel.ts';

/** How often it is measured, in milliseconds. */
const pause = 1000;

/** The source of the measurements. */
export type Measurable = {
	getStats: () => Promise<readonly [send: Report, recv: Report]>;
	sent: () => readonly SentStream[];
	received: () => readonly ReceivedStream[];
};

export type StatisticsEvents = {
	/** The current session, if there is one. */
	measurable: () => Measurable | null;
	sourceOf: (producerId: ProducerId) => MediaSource | undefined;
	/** Whether something should be received of it now. */
	expected: (producerId: ProducerId) => boolean;
	tell: (statistics: Statistics | null) => void;
};

type Entry = Omit<StreamStatistics, 'history'>;

/** Measures once a second how media flows, as long as the statistics are open. */
export class StatisticsWatch {
	readonly #events: StatisticsEvents;
	readonly #histories = new Map<string, StreamHistory>();
	#paths: { send?: PathHistory; receive?: PathHistory } = {};
	#watchers = 0;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#before: { of: Measurable; send: Stats; recv: Stats } | null = null;
	#verdict = new SteadyVerdict();

	constructor(events: StatisticsEvents) {
		this.#events = events;
	}

	/** @returns what ends it. */
	watch(): () => void {
		let watching = true;
		if (this.#watchers++ === 0) this.#schedule(0);
		return () => {
			if (!watching) return;
			watching = false;
			if (--this.#watchers === 0) this.#forget();
		};
	}

	close(): void {
		this.#watchers = 0;
		this.#forget();
	}

	#forget(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		this.#before = null;
		this.#histories.clear();
		this.#paths = {};
		this.#verdict = new SteadyVerdict();
		this.#events.tell(null);
	}

	#schedule(wait: number): void {
		this.#timer = setTimeout(() => void this.#measure(), wait);
	}

	async #measure(): Promise<void> {
		const timer = this.#timer;
		const began = performance.now();
		const of = this.#events.measurable();
		// Without figures this second is left out.
		const reports = await of?.getStats().catch(() => null);
		// The statistics were closed, or closed and opened again.
		if (timer !== this.#timer) return;
		if (of && reports) {
			const [send, recv] = reports.map(indexed) as [Stats, Stats];
			const before = this.#before;
			// Counters of an earlier session say nothing about this one.
			if (before?.of === of) this.#compare(of, { send, recv }, before);
			this.#before = { of, send, recv };
		}
		this.#schedule(Math.max(0, pause - (performance.now() - began)));
	}

	#compare(
		of: Measurable,
		now: { send: Stats; recv: Stats },
		before: { send: Stats; recv: Stats },
	): void {
		const entries: Entry[] = [];
		const [sent, received]: [Sent[], Received[]] = [[], []];
		for (const { producerId, source, mid, demand } of of.sent()) {
			const figures = sentFigures(mid, now.send, before.send);
			if (!figures) continue;
			sent.push({ now: figures, source, demand });
			entries.push({ key: producerId, peerId: null, source, demand, now: figures });
		}
		for (const { producerId, peerId, mid } of of.received()) {
			const source = this.#events.sourceOf(producerId);
			const figures = source && receivedFigures(mid, now.recv, before.recv);
			if (!figures) continue;
			const expected = this.#events.expected(producerId);
			received.push({ now: figures, source, peerId, expected });
			entries.push({ key: producerId, peerId, source, demand: undefined, now: figures });
		}
		const at = performance.now();
		const [send, receive] = [pathFigures(now.send), pathFigures(now.recv)];
		const paths = {
			send: prolongPath(this.#paths.send, at, send),
			receive: prolongPath(this.#paths.receive, at, receive),
		};
		this.#paths = paths;
		this.#events.tell({
			at,
			send: { ...send, history: paths.send },
			receive: { ...receive, history: paths.receive },
			streams: this.#withHistory(entries, at),
			verdict: this.#verdict.weigh(judgeQuality({ send, sent, received })),
		});
	}

	#withHistory(entries: readonly Entry[], at: number): StreamStatistics[] {
		const keys = new Set(entries.map(({ key }) => key));
		for (const key of [...this.#histories.keys()]) {
			if (!keys.has(key)) this.#histories.delete(key);
		}
		return entries.map((entry) => {
			const history = prolongStream(this.#histories.get(entry.key), at, entry.now);
			this.#histories.set(entry.key, history);
			return { ...entry, history };
		});
	}
}
