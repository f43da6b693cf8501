import type { RequestHandler, Response } from 'express';
import type { Metrics } from '../platform/metrics.ts';
import type { Tracing } from '../platform/tracing.ts';
import { operations } from './operations.ts';
import type { Served } from './pages/pages.ts';

/** Other methods count as one. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts, times and traces each request, under the route of the table of operations that it fits. */
export function observed(
	metrics: Pick<Metrics, 'answeredHttp'>,
	tracing: Pick<Tracing, 'request'>,
): RequestHandler {
	return (request, response, next) => {
		const began = performance.now();
		const method = methods.has(request.method) ? request.method : 'other';
		const operation = operationOf(request.method, request.path);
		const span = tracing.request(began);
		// An upload has as many listeners of its own as Node takes for usual.
		response.setMaxListeners(response.getMaxListeners() + 1);
		response.once('close', () => {
			const route = operation ?? servedBy(response) ?? 'unknown';
			// The connection ended before the answer did.
			const isCut = !response.writableFinished;
			const status = isCut ? 'cut' : `${Math.floor(response.statusCode / 100)}xx`;
			const seconds = (performance.now() - began) / 1000;
			metrics.answeredHttp({ method, route, status, seconds });
			const attributes = {
				'http.request.method': method,
				'http.route': route,
				...(!isCut && { 'http.response.status_code': response.statusCode }),
			};
			span.end(`${method} ${route}`, attributes, !isCut && response.statusCode >= 500);
		});
		span.within(next);
	};
}

const servedBy = ({ locals }: Response) => locals['served'] as Served | undefined;

/** As Express reads paths: a slash at the end and capital letters make no difference. */
const partsOf = (path: string) => path.replace(/\/$/, '').split('/');
const isParameter = (part: string) => part.startsWith(':');
const parameterCount = (parts: readonly string[]) => parts.filter(isParameter).length;

/** What is more exact comes first: `/api/files/:fileId/info` before `/api/files/:fileId/:name`. */
const table = Object.keys(operations)
	.map((name) => {
		const [method = '', path = ''] = name.split(' ');
		return { method, path, parts: partsOf(path) };
	})
	.toSorted((a, b) => parameterCount(a.parts) - parameterCount(b.parts));

/** The path of the operation that a request fits, such as `/api/rooms/:roomId`. */
function operationOf(method: string, path: string): string | undefined {
	const parts = partsOf(path);
	const fits = (askedMethod: string) =>
		table.find(
			(operation) =>
				operation.method === askedMethod &&
				operation.parts.length === parts.length &&
				operation.parts.every((part, at) => isParameter(part) || part === parts[at]?.toLowerCase()),
		);
	// Express answers HEAD as GET.
	return (fits(method) ?? (method === 'HEAD' ? fits('GET') : undefined))?.path;
}
