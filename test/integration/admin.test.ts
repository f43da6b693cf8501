import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examination } from '../../shared/doctor.ts';
import { newMessageId, newReportId } from '../../shared/ids.ts';
import { Visit } from '../support/account.ts';
import { Cast, eventually } from '../support/client.ts';
import { Person } from '../support/person.ts';
import { startService, type Service } from '../support/service.ts';
import { Stranger, twoMet } from '../support/stranger.ts';

let service: Service;
let admin: Person;
beforeAll(async () => {
	service = await startService({ accounts: { administrators: ['root'] } });
	admin = await Person.of(service, (await Visit.account(service, 'root')).cookie);
});
afterAll(() => service.close());

const day = 24 * 60 * 60 * 1000;

/** A report, and the two it is between. */
async function reported(cast: Cast) {
	const { ann, ben, matchId } = await twoMet(cast);
	await ben.client.ask('match:post', { matchId, messageId: newMessageId(), body: 'Umbrellas!' });
	await ann.client.ask('match:report', { matchId, reason: 'spam', words: 'Look.', block: false });
	const { data } = await admin.ask('GET', '/api/admin/reports');
	const [report] = (data as { reports: { reportId: string; matchId: string }[] }).reports;
	expect(report?.matchId).toBe(matchId);
	return { ann, ben, reportId: report?.reportId ?? '' };
}

test('A-M9: reports are listed without what was written, which is read for one at a time', async () => {
	const cast = new Cast(service);
	const { reportId } = await reported(cast);
	cast.close();
	const list = await admin.ask('GET', '/api/admin/reports');
	expect(JSON.stringify(list.data)).not.toContain('Umbrellas!');
	const chat = await admin.ask('GET', `/api/admin/reports/${reportId}/chat`);
	expect(chat.data).toMatchObject({ chat: [{ by: 'reported', body: 'Umbrellas!' }] });
	const nobodys = await admin.ask('GET', `/api/admin/reports/${newReportId()}/chat`);
	expect(nobodys.error?.code).toBe('NOT_FOUND');
	const guest = await Person.guest(service);
	expect((await guest.ask('GET', `/api/admin/reports/${reportId}/chat`)).status).toBe(404);
});

test('the service examines itself for administrators, once at a time', async () => {
	const first = await admin.ask('POST', '/api/admin/doctor');
	const began = v.parse(examination, first.data);
	expect(began).toMatchObject({ running: true, done: 0, findings: [], finishedAt: null });
	const second = v.parse(examination, (await admin.ask('POST', '/api/admin/doctor')).data);
	expect(second.running).toBe(true);
	const look = async () => v.parse(examination, (await admin.ask('GET', '/api/admin/doctor')).data);
	await eventually(async () => !(await look()).running);
	const { findings, done, checks, finishedAt } = await look();
	expect(done).toBe(checks);
	expect(finishedAt).not.toBeNull();
	expect(findings.filter(({ state }) => state === 'failed')).toEqual([]);
	const { first: port, announced } = service.app.media;
	const media = findings.filter(({ check }) => check === 'media').map(({ seen }) => seen);
	expect(media).toEqual(
		['UDP', 'TCP'].map((protocol) => `${announced[0]} over ${protocol}: port ${port} answered.`),
	);
	// Each check is there once: two examinations at a time would mix their lines.
	expect(findings.filter(({ check }) => check === 'disk')).toHaveLength(1);
	const guest = await Person.guest(service);
	expect((await guest.ask('POST', '/api/admin/doctor')).status).toBe(404);
});

test('to everybody else nothing of administration exists', async () => {
	const guest = await Person.guest(service);
	const nothing = await guest.ask('GET', '/api/nothing');
	for (const [method, path] of [
		['GET', 'overview'],
		['GET', 'metrics?names=parley_rooms'],
		['GET', 'doctor'],
		['POST', 'doctor'],
		['GET', 'reports'],
		['GET', 'people'],
		['GET', 'log'],
		['POST', `people/${admin.id}`],
		['POST', 'rooms/standup/open'],
	] as const) {
		const body = method === 'POST' ? { body: { action: 'warn', words: 'x' } } : {};
		const answer = await guest.ask(method, `/api/admin/${path}`, body);
		expect([answer.status, answer.error]).toEqual([nothing.status, nothing.error]);
	}
	// Nor does a token do what is for the pages.
	expect((await (await admin.withToken()).ask('GET', '/api/admin/log')).status).toBe(404);
	expect((await admin.ask('GET', '/api/admin/log')).status).toBe(200);
});

