import { expect, test } from 'vitest';
import { newMatchId, newReportId } from '../../shared/ids.ts';
import type { ReportWithChat } from '../../shared/moderation.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { newAuthor } from '../support/stores.ts';

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
