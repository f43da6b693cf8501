import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { CodedError } from '#shared/errors.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Sessions } from '../people/session.ts';
import { pages } from './pages.ts';
import { securityHeaders } from './security.ts';

export type HttpParts = {
	config: Config['http'];
	sessions: Sessions;
	metrics: Metrics;
	log: Log;
	/** Why no call can be taken at the moment; null when all is well. */
	unready(): string | null;
	/** Whether the service itself serves HTTPS with a certificate that browsers trust. */
	trusted: boolean;
};

/** The HTTP side: the pages, the guest's session, and what operators watch. */
export function createHttp({
	config,
	sessions,
	metrics,
	log,
	unready,
	trusted,
}: HttpParts): Express {
	const app = express();
	app.disable('x-powered-by');
	app.set('trust proxy', config.trustProxy);
	app.use(securityHeaders(trusted || config.trustProxy));

	app.get('/healthz', (_request, response) => {
		response.type('text').send('ok\n');
	});
	app.get('/readyz', (_request, response) => {
		const reason = unready();
		response
			.status(reason ? 503 : 200)
			.type('text')
			.send(`${reason ?? 'ready'}\n`);
	});
	app.get('/metrics', async (_request, response) => {
		response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
	});

	app.get('/api/session', (request, response) => {
		response.setHeader('Cache-Control', 'no-store');
		const known = sessions.identify(request.headers.cookie);
		const { person, header } = sessions.issue(request.secure, known ?? undefined);
		response.setHeader('Set-Cookie', header).json({ ok: true, data: { personId: person } });
	});
	app.use('/api', () => {
		throw new CodedError('NOT_FOUND');
	});

	app.use(welcome(sessions), ...pages());
	app.use(() => {
		throw new CodedError('NOT_FOUND');
	});
	app.use(failures(log));
	return app;
}

/** A guest gets their session with the first page, so that the socket finds it there. */
function welcome(sessions: Sessions): RequestHandler {
	return (request, response, next) => {
		if (request.method === 'GET' && request.accepts(['html', 'json']) === 'html') {
			if (!sessions.read(request.headers.cookie)) {
				response.setHeader('Set-Cookie', sessions.issue(request.secure).header);
			}
		}
		next();
	};
}

const statusOf = (error: CodedError): number =>
	({ NOT_FOUND: 404, UNAUTHENTICATED: 401, TOO_MANY_REQUESTS: 429, TOO_LARGE: 413 })[
		error.code as string
	] ?? 400;

/** Failures in the one shape. Express knows an error handler by its four parameters. */
function failures(log: Log): ErrorRequestHandler {
	return (error: unknown, _request, response, _next) => {
		if (error instanceof CodedError) {
			response.status(statusOf(error)).json({ ok: false, error: error.toWire() });
			return;
		}
		// Express and its parsers mark what the client did wrong with a status below 500.
		const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
		if (status >= 500) log.error({ err: error }, 'http request failed');
		const known = new CodedError(status >= 500 ? 'INTERNAL' : 'BAD_REQUEST');
		response.status(status).json({ ok: false, error: known.toWire() });
	};
}
