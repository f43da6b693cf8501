import express, { type Express, type RequestHandler } from 'express';
import { CodedError } from '#shared/errors.ts';
import type { Chats } from '../chat/chats.ts';
import type { Config } from '../config.ts';
import { filesPath, type Files } from '../files/files.ts';
import type { Log } from '../log.ts';
import type { Matches } from '../matching/matches.ts';
import type { TextClients } from '../matching/textClients.ts';
import type { Metrics } from '../metrics.ts';
import type { Sessions } from '../people/session.ts';
import type { Store } from '../store/store.ts';
import { Authentication } from './authentication.ts';
import { failures } from './failures.ts';
import { fileRoutes } from './fileRoutes.ts';
import type { LongPolls } from './longPolls.ts';
import { matchRoutes } from './matchRoutes.ts';
import { pages } from './pages.ts';
import { roomRoutes } from './roomRoutes.ts';
import { securityHeaders } from './security.ts';
import { tokenRoutes } from './tokenRoutes.ts';

export type HttpParts = {
	config: Config['http'];
	sessions: Sessions;
	metrics: Metrics;
	log: Log;
	store: Pick<Store, 'rooms' | 'chats' | 'tokens'>;
	chats: Chats;
	polls: LongPolls;
	matches: Matches;
	textClients: TextClients;
	files: Files;
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
	store,
	chats,
	polls,
	matches,
	textClients,
	files,
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
	const { access } = chats;
	const authentication = new Authentication({ config, sessions, tokens: store.tokens, access });
	app.use(filesPath, authentication.required, fileRoutes(authentication, files));
	app.use(
		'/api/tokens',
		authentication.required,
		tokenRoutes(authentication, store.tokens, access),
	);
	app.use('/api/rooms', authentication.required, roomRoutes(authentication, chats, polls, store));
	app.use('/api/match', authentication.required, matchRoutes(authentication, matches, textClients));
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
