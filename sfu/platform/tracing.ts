import type { JoinStep } from './metrics.ts';

/** What a span says of its request: names of requests and routes, codes. Never ids, addresses or what people write. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** The span of a request that is under way. */
export type RequestSpan = {
	/** Carries out work of the request. What is told to the tracing during it belongs to this span. */
	within<T>(work: () => T): T;
	/** @param name of the request, from a bounded set. */
	end(name: string, attributes: SpanAttributes, isFailure: boolean): void;
};

/** A question to the store that was answered. */
export type StoreQuestion = { part: string; method: string; lane: 'read' | 'write' };

/** Tells what the service does as spans, for operators who set `tracing.endpoint`. */
export type Tracing = {
	/**
	 * Begins the span of a request.
	 *
	 * @param began by `performance.now()`.
	 */
	request(began: number): RequestSpan;
	/** @param ms how long the step took until now. */
	joinStep(step: JoinStep, ms: number): void;
	/** @param ms from the question to the answer, or to the failure, which is now. */
	stored(question: StoreQuestion, ms: number, isFailure: boolean): void;
	/** Sends what is left, for a bounded time. */
	close(): Promise<void>;
};

/** How often spans are sent, and how long the last ones may take, in ms. */
export const tracingTimes = { send: 5000, close: 2000 };

const untracedRequest: RequestSpan = { within: (work) => work(), end: () => undefined };
/** Tells nothing. */
export const untraced: Tracing = {
	request: () => untracedRequest,
	joinStep: () => undefined,
	stored: () => undefined,
	close: () => Promise.resolve(),
};
