import * as v from 'valibot';
import { examination } from '#shared/doctor.ts';
import { roomId } from '#shared/ids.ts';
import {
	decision,
	foundPerson,
	listedReport,
	moderationEntry,
	reportedLine,
	warning,
} from '#shared/moderation.ts';
import { logQuery, metricsQuery, peopleQuery, reportsQuery, seenWarnings } from './adminRoutes.ts';
import type { Operation } from '../request/operation.ts';

const nothing = v.object({});

/** What administrators see and do, and what they have told a person. */
export const adminOperations: Readonly<Record<string, Operation>> = {
	'GET /api/admin/overview': {
		summary: 'Tells which rooms are live, and how many people wait for or have a partner.',
		access: 'administrator',
		data: v.object({
			rooms: v.array(v.object({ roomId, peers: v.number() })),
			waiting: v.number(),
			matches: v.number(),
		}),
	},
	'GET /api/admin/metrics': {
		summary:
			'Tells the present values of some metrics on all nodes, when they were read, in ms since 1970, and of which runs of nodes they are: counters begin anew with a run.',
		access: 'administrator',
		query: metricsQuery,
		data: v.object({
			at: v.number(),
			runs: v.array(v.string()),
			samples: v.array(
				v.object({
					name: v.string(),
					labels: v.record(v.string(), v.union([v.string(), v.number()])),
					value: v.number(),
				}),
			),
		}),
	},
	'GET /api/admin/reports': {
		summary: 'Lists reports, the latest first.',
		access: 'administrator',
		query: reportsQuery,
		data: v.object({ reports: v.array(listedReport) }),
	},
	'GET /api/admin/reports/:reportId/chat': {
		summary: 'Tells what was written in the match that was reported.',
		access: 'administrator',
		data: v.object({ chat: v.array(reportedLine) }),
	},
	'POST /api/admin/reports/:reportId': {
		summary: 'Decides about a report.',
		access: 'administrator',
		body: decision,
		data: nothing,
		errors: ['NOT_SAVED'],
	},
	'GET /api/admin/people': {
		summary: 'Finds people by name or id.',
		access: 'administrator',
		query: peopleQuery,
		data: v.object({ people: v.array(foundPerson) }),
	},
	'POST /api/admin/people/:personId': {
		summary: 'Decides about a person.',
		access: 'administrator',
		body: decision,
		data: nothing,
		errors: ['NOT_SAVED'],
	},
	'POST /api/admin/rooms/:roomId/open': {
		summary: 'Takes back lock, knocking and password of a room.',
		access: 'administrator',
		data: nothing,
		errors: ['NOT_SAVED'],
	},
	'GET /api/admin/log': {
		summary: 'Tells what administrators did, the latest first.',
		access: 'administrator',
		query: logQuery,
		data: v.object({ entries: v.array(moderationEntry) }),
	},
	'GET /api/admin/doctor': {
		summary:
			'Tells what the last examination of the service found, or what the one that runs has found so far.',
		access: 'administrator',
		data: examination,
	},
	'POST /api/admin/doctor': {
		summary: 'Begins an examination of the service, unless one runs.',
		access: 'administrator',
		data: examination,
	},
	'GET /api/warnings': {
		summary: 'Tells the warnings that the person has not seen.',
		access: 'person',
		data: v.object({ warnings: v.array(warning) }),
	},
	'POST /api/warnings/seen': {
		summary: 'Notes that the person has seen the warnings up to this one.',
		access: 'person',
		body: seenWarnings,
		data: nothing,
		errors: ['NOT_SAVED'],
	},
};
