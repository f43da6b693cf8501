import express, { type Express } from 'express';
import type { MediaPath } from '#shared/doctor.ts';
import { CodedError } from '#shared/errors.ts';
import { newRoomId, type RoomId, type SessionId } from '#shared/ids.ts';
import type { Chats } from '../chat/chats.ts';
import type { Config } from '../platform/config.ts';
import { filesPath, type Files } from '../files/files.ts';
import type { Log } from '../platform/log.ts';
import type { Matches } from '../matching/matches.ts';
import type { Moderation } from '../moderation/moderation.ts';
import type { TextClients } from '../matching/textClients.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Tracing } from '../platform/tracing.ts';
import { trusting } from '../platform/address.ts';
import type { Auth } from '../people/identity/auth.ts';
import type { Store } from '../store/api/store.ts';
import { accountRoutes } from './account/accountRoutes.ts';
import { adminRoutes, warningRoutes, type AdminParts } from './admin/adminRoutes.ts';
import { Authentication } from './request/authentication.ts';
import { failures } from './request/failures.ts';
import { doctorPath, doctorRoute } from './doctorRoute.ts';
import { fileRoutes } from './chat/fileRoutes.ts';
import { inTurn } from './budgets/inTurn.ts';
import type { LongPolls } from './chat/longPolls.ts';
import { matchRoutes } from './match/matchRoutes.ts';
import { metricsRoute } from './metricsRoute.ts';
import { NetworkBudgets } from './budgets/networkBudgets.ts';
import { observed } from './observed.ts';
import { pages } from './pages/pages.ts';
import { pushRoutes, type PushParts } from './account/pushRoutes.ts';
import { providerPath, providerRoutes } from './account/providerRoutes.ts';
import { roomRoutes } from './chat/roomRoutes.ts';
import { securityHeaders } from './security.ts';
import { sessionRoutes, welcomePages } from './account/sessionRoutes.ts';
import { tokenRoutes } from './account/tokenRoutes.ts';

export type HttpParts = {
	config: Pick<Config, 'http' | 'limits' | 'site'>;
	/** The token of `GET /metrics`; empty if none is configured. */
	metricsToken: string;
	auth: Auth;
	/** Sites that may show rooms within their pages. */
	frameAncestors: readonly string[];
	metrics: Metrics;
	tracing: Pick<Tracing, 'request'>;
	log: Log;
	store: Pick<Store, 'rooms' | 'chats' | 'calls' | 'tokens' | 'accounts' | 'moderation' | 'pushes'>;
	push: Pick<PushParts, 'key' | 'decline'>;
	chats: Chats;
	polls: LongPolls;
	matches: Matches;
	textClients: TextClients;
	moderation: Moderation;
	/** The live figures that administrators see. */
	live: AdminParts['live'];
	/** The values of metrics that administrators see. */
	samples: AdminParts['samples'];
	/** Those of these sessions of which a page is connected now. */
	connectedAmong(sessionIds: SessionId[]): Promise<SessionId[]>;
	/** Waits until the first person in a room's call, its host, is stored. */
	ensureHost(roomId: RoomId): Promise<void>;
	files: Files;
	/** Why the service can take no calls at the moment; null if it can. */
	unready(): string | null;
	/** Whether the service itself serves HTTPS with a certificate that browsers trust. */
	trusted: boolean;
	/** Tries the addresses that browsers are told for media. */
	mediaPaths(): Promise<readonly MediaPath[]>;
	/** What administrators have examined. */
	doctor: AdminParts['doctor'];
};

/** Pages themselves say whether they may be indexed. A page that crawlers may not read could not say so. */
const robots = 'User-agent: *\nDisallow: /api/\nDisallow: /new\n';

/** The HTTP side: pages, sessions, the API, and what operators monitor. */
export function createHttp({
	config: { http, limits, site },
	auth,
	frameAncestors,
	metrics,
	tracing,
	metricsToken,
	log,
	store,
	push,
	chats,
	polls,
	matches,
	textClients,
	moderation,
	live,
	samples,
	connectedAmong,
	ensureHost,
	files,
	unready,
	trusted,
	mediaPaths,
	doctor,
}: HttpParts): Express {
	const app = express();
	app.disable('x-powered-by');
	app.use(inTurn);
	app.use(observed(metrics, tracing));
	app.set('trust proxy', trusting(http.trustProxy));
	app.use(securityHeaders(trusted, frameAncestors));

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
	app.get('/robots.txt', (_request, response) => {
		response.type('text').send(robots);
	});
	if (metricsToken !== '') app.get('/metrics', metricsRoute(metrics, metricsToken));
	const networks = new NetworkBudgets(limits, auth.sessionCookies);
	app.use(networks.anonymous);
	app.post(doctorPath, doctorRoute(auth.secret, mediaPaths));

	const { access } = chats;
	const { sessionRegistry, accessPolicy, ownPages, wrongTokens } = auth;
	const authentication = new Authentication({
		...{ ownPages, sessionRegistry, accessPolicy, access, wrongTokens },
		...{ tokens: store.tokens, accounts: store.accounts },
	});
	const accountParts = { ...auth, store: store.accounts, access, connectedAmong };
	const provider = auth.provider?.name ?? null;
	app.use('/api/session', sessionRoutes({ ...auth, provider, site }));
	app.use(providerPath, providerRoutes({ ...accountParts, basePath: http.basePath }));
	app.use('/api/account', accountRoutes(accountParts, authentication));
	app.use(
		'/api/push',
		authentication.required,
		pushRoutes(authentication, { ...push, pushes: store.pushes, access }),
	);
	app.use(filesPath, authentication.required, fileRoutes(authentication, files, http.basePath));
	app.use(
		'/api/tokens',
		authentication.required,
		tokenRoutes(authentication, store.tokens, access, (person) => polls.answerNow(person)),
	);
	app.use(
		'/api/rooms',
		authentication.required,
		roomRoutes(authentication, chats, polls, store, accessPolicy, ensureHost),
	);
	app.use('/api/match', authentication.required, matchRoutes(authentication, matches, textClients));
	const { accountStatus, sessionCookies } = auth;
	app.use(
		'/api/admin',
		authentication.required,
		adminRoutes(authentication, {
			...{ moderation, store, access, samples, live, doctor, accountStatus, sessionCookies },
		}),
	);
	app.use('/api/warnings', authentication.required, warningRoutes(authentication, moderation));
	app.use('/api', () => {
		throw new CodedError('NOT_FOUND');
	});

	// For people who press the button before the page's scripts run, and as an address to bookmark.
	app.get('/new', (_request, response) => {
		response.setHeader('Cache-Control', 'no-store');
		response.redirect(303, `${http.basePath}/room/${newRoomId()}`);
	});
	app.use(pages(welcomePages(auth), http.basePath));
	app.use(() => {
		throw new CodedError('NOT_FOUND');
	});
	app.use(failures(log));
	return app;
}
