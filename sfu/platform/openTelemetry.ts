import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
	ROOT_CONTEXT,
	SpanKind,
	SpanStatusCode,
	trace,
	type Span,
	type SpanOptions,
	type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
	BatchSpanProcessor,
	ParentBasedSampler,
	TraceIdRatioBasedSampler,
	TracerProvider,
	type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { JoinStep } from './metrics.ts';
import type {
	RequestSpan,
	SpanAttributes,
	StoreQuestion,
	Tracing,
	tracingTimes,
} from './tracing.ts';

/** A request, and whether it was answered. */
type Request = { readonly span: Span; isOver: boolean };

/**
 * Sends spans by OTLP over HTTP, as JSON. `startTracing.ts` loads this file only where an endpoint is configured. Nothing is
 * registered with the API, which belongs to the whole process.
 */
export class OpenTelemetry implements Tracing {
	readonly #provider: TracerProvider;
	readonly #tracer: Tracer;
	readonly #closeTime: number;
	/** The request in whose course the code runs. */
	readonly #current = new AsyncLocalStorage<Request>();
	#closed: Promise<void> | null = null;

	constructor(
		{ endpoint, serviceName, percent }: Config['tracing'],
		log: Log,
		times: typeof tracingTimes,
	) {
		const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
		const exporter = loggedOnce(new OTLPTraceExporter({ url }), log);
		this.#provider = new TracerProvider({
			resource: resourceFromAttributes({
				'service.name': serviceName,
				'service.instance.id': randomUUID(),
			}),
			sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(percent / 100) }),
			// Its queue is bounded: what finds no place is dropped.
			spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: times.send })],
		});
		this.#tracer = this.#provider.getTracer('parley');
		this.#closeTime = times.close;
	}

	request(began: number): RequestSpan {
		const span = this.#begin('request', { kind: SpanKind.SERVER, startTime: moment(began) });
		const request = { span, isOver: false };
		return {
			within: (work) => this.#current.run(request, work),
			end: (name, attributes, isFailure) => {
				request.isOver = true;
				span.updateName(name);
				finish(span, attributes, isFailure);
			},
		};
	}

	joinStep(step: JoinStep, ms: number): void {
		// The steps "connect" and "media" go on after the answer.
		const startTime = moment(performance.now() - ms);
		const span = this.#begin(`join ${step}`, { startTime }, this.#current.getStore());
		finish(span, {}, false);
	}

	stored({ part, method, lane }: StoreQuestion, ms: number, isFailure: boolean): void {
		const current = this.#current.getStore();
		// Loops and timers outlive the request that started them: a trace would never end.
		const request = current?.isOver ? undefined : current;
		const options = { kind: SpanKind.CLIENT, startTime: moment(performance.now() - ms) };
		const span = this.#begin(`store ${part}.${method}`, options, request);
		finish(span, { 'parley.store.lane': lane }, isFailure);
	}

	close(): Promise<void> {
		// An endpoint that does not answer must not hold up the end of the service. Its failures are logged where spans are sent.
		return (this.#closed ??= Promise.race([
			this.#provider.shutdown().catch(() => undefined),
			setTimeout(this.#closeTime, undefined, { ref: false }),
		]));
	}

	#begin(name: string, options: SpanOptions, request?: Request): Span {
		const context = request ? trace.setSpan(ROOT_CONTEXT, request.span) : ROOT_CONTEXT;
		return this.#tracer.startSpan(name, options, context);
	}
}

/**
 * A moment by `performance.now()` as ms since 1970. The SDK would do this itself, with another offset for each span: a step
 * began up to a millisecond before its request then.
 */
const moment = (ms: number): number => performance.timeOrigin + ms;

function finish(span: Span, attributes: SpanAttributes, isFailure: boolean): void {
	span.setAttributes(attributes);
	if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR });
	span.end(moment(performance.now()));
}

/** An exporter whose failures are logged when they begin, and when they are over. */
function loggedOnce(exporter: SpanExporter, log: Log): SpanExporter {
	let isFailing = false;
	return {
		export: (spans, done) =>
			exporter.export(spans, (result) => {
				const fails = result.error !== undefined;
				if (fails && !isFailing)
					log.warn({ err: result.error }, 'spans could not be sent to tracing.endpoint');
				if (!fails && isFailing) log.info('spans are sent to tracing.endpoint again');
				isFailing = fails;
				done(result);
			}),
		shutdown: () => exporter.shutdown(),
	};
}
