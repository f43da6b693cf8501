import { describe, expect, test } from 'vitest';
import { newMessageId, newReportId } from '../../shared/ids.ts';
import { call, meet, opened, outcomeOf, type Caller } from '../support/calls.ts';
import { eventually, type Cast } from '../support/client.ts';
import type { Service } from '../support/service.ts';
import { Stranger } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

// What people do about each other on one page holds on the others.

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), {});

const alone = () => eventually(() => service.app.matchPeers.census.clients === 0);

/** Two who know each other, each with the page of people and with the one for meeting strangers. */
async function twoWithBoth() {
	await alone();
	const [ann, ben] = [await opened(cast, 'Ann'), await opened(cast, 'Ben')];
	await meet(cast, ann, ben);
	const enter = ({ client }: Caller) => Stranger.enter(cast, 'text', client.cookie);
	return { ann, ben, annNext: await enter(ann), benNext: await enter(ben) };
}

/** Two of them who are together by chance. */
async function together() {
	const both = await twoWithBoth();
	await both.annNext.start({ name: 'Ann' });
	await both.benNext.start({ name: 'Ben' });
	const { matchId } = await both.annNext.partner();
	await both.benNext.partner();
	return { ...both, matchId };
}

describe('MATCH-15: a block', () => {
	test('among people holds for those who wait already', async () => {
		const { ann, ben, annNext, benNext } = await twoWithBoth();
		// Both are known to the queue, and neither waits for somebody they could meet.
		await annNext.start({ language: 'en' });
		await benNext.start({ language: 'de' });
		await ann.client.ask('people:block', { personId: ben.personId });
		const { maker } = service.app.matchPeers.matches;
		const [stay] = maker.sessionsOf(ben.personId);
		if (!stay) throw new Error('Ben does not wait');
		maker.start(stay, { ...stay.wish, language: 'en' });
		expect([maker.waiting, maker.matches]).toEqual([2, 0]);
		const cyd = await Stranger.enter(cast);
		await cyd.start({ language: 'en' });
		await cyd.partner();
		expect(maker.matches).toBe(1);
	});

	test('among people ends a match of the two, as if the other one had gone on', async () => {
		const { ann, ben, annNext, benNext, matchId } = await together();
		await ann.client.ask('people:block', { personId: ben.personId });
		for (const { client } of [annNext, benNext])
			expect(await client.until('match:ended')).toMatchObject({ matchId, why: 'next' });
		expect(service.app.matchPeers.matches.maker.matches).toBe(0);
	});

	test('of a match holds among people, at once', async () => {
		const { ann, ben, annNext, matchId } = await together();
		await ben.client.ask('people:open', {});
		const { ringId } = await call(ben, ann);
		await ann.client.until('call:ringing');
		await annNext.client.ask('match:block', { matchId });
		expect(await outcomeOf(ann, ringId)).toBe('no-answer');
		await ben.client.until('people:state', ({ state }) => state === 'offline');
		await ann.client.until('people:changed');
		await ann.client.ask('people:choose', { state: 'do-not-disturb' });
		const { people } = await ben.client.ask('people:open', {});
		expect(people).toMatchObject([{ personId: ann.personId, state: 'offline' }]);
		const states = ben.client.told('people:state').map(({ state }) => state);
		expect(states).not.toContain('do-not-disturb');
		expect((await ann.client.ask('people:open', {})).people).toEqual([]);
	});
});

test('MATCH-10: who is kept is in the list of people at once', async () => {
	const { ann, ben, annNext, benNext, matchId } = await together();
	for (const { client } of [annNext, benNext])
		await client.ask('match:keep', { matchId, keep: true });
	for (const { client } of [ann, ben]) await client.until('people:changed');
});

describe('MATCH-16: a report', () => {
	const report = { reason: 'harassment' as const, words: '', block: true };

	test('is taken after Stop, over another connection, and about the one before the last', async () => {
		const { ann, ben, annNext, benNext, matchId } = await together();
		const message = { matchId, messageId: newMessageId(), body: 'something bad' };
		await benNext.client.ask('match:post', message);
		await annNext.client.ask('match:stop', {});
		await annNext.client.ask('match:enter', { media: false });
		const cyd = await Stranger.enter(cast);
		await benNext.client.ask('match:stop', {});
		await annNext.start();
		await cyd.start();
		await annNext.partner(1);
		annNext.client.close();
		const back = await Stranger.enter(cast, 'text', ann.client.cookie);
		await back.client.ask('match:report', { ...report, matchId });
		const [kept] = await service.app.store.moderation.reports('open', null, 10);
		expect(kept).toMatchObject({
			...{ matchId, reporter: { personId: ann.personId }, reported: { personId: ben.personId } },
		});
		const { moderation } = service.app.store;
		expect(await moderation.chatOf(kept?.reportId ?? newReportId())).toMatchObject([
			{ by: 'reported', body: 'something bad' },
		]);
		expect(await service.app.store.blocks.list(ann.personId)).toMatchObject([
			{ personId: ben.personId },
		]);
	});

	test('of a match that ended leaves the one that goes on alone', async () => {
		const { annNext, benNext, matchId } = await together();
		await benNext.client.ask('match:stop', {});
		const cyd = await Stranger.enter(cast);
		await cyd.start();
		const { matchId: going } = await cyd.partner();
		await annNext.client.ask('match:report', { ...report, matchId });
		expect(annNext.client.told('match:ended').map((told) => told.matchId)).toEqual([matchId]);
		await cyd.client.ask('match:post', { matchId: going, messageId: newMessageId(), body: 'Hi' });
		expect(await annNext.client.until('match:posted')).toMatchObject({ matchId: going });
	});
});
