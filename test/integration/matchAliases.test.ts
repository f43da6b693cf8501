import { expect, test } from 'vitest';
import { newMessageId } from '../../shared/ids.ts';
import type { ConsumerInfo } from '../../shared/media.ts';
import type { Data, FactOf } from '../../shared/protocol.ts';
import { eventually, type Cast } from '../support/client.ts';
import { consumersInWorker } from '../support/consumersInWorker.ts';
import type { Service } from '../support/service.ts';
import { Stranger, twoMet } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), {});

const alone = () => eventually(() => service.app.matchPeers.census.clients === 0);

/** All texts that are long enough to tell people apart, and all ssrcs, wherever they stand. */
function marksIn(value: unknown, found = new Set<string>()): Set<string> {
	// A text of several names gives each of them away.
	if (typeof value === 'string') {
		for (const word of value.split(' ')) if (word.length >= 20) found.add(word);
	} else if (typeof value === 'object' && value !== null) {
		if ('ssrc' in value) found.add(`ssrc ${String(value.ssrc)}`);
		for (const part of Object.values(value)) marksIn(part, found);
	}
	return found;
}

const without = (marks: Set<string>, others: Set<string>) =>
	new Set([...marks].filter((mark) => !others.has(mark)));
const inBoth = (marks: Set<string>, others: Set<string>) =>
	[...marks].filter((mark) => others.has(mark));

/** What one was told since the fact of this number, without what everybody is told and what is one's own. */
function marksOf(
	{ client, entered, sent }: Stranger,
	since: number,
	answers: unknown,
): Set<string> {
	return without(marksIn([client.facts.slice(since), answers]), marksIn([entered, sent]));
}

const wantsOf = (ids: readonly string[]) =>
	ids.map((producerId) => ({ producerId, width: 640, height: 360, priority: 1 }));
const producersOf = (consumers: readonly ConsumerInfo[]) =>
	consumers.map(({ producerId }) => producerId);

/**
 * The one of this number whom this one meets turns a camera off and on and writes.
 *
 * @param since the number of facts before they met.
 * @returns what could tell the partner apart, and what they send, as it was told at first.
 */
async function meet(viewer: Stranger, partner: Stranger, index: number, since: number) {
	const { matchId, consumers } = await viewer.partner(index);
	await eventually(() => partner.found.some((found) => found.matchId === matchId));
	const camera = partner.sent.findLast(({ source }) => source === 'camera');
	if (!camera) throw new Error('the partner has no camera');
	const before = viewer.client.facts.length;
	const later = () => viewer.client.facts.slice(before).map(({ name }) => name);
	const { producerId, width, height } = camera;
	for (const paused of [true, false])
		await partner.client.ask('media:update', { producerId, paused, width, height });
	await partner.client.ask('media:close', { producerId });
	await partner.produce('camera');
	await partner.client.ask('match:post', { matchId, messageId: newMessageId(), body: 'Hello' });
	await eventually(() => later().includes('match:posted') && later().includes('producer:added'));
	const added = viewer.client.told('producer:added').at(-1)?.producer;
	if (!added) throw new Error('nothing was added');
	const answer = await viewer.client.ask('media:want', { wants: wantsOf([added.producerId]) });
	expect(answer.consumers).toHaveLength(1);
	const closed = viewer.client.told('producer:closed').at(-1);
	expect(producersOf(consumers)).toContain(closed?.producerId);
	return { marks: marksOf(viewer, since, answer), sends: producersOf(consumers), matchId };
}

test('A-L5, MATCH-2: nothing that is told in a match tells that one has met its partner before', async () => {
	await alone();
	const { ann, ben } = await twoMet(cast, 'video');
	const first = await meet(ann, ben, 0, 0);
	expect(first.sends).toHaveLength(2);
	// Two who have just parted meet again once one of them has met somebody else.
	await ann.client.ask('match:stop', {});
	const cyd = await Stranger.enter(cast, 'video');
	await cyd.start();
	const other = await meet(cyd, ben, 0, 0);
	await cyd.client.ask('match:leave', {});
	const since = ann.client.facts.length;
	await ann.start();
	const again = await meet(ann, ben, 1, since);

	const all = [first.marks, other.marks, again.marks];
	for (const marks of all) expect(marks.size).toBeGreaterThan(10);
	const twice = all.map((marks) =>
		all.flatMap((them) => (them === marks ? [] : inBoth(them, marks))),
	);
	expect(twice).toEqual([[], [], []]);
	const missing = (ids: readonly string[]) => ids.map((id) => ({ id, code: 'NOT_FOUND' }));
	const { unavailable } = await ann.client.ask('media:want', { wants: wantsOf(first.sends) });
	expect(unavailable).toEqual(missing(first.sends));
	// What its owner calls something is told nobody, and is not there for anybody else.
	const own = ben.sent.map(({ producerId }) => producerId);
	expect(all.flatMap((marks) => inBoth(marks, new Set(own)))).toEqual([]);
	const answer = await ann.client.ask('media:want', { wants: wantsOf(own) });
	expect(answer).toEqual({ consumers: [], unavailable: missing(own) });
});