test('a warning is told in words, once, and is in the log', async () => {
	const cast = new Cast(service);
	const { ben, reportId } = await reported(cast);
	const warn = { body: { action: 'warn', words: 'Do not sell.' } };
	const person = await Person.of(service, ben.client.cookie);
	expect((await admin.ask('POST', `/api/admin/reports/${reportId}`, warn)).error).toBe(null);
	expect((await admin.ask('POST', `/api/admin/reports/${reportId}`, warn)).error?.code).toBe(
		'NOT_FOUND',
	);
	const { data } = await person.ask('GET', '/api/warnings');
	const { warnings } = data as { warnings: { warningId: number; words: string }[] };
	expect(warnings.map(({ words }) => words)).toEqual(['Do not sell.']);
	await person.ask('POST', '/api/warnings/seen', { body: { warningId: warnings[0]?.warningId } });
	expect((await person.ask('GET', '/api/warnings')).data).toEqual({ warnings: [] });
	const log = (await admin.ask('GET', '/api/admin/log')).data;
	expect(log).toMatchObject({
		entries: [
			{ action: 'warn', by: admin.id, personId: person.id, reportId, words: 'Do not sell.' },
		],
	});
	cast.close();
});

test('whoever is suspended is out at once, is told why, and comes back when it is lifted', async () => {
	const cast = new Cast(service);
	const { ann, ben, reportId } = await reported(cast);
	const until = Date.now() + day;
	const suspend = { body: { action: 'suspend', words: 'Spam.', until } };
	const past = { body: { ...suspend.body, until: 1 } };
	expect((await admin.ask('POST', `/api/admin/reports/${reportId}`, past)).error?.code).toBe(
		'BAD_REQUEST',
	);
	expect((await admin.ask('POST', `/api/admin/reports/${reportId}`, suspend)).error).toBe(null);
	const self = await admin.ask('POST', `/api/admin/people/${admin.id}`, suspend);
	expect(self.error?.code).toBe('NOT_ALLOWED');
	await ann.client.until('match:ended');
	const { id } = await Person.of(service, ben.client.cookie);
	const { data } = await admin.ask('GET', `/api/admin/people?query=${id}`);
	expect(data).toMatchObject({ people: [{ personId: id, suspendedUntil: until }] });
	await expect(Stranger.enter(cast, 'text', ben.client.cookie)).rejects.toThrow();
	expect(
		(await admin.ask('POST', `/api/admin/people/${id}`, { body: { action: 'lift' } })).error,
	).toBe(null);
	const again = await Stranger.enter(cast, 'text', ben.client.cookie);
	await again.start();
	cast.close();
});

test('what is live is counted', async () => {
	const cast = new Cast(service);
	await cast.joined('Ann');
	await twoMet(cast);
	expect((await admin.ask('GET', '/api/admin/overview')).data).toEqual({
		rooms: [{ roomId: cast.roomId, peers: 1 }],
		waiting: 0,
		matches: 1,
	});
	cast.close();
});

test('administrators read the metrics that they name, with their labels, and no others', async () => {
	const cast = new Cast(service);
	await cast.joined('Ann');
	const names = 'parley_workers,parley_worker_sent_bytes_total,parley_join_step_seconds_count,none';
	const { data } = await admin.ask('GET', `/api/admin/metrics?names=${names}`);
	type Told = { at: number; runs: string[]; samples: { name: string }[] };
	const { at, runs, samples } = data as Told;
	expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
	expect(runs).toEqual([expect.stringMatching(/^ \d+$/)]);
	expect(new Set(samples.map(({ name }) => name)).size).toBe(3);
	expect(samples).toEqual(
		expect.arrayContaining([
			{ name: 'parley_workers', labels: {}, value: 1 },
			{ name: 'parley_worker_sent_bytes_total', labels: { worker: '0' }, value: 0 },
			expect.objectContaining({ labels: { step: 'join' } }),
		]),
	);
	for (const wrong of ['', 'a-b', `a${',a'.repeat(20)}`])
		expect((await admin.ask('GET', `/api/admin/metrics?names=${wrong}`)).error?.code).toBe(
			'BAD_REQUEST',
		);
	cast.close();
});
