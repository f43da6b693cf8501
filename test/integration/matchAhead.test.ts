import { expect, test } from 'vitest';
import type { ConsumerId } from '../../shared/ids.ts';
import { eventually, type Cast } from '../support/client.ts';
import { stateOf } from '../support/consumersInWorker.ts';
import type { Service } from '../support/service.ts';
import { Stranger, twoMet } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), {});

const alone = () => eventually(() => service.app.matchPeers.census.clients === 0);

/** Somebody who waits, by video, maybe in another tab of somebody else. */
async function waiter(cookie?: string): Promise<Stranger> {
	const stranger = await Stranger.enter(cast, 'video', cookie);
	await stranger.start();
	return stranger;
}

const lists = ({ client }: Stranger) =>
	client.told('media:ahead').map(({ consumers }) => consumers.map(({ consumerId }) => consumerId));

/** What this one is to be ready for, once it is so much. */
async function ahead(stranger: Stranger, length: number): Promise<ConsumerId[]> {
	await eventually(() => lists(stranger).at(-1)?.length === length);
	return lists(stranger).at(-1) ?? [];
}

const consumerIds = ({ consumers }: { consumers: readonly { consumerId: ConsumerId }[] }) =>
	consumers.map(({ consumerId }) => consumerId).sort();

test('MATCH-6: who waits and those in a match are ready for each other; it flows with the match and not before', async () => {
	await alone();
	const { ann, ben, matchId } = await twoMet(cast, 'video');
	const cyd = await waiter();
	// Both of the two may go on, and cyd may meet either.
	const ready = await ahead(ann, 2);
	await ahead(ben, 2);
	const waits = await ahead(cyd, 4);
	for (const [{ client }, ids] of [[ann, ready] as const, [cyd, waits] as const])
		expect(await client.ask('media:resume', { consumerIds: ids })).toEqual({
			unavailable: [],
		});
	expect([...ready, ...waits].map(stateOf)).toEqual(Array.from({ length: 6 }, () => 'paused'));

	await ann.next(matchId);
	const [annSees, cydSees] = [await ann.partner(1), await cyd.partner()];
	expect(consumerIds(annSees)).toEqual([...ready].sort());
	expect(waits).toEqual(expect.arrayContaining(consumerIds(cydSees)));
	const seen = [...consumerIds(annSees), ...consumerIds(cydSees)];
	await eventually(() => seen.every((id) => stateOf(id) === 'flowing'));
	// What cyd had ready of ben, who waits now, is not seen.
	const unseen = waits.filter((id) => !seen.includes(id));
	expect(unseen.map(stateOf)).toEqual(['paused', 'paused']);
});

test('MATCH-6: what was ready of somebody who is gone is closed, and what is ready is told anew', async () => {
	await alone();
	const { ann } = await twoMet(cast, 'video');
	const cyd = await waiter();
	const ready = await ahead(ann, 2);
	cyd.client.close();
	await ahead(ann, 0);
	await eventually(() => ready.every((id) => stateOf(id) === 'closed'));
});

test('MATCH-6: where somebody else was faster, one gets ready for the next, and meets whoever is there', async () => {
	await alone();
	const { ann, ben, matchId } = await twoMet(cast, 'video');
	const cyd = await waiter();
	const ready = await ahead(ann, 2);
	// Dan comes, and cyd is not there any more.
	const dan = await waiter();
	await cyd.partner();
	await ahead(ann, 0);
	expect(ready.map(stateOf)).toEqual(['closed', 'closed']);
	const eve = await waiter();
	const again = await ahead(ann, 2);
	await ann.next(matchId);
	expect(consumerIds(await ann.partner(1))).toEqual([...again].sort());
	expect((await eve.partner()).consumers).toHaveLength(2);
	expect(dan.found).toHaveLength(1);
	expect(ben.found).toHaveLength(1);
});

test('MATCH-6: who is met is told before what there is to be ready for without them', async () => {
	await alone();
	const { ann, ben, matchId } = await twoMet(cast, 'video');
	const cyd = await waiter();
	await ahead(cyd, 4);
	await ann.next(matchId);
	await cyd.partner();
	// Ben waits, and is ready for both.
	const ready = await ahead(ben, 4);
	cyd.client.close();
	const found = await ben.partner(1);
	const { facts } = ben.client;
	const all = facts.findIndex(({ told }) => 'consumers' in told && told.consumers.length === 4);
	const met = facts.findIndex(({ told }) => told === found);
	const between = facts.slice(all + 1, met).filter(({ name }) => name === 'media:ahead');
	expect(ready).toEqual(expect.arrayContaining(consumerIds(found)));
	for (const { told } of between)
		expect(told).toMatchObject({ consumers: expect.arrayContaining(found.consumers) as unknown });
	await eventually(() => lists(ben).at(-1)?.length === 0);
});

/** Long enough for anybody to have been got ready. */
const whileAhead = () => new Promise((resolve) => setTimeout(resolve, 1_500));

test('MATCH-6: nobody is got ready for themselves, for who only writes, or for the one they are with', async () => {
	await alone();
	const { ann, ben } = await twoMet(cast, 'video');
	await (await Stranger.enter(cast)).start();
	const tab = await waiter(ann.client.cookie);
	await whileAhead();
	expect([ann, ben, tab].flatMap(lists)).toEqual([]);
});

test('MATCH-6: nobody is got ready for whom they blocked, or who blocked them', async () => {
	await alone();
	const { ann: cyd, ben, matchId } = await twoMet(cast, 'video');
	await ben.client.ask('match:block', { matchId });
	const ann = await waiter();
	await ben.partner(1);
	await ahead(ann, 2);
	await whileAhead();
	expect(lists(ben)).toEqual([]);
	expect(lists(cyd).map((ids) => ids.length)).toEqual([2]);
});

test('MATCH-6: where many are in matches nobody gets ready for the one who waits', async () => {
	await alone();
	const pairs = [];
	for (let count = 0; count < 5; count++) pairs.push(await twoMet(cast, 'video'));
	const last = await waiter();
	const everybody = [last, ...pairs.flatMap(({ ann, ben }) => [ann, ben])];
	await whileAhead();
	expect(everybody.flatMap(lists)).toEqual([]);
});
