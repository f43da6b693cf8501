import {
	collectDefaultMetrics,
	Counter,
	Gauge,
	Histogram,
	Registry,
	type MetricValueWithName,
} from 'prom-client';
import type { Parsed, RequestName } from '#shared/protocol.ts';
import type { ErrorCode } from '#shared/errors.ts';
import type { ReportReason } from '#shared/match.ts';

/** Figures that are counted when metrics are scraped. */
export type Census = {
	rooms: number;
	/** Rooms on several media workers. */
	wideRooms: number;
	peers: number;
	sockets: number;
	workers: number;
	/** Connections with media over the port of the pages. */
	pagesPortMedia: number;
	waiting: number;
	matches: number;
	ringing: number;
	/** Messages and changes of messages that wait for the database. */
	chatWrites: number;
	/** Other entries that wait for the database, such as call records. */
	backlog: number;
	/** Entries that were dropped so far because too many waited. */
	dropped: number;
};

/** One value of a metric, with the labels that tell it from the others. */
export type Sample = {
	name: string;
	labels: Partial<Record<string, string | number>>;
	value: number;
};

/** The figures of one media worker. */
export type WorkerFigures = {
	/** Its place in the pool. A replacement worker takes the same place. */
	slot: number;
	/** CPU time since the worker began, in seconds; null if the worker cannot tell. */
	cpuSeconds: number | null;
	/** Resident memory in bytes; null if the system does not tell. */
	memoryBytes: number | null;
	/** What clients sent to the worker since it began, and what it sent to them: media with all that belongs to it. */
	receivedBytes: number;
	sentBytes: number;
	routers: number;
	peers: number;
	producers: number;
	consumers: number;
	/** Producers of other workers that are piped to this one. */
	pipes: number;
};
type Workers = () => Promise<WorkerFigures[]>;

/**
 * The steps of a join, as far as the service sees them: into the lobby; from `media:connect` until the receiving path is open; from
 * `room:join` to its answer; from `room:join` until media of another peer flows.
 */
export type JoinStep = 'enter' | 'connect' | 'join' | 'media';

/** An HTTP request that is over. */
type HttpRequest = {
	method: string;
	/** The route as a pattern, such as `/api/rooms/:roomId`. */
	route: string;
	/** The class of the status, such as `2xx`. */
	status: string;
	/** From its beginning to the end of its answer. */
	seconds: number;
};

/** What may break and come back: the connection of a peer, its page that is loaded again, a media worker. */
type Breakable = 'connection' | 'page' | 'worker';

/** How often the event loop is looked at, in ms. */
const delayInterval = 100;

/** The service's metrics in Prometheus' format. Each app has a registry of its own. */
export class Metrics {
	readonly registry = new Registry();
	readonly #requests: Counter<'request' | 'code'>;
	readonly #duration: Histogram<'request'>;
	readonly #httpRequests: Counter<'method' | 'route' | 'status'>;
	readonly #httpDuration: Histogram<'method' | 'route'>;
	readonly #wait: Histogram;
	readonly #reports: Counter<'reason'>;
	readonly #closed: Counter<'reason'>;
	readonly #joinSteps: Histogram<'step'>;
	readonly #stored: Histogram<'part' | 'lane'>;
	readonly #storeFailures: Counter<'part' | 'lane'>;
	readonly #loss: Histogram;
	readonly #roundTrip: Histogram;
	readonly #firstPicture: Histogram;
	readonly #freezes: Counter;
	readonly #lost: Counter<'kind'>;
	readonly #recovered: Counter<'kind'>;
	readonly #delayTimer: NodeJS.Timeout;

