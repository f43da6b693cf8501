import express, { type Express } from 'express';
import { CodedError } from '#shared/errors.ts';
import { newRoomId, type RoomId } from '#shared/ids.ts';
import type { Chats } from '../chat/chats.ts';
import type { Config } from '../config.ts';
import { filesPath, type Files } from '../files/files.ts';
import type { Log } from '../log.ts';
import type { Matches } from '../matching/matches.ts';
import type { Moderation } from '../matching/moderation.ts';
import type { TextClients } from '../matching/textClients.ts';
import type { Metrics } from '../metrics.ts';
import { trusting } from '../people/address.ts';
import type { Community } from '../people/community.ts';
import type { Store } from '../store/store.ts';
import { accountRoutes } from './accountRoutes.ts';
import { adminRoutes, warningRoutes, type AdminParts } from './adminRoutes.ts';
import { Authentication } from './authentication.ts';
import { failures } from './failures.ts';
import { fileRoutes } from './fileRoutes.ts';
import { inTurn } from './inTurn.ts';
import type { LongPolls } from './longPolls.ts';
import { matchRoutes } from './matchRoutes.ts';
import { metricsRoute } from './metricsRoute.ts';
import { NetworkBudgets } from './networkBudgets.ts';
import { pages } from './pages.ts';
import { providerPath, providerRoutes } from './providerRoutes.ts';
import { roomRoutes } from './roomRoutes.ts';
import { securityHeaders } from './security.ts';
import { sessionRoutes, welcomePages } from './sessionRoutes.ts';
import { tokenRoutes } from './tokenRoutes.ts';

export type HttpParts = {
	config: Pick<Config, 'http' | 'limits'>;
	/** Secret that opens `GET /metrics`; empty where nothing does. */
	metricsToken: string;
	community: Community;
	/** Sites that may show rooms within their pages. */
	frameAncestors: readonly string[];
	metrics: Metrics;
	log: Log;
	store: Pick<Store, 'rooms' | 'chats' | 'tokens' | 'accounts' | 'moderation'>;
	chats: Chats;
	polls: LongPolls;
	matches: Matches;
	textClients: TextClients;
	moderation: Moderation;
	/** What is live, as administrators see it. */
	live: AdminParts['live'];
	/** Waits until the first one in a room's call is written down, who is its host. */
	founded(roomId: RoomId): Promise<void>;
	files: Files;
	/** Why no call can be taken at the moment; null when all is well. */
	unready(): string | null;
	/** Whether the service itself serves HTTPS with a certificate that browsers trust. */
	trusted: boolean;
};

/** Pages say themselves which of them may be kept: a page that may not be looked at cannot say so. */
const robots = 'User-agent: *\nDisallow: /api/\nDisallow: /new\n';

/** The HTTP side: the pages, the guest's session, and what operators watch. */
export function createHttp({
	config: { http, limits },
	community,
	frameAncestors,
	metrics,
	metricsToken,
	log,
	store,
	chats,
	polls,
	matches,
	textClients,
	moderation,
	live,
	founded,
	files,
	unready,
	trusted,
}: HttpParts): Express {
	const app = express();
	app.disable('x-powered-by');
	app.use(inTurn);
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
	const networks = new NetworkBudgets(limits, community.sessions);
	app.use(networks.anonymous);

	const { access } = chats;
	const { visitors, entry, ownPages } = community;
	const authentication = new Authentication({
		...{ ownPages, visitors, entry, access },
		...{ tokens: store.tokens, accounts: store.accounts },
	});
	const accountParts = { ...community, store: store.accounts, access };
	const provider = community.provider?.name ?? null;
	app.use('/api/session', sessionRoutes({ ...community, provider }));
	app.use(providerPath, providerRoutes(accountParts));
	app.use('/api/account', accountRoutes(accountParts, authentication));
	app.use(filesPath, authentication.required, fileRoutes(authentication, files));
	app.use(
		'/api/tokens',
		authentication.required,
		tokenRoutes(authentication, store.tokens, access, (person) => polls.hurry(person)),
	);
	app.use(
		'/api/rooms',
		authentication.required,
		roomRoutes(authentication, chats, polls, store, entry, founded),
	);
	app.use('/api/match', authentication.required, matchRoutes(authentication, matches, textClients));
	const { standings, sessions } = community;
	app.use(
		'/api/admin',
		authentication.required,
		adminRoutes(authentication, { moderation, store, access, live, standings, sessions }),
	);
	app.use('/api/warnings', authentication.required, warningRoutes(authentication, moderation));
	app.use('/api', () => {
		throw new CodedError('NOT_FOUND');
	});

	// For whoever presses the button before the page has its scripts, and as an address to keep.
	app.get('/new', (_request, response) => {
		response.setHeader('Cache-Control', 'no-store');
		response.redirect(303, `/room/${newRoomId()}`);
	});
	app.use(pages(welcomePages(community)));
	app.use(() => {
		throw new CodedError('NOT_FOUND');
	});
	app.use(failures(log));
	return app;
}
