import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestName } from '#shared/protocol.ts';
import type { ErrorCode } from '#shared/errors.ts';
import type { ReportReason } from '#shared/match.ts';

/** What can be counted by looking, whenever somebody asks. */
export type Census = {
	rooms: number;
	peers: number;
	sockets: number;
	workers: number;
	waiting: number;
	matches: number;
	ringing: number;
};

/** The service in numbers, in Prometheus' format. Each app has a registry of its own. */
export class Metrics {
	readonly registry = new Registry();
	readonly #requests: Counter<'request' | 'code'>;
	readonly #duration: Histogram<'request'>;
	readonly #wait: Histogram;
	readonly #reports: Counter<'reason'>;

	/** @param census looked at on each scrape. */
	constructor(census: () => Census) {
		const registers = [this.registry];
		collectDefaultMetrics({ register: this.registry });
		const gauge = (name: keyof Census, help: string) =>
			new Gauge({
				name: `parley_${name}`,
				help,
				registers,
				collect() {
					this.set(census()[name]);
				},
			});
		gauge('rooms', 'Rooms that somebody is in or in the lobby of.');
		gauge('peers', 'Peers that have joined a room.');
		gauge('sockets', 'Open signalling connections.');
		gauge('workers', 'Media workers that are alive.');
		gauge('waiting', 'People who wait for the next partner.');
		gauge('matches', 'Pairs of strangers who are together.');
		gauge('ringing', 'Calls that ring.');
		this.#requests = new Counter({
			name: 'parley_requests_total',
			help: 'Answered requests, by name and by code (OK for good answers).',
			labelNames: ['request', 'code'],
			registers,
		});
		this.#duration = new Histogram({
			name: 'parley_request_duration_seconds',
			help: 'Time from the arrival of a request to its answer.',
			labelNames: ['request'],
			buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
			registers,
		});
		this.#wait = new Histogram({
			name: 'parley_match_wait_seconds',
			help: 'How long people waited for the partner they got: two for each match.',
			buckets: [0.05, 0.25, 1, 3, 8, 15, 30, 60, 300],
			registers,
		});
		this.#reports = new Counter({
			name: 'parley_reports_total',
			help: 'Reports of partners to the administrators, by reason.',
			labelNames: ['reason'],
			registers,
		});
	}

	/** @param seconds from the arrival of the request to its answer. */
	answered(request: RequestName | 'unknown', code: ErrorCode | 'OK', seconds: number): void {
		this.#requests.inc({ request, code });
		this.#duration.observe({ request }, seconds);
	}

	/** @param ms somebody waited for the partner they have got. */
	readonly waited = (ms: number): void => {
		this.#wait.observe(ms / 1000);
	};

	/** Somebody reported a partner. */
	readonly reported = (reason: ReportReason): void => {
		this.#reports.inc({ reason });
	};
}
