import express, { Router } from 'express';
import * as v from 'valibot';
import type { Examination } from '#shared/doctor.ts';
import { CodedError } from '#shared/errors.ts';
import { personId, reportId, roomId, type RoomId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import { decision } from '#shared/moderation.ts';
import type { Access } from '../../chat/access.ts';
import type { Sample } from '../../platform/metrics.ts';
import type { Moderation } from '../../moderation/moderation.ts';
import type { SessionCookies } from '../../people/identity/sessionCookies.ts';
import type { AccountStatus } from '../../people/identity/accountStatus.ts';
import type { Store } from '../../store/api/store.ts';
import type { Authentication } from '../request/authentication.ts';
import { parsed } from '../request/input.ts';

const once = 'must be given once';
export const reportsQuery = v.object({
	state: v.optional(v.picklist(['open', 'decided'], 'must be "open" or "decided"'), 'open'),
	before: v.optional(reportId),
});
export const peopleQuery = v.object({
	query: v.optional(v.pipe(v.string(once), v.maxLength(limits.queryLength)), ''),
});
export const logQuery = v.object({
	before: v.optional(
		v.pipe(v.string(once), v.regex(/^\d{1,15}$/, 'must be a number'), v.transform(Number)),
	),
});
/** How many metrics may be asked for at a time. */
const metricsAtOnce = 20;
export const metricsQuery = v.object({
	/** Separated by commas. */
	names: v.pipe(
		v.string(once),
		v.regex(/^[a-z_]{1,80}(?:,[a-z_]{1,80})*$/, 'must be names of metrics, separated by commas'),
		v.transform((names) => names.split(',')),
		v.maxLength(metricsAtOnce),
	),
});
export const seenWarnings = v.object({ warningId: v.pipe(v.number(), v.safeInteger()) });

/** What is live at a moment. */
export type LiveFigures = {
	rooms: { roomId: RoomId; peers: number }[];
	waiting: number;
	matches: number;
};

/** What is live on several nodes together. */
export const sumOf = (figures: readonly LiveFigures[]): LiveFigures => ({
	rooms: figures.flatMap(({ rooms }) => rooms),
	waiting: figures.reduce((sum, { waiting }) => sum + waiting, 0),
	matches: figures.reduce((sum, { matches }) => sum + matches, 0),
});

/** The present values of metrics of one node; `node` is null if the service has no nodes. */
export type NodeSamples = {
	node: string | null;
	/** When the process began, in ms since 1970. */
	began: number;
	samples: Sample[];
};

/** The values of all nodes, each with the label `node` if there are several. */
function samplesOf(nodes: readonly NodeSamples[]): Sample[] {
	return nodes.flatMap(({ node, samples }) =>
		samples.map(({ name, labels, value }) => ({
			...{ name, value },
			labels: node === null ? labels : { ...labels, node },
		})),
	);
}

export type AdminParts = {
	moderation: Moderation;
	store: Pick<Store, 'moderation'>;
	access: Access;
	accountStatus: Pick<AccountStatus, 'isAdministrator'>;
	sessionCookies: Pick<SessionCookies, 'issue'>;
	/** The present values of the metrics of these names, on each node. */
	samples: (names: readonly string[]) => Promise<NodeSamples[]>;
	/** The live rooms with their number of peers, and how many people wait or are in a match. */
	live: () => Promise<LiveFigures>;
	/** Examines the service, once at a time. */
	doctor: { readonly examination: Examination; start(): void };
};

/** What administrators see and do, from the pages only. For other people these addresses do not exist. */
export function adminRoutes(authentication: Authentication, parts: AdminParts): Router {
	const { moderation, store, access, accountStatus, sessionCookies, samples, live, doctor } = parts;
	const routes = Router();
	routes.use(async (request, response, next) => {
		const asker = authentication.askerOf(request);
		if (asker.by !== 'cookie' || !(await accountStatus.isAdministrator(asker.personId)))
			throw new CodedError('NOT_FOUND');
		// Administration requests keep the session from ending (ACCOUNT-17).
		response.append('Set-Cookie', sessionCookies.issue(request, asker));
		next();
	});
	routes.use(express.json({ limit: limits.requestBytes }));

	routes.get('/overview', async (_request, response) => {
		response.json({ ok: true, data: await live() });
	});

	routes.get('/metrics', async (request, response) => {
		const { names } = parsed(metricsQuery, request.query);
		const nodes = await samples(names);
		const runs = nodes.map(({ node, began }) => `${node ?? ''} ${began}`).toSorted();
		response.json({ ok: true, data: { at: Date.now(), runs, samples: samplesOf(nodes) } });
	});

	routes.get('/reports', async (request, response) => {
		const { state, before = null } = parsed(reportsQuery, request.query);
		const reports = await access.reading(() =>
			store.moderation.reports(state, before, limits.adminPage),
		);
		response.json({ ok: true, data: { reports } });
	});

	routes.get('/reports/:reportId/chat', async (request, response) => {
		const which = parsed(reportId, request.params.reportId);
		const chat = await access.reading(() => store.moderation.chatOf(which));
		if (!chat) throw new CodedError('NOT_FOUND');
		response.json({ ok: true, data: { chat } });
	});

	routes.post('/reports/:reportId', async (request, response) => {
		const about = { reportId: parsed(reportId, request.params.reportId) };
		const by = authentication.personOf(request);
		await moderation.decide(by, about, parsed(decision, request.body));
		response.json({ ok: true, data: {} });
	});

	routes.get('/people', async (request, response) => {
		const { query } = parsed(peopleQuery, request.query);
		const people = await access.reading(() => store.moderation.people(query, limits.adminPage));
		response.json({ ok: true, data: { people } });
	});

	routes.post('/people/:personId', async (request, response) => {
		const about = { personId: parsed(personId, request.params.personId) };
		const by = authentication.personOf(request);
		await moderation.decide(by, about, parsed(decision, request.body));
		response.json({ ok: true, data: {} });
	});

	routes.post('/rooms/:roomId/open', async (request, response) => {
		const which = parsed(roomId, request.params.roomId);
		await moderation.openRoom(authentication.personOf(request), which);
		response.json({ ok: true, data: {} });
	});

	routes.get('/log', async (request, response) => {
		const { before = null } = parsed(logQuery, request.query);
		const entries = await access.reading(() => store.moderation.log(before, limits.adminPage));
		response.json({ ok: true, data: { entries } });
	});

	routes.get('/doctor', (_request, response) => {
		response.json({ ok: true, data: doctor.examination });
	});

	routes.post('/doctor', (_request, response) => {
		doctor.start();
		response.json({ ok: true, data: doctor.examination });
	});

	return routes;
}

/** Administrators' warnings to a person, each shown once. */
export function warningRoutes(authentication: Authentication, moderation: Moderation): Router {
	const routes = Router();
	routes.use(express.json({ limit: limits.requestBytes }));

	routes.get('/', async (request, response) => {
		const warnings = await moderation.warnings(authentication.personOf(request));
		response.json({ ok: true, data: { warnings } });
	});

	routes.post('/seen', async (request, response) => {
		const { warningId } = parsed(seenWarnings, request.body);
		await moderation.seen(authentication.personOf(request), warningId);
		response.json({ ok: true, data: {} });
	});

	return routes;
}
