import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import express, { type RequestHandler } from 'express';
import { CodedError } from '#shared/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { failures } from './request/failures.ts';

/** The metrics, for requests with the token if one is configured. */
export function metricsRoute(metrics: Metrics, token: string): RequestHandler {
	return async (request, response) => {
		if (token !== '' && !isSame(bearerOf(request.headers.authorization), token))
			throw new CodedError('UNAUTHENTICATED', "That doesn't match metrics.token.");
		response.setHeader('Cache-Control', 'no-store');
		response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
	};
}

/** A server for the metrics only, on a port that only the monitoring can reach. */
export function metricsServer(metrics: Metrics, token: string, log: Log): Server {
	const app = express();
	app.disable('x-powered-by');
	app.get('/metrics', metricsRoute(metrics, token));
	app.use(() => {
		throw new CodedError('NOT_FOUND');
	});
	app.use(failures(log));
	return createServer({ requestTimeout: 10_000 }, app);
}

const bearerOf = (header = '') => /^Bearer +(\S+)$/i.exec(header)?.[1] ?? '';

/** Takes the same time for every wrong token. */
function isSame(given: string, token: string): boolean {
	const hash = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(hash(given), hash(token));
}
