import * as v from 'valibot';
import { examination, type Examination } from '#shared/doctor.ts';
import { roomId, type PersonId, type ReportId, type RoomId } from '#shared/ids.ts';
import {
	foundPerson,
	listedReport,
	moderationEntry,
	reportedLine,
	warning,
	type Decision,
	type FoundPerson,
	type ListedReport,
	type ModerationEntry,
	type ReportedLine,
	type Warning,
} from '#shared/moderation.ts';
import { askApi } from '#lib/http/api.ts';
import { reading, type Reading } from './liveFigures.ts';

/* The requests of administrators. Each throws a CodedError: NOT_FOUND if the person is no administrator. */

const overview = v.object({
	rooms: v.array(v.object({ roomId, peers: v.number() })),
	waiting: v.number(),
	matches: v.number(),
});
export type Overview = v.InferOutput<typeof overview>;

/** The subject of a decision: the reported person of a report, or a person. */
export type Subject = { reportId: ReportId } | { personId: PersonId };

export const readOverview = (): Promise<Overview> => askApi(overview, 'GET', '/api/admin/overview');

/** @param names of metrics, as `/metrics` of the server has them, at most 20 */
export const readMetrics = (names: readonly string[]): Promise<Reading> =>
	askApi(reading, 'GET', `/api/admin/metrics?names=${names.join(',')}`);

export async function readReports(
	state: 'open' | 'decided',
	before?: ReportId,
): Promise<ListedReport[]> {
	const from = before ? `&before=${before}` : '';
	const data = v.object({ reports: v.array(listedReport) });
	return (await askApi(data, 'GET', `/api/admin/reports?state=${state}${from}`)).reports;
}

/** The last messages of the match that a report is about. */
export async function readReportedChat(reportId: ReportId): Promise<ReportedLine[]> {
	const data = v.object({ chat: v.array(reportedLine) });
	return (await askApi(data, 'GET', `/api/admin/reports/${reportId}/chat`)).chat;
}

export async function findPeople(query: string): Promise<FoundPerson[]> {
	const data = v.object({ people: v.array(foundPerson) });
	return (await askApi(data, 'GET', `/api/admin/people?query=${encodeURIComponent(query)}`)).people;
}

export async function readLog(before?: number): Promise<ModerationEntry[]> {
	const data = v.object({ entries: v.array(moderationEntry) });
	const from = before === undefined ? '' : `?before=${before}`;
	return (await askApi(data, 'GET', `/api/admin/log${from}`)).entries;
}

export async function decide(about: Subject, decision: Decision): Promise<void> {
	const path = 'reportId' in about ? `reports/${about.reportId}` : `people/${about.personId}`;
	await askApi(v.object({}), 'POST', `/api/admin/${path}`, decision);
}

/** Takes back lock, knocking and password of a room. Throws NOT_FOUND if there is no such room, too. */
export async function openRoom(room: RoomId): Promise<void> {
	await askApi(v.object({}), 'POST', `/api/admin/rooms/${encodeURIComponent(room)}/open`);
}

/** The last examination of the service, or the one that runs. */
export const readExamination = (): Promise<Examination> =>
	askApi(examination, 'GET', '/api/admin/doctor');

/** Begins an examination of the service, unless one runs. */
export const startExamination = (): Promise<Examination> =>
	askApi(examination, 'POST', '/api/admin/doctor');

export async function readWarnings(): Promise<Warning[]> {
	const data = v.object({ warnings: v.array(warning) });
	return (await askApi(data, 'GET', '/api/warnings')).warnings;
}

export async function noteSeen(warningId: number): Promise<void> {
	await askApi(v.object({}), 'POST', '/api/warnings/seen', { warningId });
}
