import { expect, test } from 'vitest';
import { newMatchId, newReportId, newRoomId } from '../../shared/ids.ts';
import type { ReportWithChat } from '../../shared/moderation.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { backTo } from '../support/olderTables.ts';
import { newAuthor, newChat, newDatabase } from '../support/stores.ts';

/** As it is listed. */
const listed = ({ chat: _, ...report }: ReportWithChat, earlier = 0) => ({ ...report, earlier });

const reportOf = (change: Partial<ReportWithChat> = {}): ReportWithChat => ({
	reportId: newReportId(),
	matchId: newMatchId(),
	reporter: newAuthor('Ann'),
	reported: newAuthor('Ben'),
	reason: 'spam',
	words: 'He sells things.',
	chat: [{ by: 'reported', body: 'Buy this!', sentAt: 1 }],
	reportedAt: 2,
	...change,
});

onEachDatabase('reports and what is done about them', (on) => {
	test('an agreement is kept with the version, the last one', async () => {
		const { moderation } = on.store;
		const { personId } = newAuthor('Ann');
		expect(await moderation.agreed(personId)).toBe(null);
		await moderation.agree(personId, 1, 10);
		await moderation.agree(personId, 2, 20);
		expect(await moderation.agreed(personId)).toBe(2);
	});

	test('a report is kept once for each match, and decided once', async () => {
		const { moderation } = on.store;
		const report = reportOf();
		await moderation.report(report);
		await moderation.report({ ...report, reportId: newReportId(), words: 'Again.' });
		const later = reportOf({ reason: 'hate', chat: [] });
		await moderation.report(later);
		expect(await moderation.reports('open', null, 2)).toEqual([listed(later), listed(report)]);
		expect(await moderation.reports('open', later.reportId, 1)).toEqual([listed(report)]);
		expect(await moderation.chatOf(report.reportId)).toEqual(report.chat);
		expect(await moderation.chatOf(later.reportId)).toEqual([]);
		expect(await moderation.chatOf(newReportId())).toBe(null);
		const admin = newAuthor('Admin').personId;
		const done = { about: { reportId: report.reportId }, by: admin, until: null, at: 5 };
		const warn = { ...done, action: 'warn' as const, words: 'Do not sell.' };
		expect(await moderation.decide(warn)).toBe(report.reported.personId);
		expect(await moderation.decide(warn)).toBe(null);
		expect(await moderation.reports('open', null, 1)).toEqual([listed(later)]);
		expect(await moderation.reports('decided', null, 1)).toEqual([listed(report)]);
		expect((await moderation.log(null, 1))[0]).toMatchObject({
			...{ at: 5, by: admin, action: 'warn', personId: report.reported.personId },
			...{ reportId: report.reportId, words: 'Do not sell.', until: null },
			names: { by: null, about: 'Ben' },
		});
	});

	test('a report says how many about the same person are earlier', async () => {
		const { moderation } = on.store;
		const reported = newAuthor('Dov');
		const [first, second] = [reportOf({ reported }), reportOf({ reported })];
		await moderation.report(first);
		await moderation.report(reportOf());
		await moderation.report(second);
		const all = await moderation.reports('open', null, 50);
		const about = all.filter((report) => report.reported.personId === reported.personId);
		expect(about).toEqual([listed(second, 1), listed(first)]);
	});

	test('a warning is told until it was seen', async () => {
		const { moderation } = on.store;
		const { personId } = newAuthor('Cyd');
		const done = { about: { personId }, by: newAuthor('Admin').personId, until: null, at: 1 };
		for (const words of ['One.', 'Two.'])
			await moderation.decide({ ...done, action: 'warn', words });
		const warnings = await moderation.warnings(personId);
		expect(warnings.map(({ words }) => words)).toEqual(['One.', 'Two.']);
		await moderation.seen(personId, warnings[0]?.warningId ?? 0, 9);
		expect((await moderation.warnings(personId)).map(({ words }) => words)).toEqual(['Two.']);
	});

	test('B-14: a room is opened, and in the log with the administrator, once', async () => {
		const { moderation, rooms, accounts } = on.store;
		const [{ roomId }, host, admin] = [newChat(), newAuthor('Host'), newAuthor('').personId];
		await accounts.signUp(
			admin,
			{ userName: 'opener', skeleton: 'opener', passwordHash: null },
			null,
			1,
		);
		await rooms.enter(roomId, host.personId, host.name, 1);
		const closed = { locked: true, knocking: true, passwordHash: 'hash' };
		await rooms.setPolicy(roomId, { ...closed, sharing: 'hosts', slowMode: 10 });
		await rooms.setRetention(roomId, { kind: 'days', days: 3 });
		const opening = { roomId, by: admin, at: 7 };
		const answers = await Promise.all([
			moderation.openRoom(opening),
			moderation.openRoom({ ...opening, at: 8 }),
		]);
		expect(answers.filter(({ locked, password }) => locked && password)).toHaveLength(1);
		expect(answers.filter(({ locked, password }) => !locked && !password)).toHaveLength(1);
		expect((await rooms.rules(roomId)).policy).toEqual({
			...{ locked: false, knocking: false, passwordHash: null },
			...{ sharing: 'hosts', unmuting: 'everybody', slowMode: 10 },
		});
		expect(await rooms.retention(roomId)).toEqual({ kind: 'days', days: 3 });
		const entries = (await moderation.log(null, 50)).filter((entry) => entry.roomId === roomId);
		expect(entries).toEqual([
			{
				...{ entryId: expect.any(Number) as number, at: expect.any(Number) as number },
				...{ action: 'open-room', roomId, by: admin, personId: admin, reportId: null },
				...{ names: { by: 'opener', about: 'opener' }, words: '', until: null },
			},
		]);
		// What is told of a person's own data are decisions about them.
		expect((await accounts.about(admin)).decisions).toEqual([]);
		// People who knock are waiting for a host, too.
		await rooms.setPolicy(roomId, { knocking: true });
		expect(await moderation.openRoom(opening)).toEqual({ locked: false, password: false });
		expect((await rooms.rules(roomId)).policy.knocking).toBe(false);
	});

	test('the log of an older program is read on', async () => {
		const database = await newDatabase(on.kind);
		const before = await database.open();
		const [personId, by] = [newAuthor('Cyd').personId, newAuthor('Admin').personId];
		const done = { about: { personId }, by, until: null, at: 1 };
		await before.moderation.decide({ ...done, action: 'warn', words: 'No.' });
		await before.close();
		await backTo(14, database.config);
		const after = await database.open();
		expect(await after.moderation.log(null, 50)).toMatchObject([
			{ action: 'warn', personId, roomId: null, words: 'No.' },
		]);
		await database.remove();
	});

	test('B-14: an unknown room, the room of a call and a chat of two are not opened', async () => {
		const { moderation, rooms, directs } = on.store;
		const [ann, ben, admin] = [newAuthor('Ann'), newAuthor('Ben'), newAuthor('Admin').personId];
		const [unknown, called] = [newRoomId(), newRoomId()];
		await rooms.openCall(called, ann, 1);
		const direct = await directs.open(ann, ben, newRoomId(), 1);
		const before = await moderation.log(null, 50);
		for (const roomId of [unknown, called, direct])
			await expect(moderation.openRoom({ roomId, by: admin, at: 2 })).rejects.toMatchObject({
				code: 'NOT_FOUND',
			});
		for (const roomId of [called, direct])
			expect((await rooms.rules(roomId)).policy.locked).toBe(true);
		expect(await moderation.log(null, 50)).toEqual(before);
	});

	test('people are found by name, by user name and by id, whoever was here last first', async () => {
		const { moderation, accounts } = on.store;
		const [one, other] = [newAuthor('').personId, newAuthor('').personId];
		const account = { userName: 'Zoe_100%', skeleton: 'zoe_100%', passwordHash: null };
		await accounts.signUp(one, account, 'Zoe', 1_000);
		await accounts.signUp(other, { ...account, userName: 'Zoeb', skeleton: 'zoeb' }, 'Bee', 2_000);
		const found = async (query: string) =>
			(await moderation.people(query, 10)).map(({ personId }) => personId);
		expect(await found('ZOE')).toEqual([other, one]);
		expect(await found('zoe_')).toEqual([one]);
		expect(await found('bee')).toEqual([other]);
		expect(await found(one)).toEqual([one]);
		// Whoever has no name is known by the beginning of the id.
		expect(await found(one.slice(0, 6))).toEqual([one]);
		expect(await found('nobody')).toEqual([]);
		await moderation.decide({
			...{ about: { personId: one }, by: other, action: 'lift', words: '', until: null, at: 9 },
		});
		expect((await moderation.log(null, 1))[0]?.names).toEqual({ by: 'Zoeb', about: 'Zoe_100%' });
		await accounts.suspend(one, { until: 7, reason: 'why' }, 9);
		expect(await moderation.people('zoe_', 1)).toMatchObject([{ suspendedUntil: 7 }]);
	});
});