test('A-L5, MATCH-2: of those who meet again at once nobody is told anything twice', async () => {
	await alone();
	const { ann, ben } = await twoMet(cast, 'video');
	const cyd = await Stranger.enter(cast, 'video');
	await cyd.start();
	const three = [ann, ben, cyd];
	const answers = new Map<FactOf<'match:found'>, Data<'media:want'>>();
	const length = () => three.reduce((sum, { found }) => sum + found.length, 0);
	for (let count = 1; count <= 12; count++) {
		await eventually(() => length() === 2 * count);
		const matches = three.map(({ found }) => found.at(-1)?.matchId);
		const both = three.filter(
			(_, index) => matches.indexOf(matches[index]) !== matches.lastIndexOf(matches[index]),
		);
		// Now the one takes the next, now the other, while consumers are being made.
		const [one, other] = count % 2 ? both : both.toReversed();
		const latest = one?.found.at(-1);
		if (!one || !other || !latest) throw new Error('nobody is in a match');
		const ids = producersOf(latest.consumers);
		await one.client.ask('media:want', { wants: [] });
		const [wanted] = await Promise.all([
			one.client.ask('media:want', { wants: wantsOf(ids) }),
			other.next(latest.matchId),
		]);
		answers.set(latest, wanted);
		expect(
			[...producersOf(wanted.consumers), ...wanted.unavailable.map(({ id }) => id)].sort(),
		).toEqual(ids.sort());
	}
	for (const { found, entered } of three) {
		const everybodys = marksIn(entered);
		// The match, the peer, two producers, two consumers and two ssrcs, with one for what is sent again.
		for (const told of found) expect(without(marksIn(told), everybodys).size).toBe(9);
		const seen = found.map((told) => without(marksIn([told, answers.get(told)]), everybodys));
		expect(new Set(seen.flatMap((marks) => [...marks])).size).toBe(
			seen.reduce((sum, { size }) => sum + size, 0),
		);
	}
});

test('A-L5, MATCH-6: who is built ahead has the names of the match that follows, and others after it', async () => {
	await alone();
	const { ann, matchId } = await twoMet(cast, 'video');
	const cyd = await Stranger.enter(cast, 'video');
	await cyd.start();
	const ahead = async (length: number, since = 0) => {
		const lists = () =>
			ann.client.facts
				.slice(since)
				.flatMap(({ name, told }) => (name === 'media:ahead' ? [told.consumers] : []));
		await eventually(() => lists().at(-1)?.length === length);
		return lists().at(-1) ?? [];
	};
	const ready = await ahead(2);
	await ann.next(matchId);
	const met = await ann.partner(1);
	const byId = (consumers: readonly ConsumerInfo[]) =>
		consumers.toSorted((one, other) => one.consumerId.localeCompare(other.consumerId));
	expect(byId(met.consumers)).toEqual(byId(ready));
	expect(met.peer?.producers.map(({ producerId }) => producerId).sort()).toEqual(
		producersOf(ready).sort(),
	);

	// The others meet, and she gets ready for both, whom she has met.
	const since = ann.client.facts.length;
	await ann.next(met.matchId);
	const again = marksIn(await ahead(4, since));
	const before = without(marksIn(ann.client.facts.slice(0, since)), marksIn(ann.entered));
	expect(inBoth(again, before)).toEqual([]);
});

test('A-L5, MATCH-2: what goes over the wire with media names nobody', async () => {
	await alone();
	const { ann, ben } = await twoMet(cast, 'video');
	const consumers = [ann, ben].flatMap(({ found }) => found.flatMap((told) => told.consumers));
	const cnames = consumers.map(
		({ consumerId }) => consumersInWorker.get(consumerId)?.rtpParameters.rtcp?.cname,
	);
	expect(cnames).toEqual(['next', 'next', 'next', 'next']);
	expect(consumers.map(({ rtpParameters }) => rtpParameters.rtcp?.cname)).toEqual(cnames);
	// Browsers keep in step what is of one stream.
	const streams = consumers.map(({ rtpParameters: { msid = '' } }) => msid);
	expect(streams).toEqual(consumers.map(({ peerId, producerId }) => `${peerId} ${producerId}`));
});

test('A-L5, MATCH-2: what is being made when a match ends is closed', async () => {
	await alone();
	const { ann, ben } = await twoMet(cast, 'video');
	const ids = producersOf((await ann.partner()).consumers);
	await ann.client.ask('media:want', { wants: [] });
	await Promise.all([
		ann.client.ask('media:want', { wants: wantsOf(ids) }),
		ben.client.ask('match:leave', {}),
	]);
	await ann.client.until('match:ended');
	expect([...consumersInWorker.values()].filter(({ closed }) => !closed)).toEqual([]);
});
