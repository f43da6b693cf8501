import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import express, { type RequestHandler } from 'express';
import { CodedError } from '#shared/errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { failures } from './failures.ts';

/** The figures for those who bring the token, where there is one. */
export function metricsRoute(metrics: Metrics, token: string): RequestHandler {
	return async (request, response) => {
		if (token !== '' && !isSame(bearerOf(request.headers.authorization), token))
			throw new CodedError('UNAUTHENTICATED', 'That is not the token of metrics.token.');
		response.setHeader('Cache-Control', 'no-store');
		response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
	};
}

/** A server for the figures alone, on a port that only those who watch can reach. */
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

/** Compared in the same time whatever is wrong. */
function isSame(given: string, token: string): boolean {
	const hash = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(hash(given), hash(token));
}
