import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import * as v from 'valibot';

const attributes = v.array(
	v.object({ key: v.string(), value: v.record(v.string(), v.union([v.string(), v.number()])) }),
);
const nanoseconds = v.pipe(
	v.string(),
	v.transform((text) => BigInt(text)),
);
const span = v.object({
	traceId: v.string(),
	spanId: v.string(),
	parentSpanId: v.optional(v.string(), ''),
	name: v.string(),
	startTimeUnixNano: nanoseconds,
	endTimeUnixNano: nanoseconds,
	attributes,
	status: v.object({ code: v.optional(v.number(), 0) }),
});
export type ReceivedSpan = v.InferOutput<typeof span>;
const sent = v.object({
	resourceSpans: v.array(
		v.object({
			resource: v.object({ attributes }),
			scopeSpans: v.array(v.object({ spans: v.array(span) })),
		}),
	),
});

/** Takes traces as an OpenTelemetry collector does: OTLP over HTTP, as JSON. */
export class TraceReceiver {
	readonly endpoint: string;
	/** All that was sent, as text. */
	readonly texts: string[] = [];
	readonly spans: ReceivedSpan[] = [];
	/** Attributes of the services that sent something. */
	readonly resources: v.InferOutput<typeof attributes>[] = [];
	/** The headers of the last request. */
	headers: NodeJS.Dict<string | string[]> = {};
	/** The status of every answer; null answers nothing. */
	status: number | null;
	readonly #server;

	private constructor(server: ReturnType<typeof createServer>, status: number | null) {
		this.status = status;
		this.#server = server;
		this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	static async start(status: number | null = 200): Promise<TraceReceiver> {
		const server = createServer();
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const receiver = new TraceReceiver(server, status);
		server.on('request', (request, response) => {
			void json(request).then((body) => {
				receiver.headers = request.headers;
				if (request.url === '/v1/traces') receiver.#take(body);
				if (receiver.status !== null)
					response.writeHead(receiver.status, { 'content-type': 'application/json' }).end('{}');
			});
		});
		return receiver;
	}

	#take(body: unknown): void {
		this.texts.push(JSON.stringify(body));
		for (const { resource, scopeSpans } of v.parse(sent, body).resourceSpans) {
			this.resources.push(resource.attributes);
			this.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
		}
	}

	named(name: string): ReceivedSpan[] {
		return this.spans.filter((each) => each.name === name);
	}

	close(): void {
		this.#server.close();
		this.#server.closeAllConnections();
	}
}