	constructor() {
		const registers = [this.registry];
		collectDefaultMetrics({ register: this.registry });
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
		this.#httpRequests = new Counter({
			name: 'parley_http_requests_total',
			help: 'HTTP requests, by method, by route and by class of the status.',
			labelNames: ['method', 'route', 'status'],
			registers,
		});
		this.#httpDuration = new Histogram({
			name: 'parley_http_request_duration_seconds',
			help: 'Time from the beginning of an HTTP request to the end of its answer.',
			labelNames: ['method', 'route'],
			buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10, 60],
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
		this.#closed = new Counter({
			name: 'parley_sockets_closed_total',
			help: 'Connections that the service closed because the client did not keep to the bounds, by reason.',
			labelNames: ['reason'],
			registers,
		});
		this.#joinSteps = new Histogram({
			name: 'parley_join_step_seconds',
			help: 'How long the steps of joins took.',
			labelNames: ['step'],
			buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
			registers,
		});
		this.#stored = new Histogram({
			name: 'parley_store_duration_seconds',
			help: 'Time from a question to the store to its answer, by part of the store and by lane (read or write).',
			labelNames: ['part', 'lane'],
			buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5],
			registers,
		});
		this.#storeFailures = new Counter({
			name: 'parley_store_failures_total',
			help: 'Questions to the store that failed, by part of the store and by lane. Refusals are answers.',
			labelNames: ['part', 'lane'],
			registers,
		});
		this.#loss = new Histogram({
			name: 'parley_client_loss_ratio',
			help: 'Shares of packets from the service that clients lost, one for each minute of a client.',
			buckets: [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25],
			registers,
		});
		this.#roundTrip = new Histogram({
			name: 'parley_client_round_trip_seconds',
			help: 'Round trips between clients and the service, one for each minute of a client.',
			buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 2],
			registers,
		});
		this.#firstPicture = new Histogram({
			name: 'parley_client_first_picture_seconds',
			help: 'From the click on Join to the first picture of another person, as clients report it.',
			buckets: [0.05, 0.1, 0.2, 0.35, 0.5, 1, 2, 5, 15],
			registers,
		});
		this.#freezes = new Counter({
			name: 'parley_client_freezes_total',
			help: 'How often received pictures stood still, as clients report it.',
			registers,
		});
		this.#lost = new Counter({
			name: 'parley_losses_total',
			help: 'What broke: connections of peers, media workers.',
			labelNames: ['kind'],
			registers,
		});
		this.#recovered = new Counter({
			name: 'parley_recoveries_total',
			help: 'What came back: connections of peers, pages that were loaded again, media workers.',
			labelNames: ['kind'],
			registers,
		});
		// A rate needs a beginning: the first loss counts from 0.
		for (const kind of ['connection', 'worker']) this.#lost.inc({ kind }, 0);
		for (const kind of ['connection', 'page', 'worker']) this.#recovered.inc({ kind }, 0);
		this.#delayTimer = this.#watchEventLoop();
	}

	close(): void {
		clearInterval(this.#delayTimer);
	}

	/** Adds the figures that are counted on each scrape: `census` and `workers` are called then. */
	measure(census: () => Census, workers: Workers): void {
		const registers = [this.registry];
		const gauge = (name: keyof Census, help: string, as: string = name) =>
			new Gauge({
				name: `parley_${as}`,
				help,
				registers,
				collect() {
					this.set(census()[name]);
				},
			});
		gauge('rooms', 'Rooms with people inside or in the lobby.');
		gauge('wideRooms', 'Rooms that are on several media workers.', 'wide_rooms');
		gauge('peers', 'Peers that have joined a room.');
		gauge('sockets', 'Open signalling connections.');
		gauge('workers', 'Media workers that are alive.');
		gauge(
			'pagesPortMedia',
			'Connections with media over the port of the pages.',
			'pages_port_media',
		);
		gauge('waiting', 'People who wait for the next partner.');
		gauge('matches', 'Pairs of strangers who are together.');
		gauge('ringing', 'Calls that ring.');
		gauge('chatWrites', 'Writes of chats that wait for the database.', 'chat_writes_waiting');
		gauge('backlog', 'Other entries that wait for the database.', 'backlog_waiting');
		new Counter({
			name: 'parley_backlog_dropped_total',
			help: 'Entries that were not written down because too many waited.',
			registers,
			collect() {
				this.reset();
				this.inc(census().dropped);
			},
		});
		this.#measureWorkers(workers);
	}

	/**
	 * The present values of some metrics.
	 *
	 * @param names as `/metrics` tells them; a histogram's with `_bucket`, `_sum` or `_count`. What does not exist is left out.
	 */
	async samples(names: readonly string[]): Promise<Sample[]> {
		const families = await this.registry.getMetricsAsJSON();
		return families.flatMap(({ name: family, values }) =>
			(values as MetricValueWithName<string>[])
				.map(({ metricName: name = family, labels, value }) => ({ name, labels, value }))
				.filter(({ name }) => names.includes(name)),
		);
	}

	/** @param seconds from the arrival of the request to its answer. */
	answered(request: RequestName | 'unknown', code: ErrorCode | 'OK', seconds: number): void {
		this.#requests.inc({ request, code });
		this.#duration.observe({ request }, seconds);
	}

	/** @param request whose route is from a bounded set. */
	answeredHttp({ method, route, status, seconds }: HttpRequest): void {
		this.#httpRequests.inc({ method, route, status });
		this.#httpDuration.observe({ method, route }, seconds);
	}

	/** @param ms how long a person waited for the partner. */
	readonly waited = (ms: number): void => {
		this.#wait.observe(ms / 1000);
	};

	/** A connection was closed because its client does not read, or sends too much. */
	readonly closed = (reason: 'unread' | 'flood'): void => {
		this.#closed.inc({ reason });
	};

	/** @param ms how long the step took. */
	readonly joinStep = (step: JoinStep, ms: number): void => {
		this.#joinSteps.observe({ step }, ms / 1000);
	};

	/** @param ms from the question to the answer, or to the failure. */
	readonly stored = (
		{ part, lane }: { part: string; lane: 'read' | 'write' },
		ms: number,
		isFailure: boolean,
	): void => {
		this.#stored.observe({ part, lane }, ms / 1000);
		if (isFailure) this.#storeFailures.inc({ part, lane });
	};

	/** What a client reports (MEDIA-23). It is what the client says, true or not. */
	readonly quality = (report: Parsed<'media:quality'>): void => {
		const { loss, roundTrip, freezes, firstPicture } = report;
		if (loss !== null) this.#loss.observe(loss);
		if (roundTrip !== null) this.#roundTrip.observe(roundTrip / 1000);
		if (firstPicture !== undefined) this.#firstPicture.observe(firstPicture / 1000);
		this.#freezes.inc(freezes);
	};

	readonly lost = (kind: Exclude<Breakable, 'page'>): void => {
		this.#lost.inc({ kind });
	};

	readonly recovered = (kind: Breakable): void => {
		this.#recovered.inc({ kind });
	};

	/**
	 * Looks by how much a timer is late. The default metrics of prom-client tell the delay since the last scrape, whoever that
	 * was for; a histogram is the same for all who read it.
	 */
	#watchEventLoop(): NodeJS.Timeout {
		const delay = new Histogram({
			name: 'parley_event_loop_delay_seconds',
			help: 'How late the event loop of the service is, looked at ten times a second.',
			buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
			registers: [this.registry],
		});
		let expected = performance.now() + delayInterval;
		const timer = setInterval(() => {
			const now = performance.now();
			delay.observe(Math.max(0, now - expected) / 1000);
			expected = now + delayInterval;
		}, delayInterval);
		return timer.unref();
	}

	/** All gauges of one scrape share one set of worker figures. */
	#measureWorkers(workers: Workers): void {
		let counting: ReturnType<Workers> | null = null;
		const figuresOnce = () => (counting ??= workers().finally(() => (counting = null)));
		const gauge = (name: string, help: string, value: (of: WorkerFigures) => number | null) =>
			new Gauge({
				name: `parley_worker_${name}`,
				help,
				labelNames: ['worker'],
				registers: [this.registry],
				async collect() {
					const figures = await figuresOnce();
					this.reset();
					for (const of of figures) {
						const now = value(of);
						if (now !== null) this.set({ worker: String(of.slot) }, now);
					}
				},
			});
		const counter = (name: string, help: string, value: (of: WorkerFigures) => number) =>
			new Counter({
				name: `parley_worker_${name}`,
				help,
				labelNames: ['worker'],
				registers: [this.registry],
				async collect() {
					const figures = await figuresOnce();
					this.reset();
					for (const of of figures) this.inc({ worker: String(of.slot) }, value(of));
				},
			});
		gauge('cpu_seconds', 'CPU time of the media worker since it began.', (of) => of.cpuSeconds);
		gauge('memory_bytes', 'Resident memory of the media worker.', (of) => of.memoryBytes);
		counter(
			'received_bytes_total',
			'Bytes that clients sent to the media worker since it began.',
			(of) => of.receivedBytes,
		);
		counter(
			'sent_bytes_total',
			'Bytes that the media worker sent to clients since it began.',
			(of) => of.sentBytes,
		);
		gauge('routers', 'Routers on the media worker.', (of) => of.routers);
		gauge('peers', 'Peers whose transports are on the media worker.', (of) => of.peers);
		gauge('producers', 'Producers on the media worker.', (of) => of.producers);
		gauge('consumers', 'Consumers on the media worker.', (of) => of.consumers);
		gauge('pipes', 'Producers of other workers that are piped to the worker.', (of) => of.pipes);
	}

	/** A person reported a partner. */
	readonly reported = (reason: ReportReason): void => {
		this.#reports.inc({ reason });
	};
}
