import { describe, expect, test } from 'vitest';
import { newMatchId, newMessageId, type MatchId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { eventually, type Cast } from '../support/client.ts';
import { Person } from '../support/person.ts';
import type { Service } from '../support/service.ts';
import { Stranger, twoMet } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

// What is kept of a match, and what is not.

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), {});

const alone = () => eventually(() => service.app.matchPeers.census.clients === 0);
const say = (who: Stranger, matchId: ReturnType<typeof newMatchId>, body: string) =>
	who.client.ask('match:post', { matchId, messageId: newMessageId(), body });
/** The person behind a stranger, over HTTP. */
const personOf = (who: Stranger) => Person.of(service, who.client.cookie);

test('MATCH-10: those who both keep a match are contacts, with what was said and what is said on', async () => {
	await alone();
	const [ann, ben] = [await Stranger.enter(cast), await Stranger.enter(cast)];
	await ann.start({ name: 'Ann' });
	await ben.start({ name: 'Ben' });
	const { matchId } = await ann.partner();
	await say(ann, matchId, 'first');
	await say(ben, matchId, 'second');
	await ann.client.ask('match:keep', { matchId, keep: true });
	expect(await ben.client.until('match:keep')).toEqual({ matchId, keep: true });
	await ann.client.ask('match:keep', { matchId, keep: false });
	await ben.client.ask('match:keep', { matchId, keep: true });
	expect(ann.client.told('match:kept')).toEqual([]);
	await ann.client.ask('match:keep', { matchId, keep: true });
	await ann.client.until('match:kept');
	await ben.client.until('match:kept');
	await say(ann, matchId, 'third');
	const { store } = service.app;
	const [annId, benId] = [(await personOf(ann)).id, (await personOf(ben)).id];
	expect(await store.contacts.list(annId)).toMatchObject([{ personId: benId, name: 'Ben' }]);
	expect(await store.contacts.list(benId)).toMatchObject([{ personId: annId, name: 'Ann' }]);
	const [direct] = await store.directs.list(annId);
	if (!direct) throw new Error('there is no chat of the two');
	const key = { roomId: direct.roomId, pair: null };
	const { messages } = await store.chats.page(key, { kind: 'latest' }, 10);
	expect(messages.map(({ author, content }) => [author.name, content])).toMatchObject([
		['Ann', { body: 'first' }],
		['Ben', { body: 'second' }],
		['Ann', { body: 'third' }],
	]);
});

test('MATCH-10: what is said while a match is being kept comes after what was said before', async () => {
	await alone();
	const { ann, ben, matchId } = await twoMet(cast);
	const words = Array.from({ length: 20 }, (_, index) => `word ${index}`);
	for (const word of words.slice(0, 10)) await say(ann, matchId, word);
	await ann.client.ask('match:keep', { matchId, keep: true });
	const kept = ben.client.ask('match:keep', { matchId, keep: true });
	// They are said while the others are being stored: Ann need not wait for what Ben has asked for.
	await Promise.all([kept, ...words.slice(10).map((word) => say(ann, matchId, word))]);
	const { store } = service.app;
	const [direct] = await store.directs.list((await personOf(ann)).id);
	if (!direct) throw new Error('there is no chat of the two');
	const { messages } = await store.chats.page(
		{ roomId: direct.roomId, pair: null },
		{ kind: 'latest' },
		30,
	);
	const bodies = messages.map(({ content }) => (content.kind === 'text' ? content.body : ''));
	expect(bodies).toEqual(words);
});

test('MATCH-9: of a match that nobody kept nothing is stored', async () => {
	await alone();
	const { ann, ben, matchId } = await twoMet(cast);
	await say(ann, matchId, 'between us');
	await ann.client.ask('match:keep', { matchId, keep: true });
	await ben.next(matchId);
	await ann.client.until('match:ended');
	const { id } = await personOf(ann);
	expect(await service.app.store.contacts.list(id)).toEqual([]);
	expect(await service.app.store.directs.list(id)).toEqual([]);
});

test('MATCH-11: whoever is blocked is told what everybody is told, and never met again', async () => {
	await alone();
	const { ann, ben, matchId } = await twoMet(cast);
	await ann.client.ask('match:block', { matchId });
	const ended = await ben.client.until('match:ended');
	expect(ended).toMatchObject({ matchId, why: 'next' });
	const [annId, benId] = [(await personOf(ann)).id, (await personOf(ben)).id];
	const { known } = service.app.matchPeers.matches;
	expect([known.apart(annId).has(benId), known.apart(benId).has(annId)]).toEqual([true, true]);
	expect(await service.app.store.blocks.list(annId)).toMatchObject([{ personId: benId }]);
	// It holds for the next visit, too.
	await ann.client.ask('match:enter', { media: false });
	await ben.client.ask('match:enter', { media: false });
	await ben.start();
	await ann.start();
	const cyd = await Stranger.enter(cast);
	await cyd.start();
	await cyd.partner();
	expect(ann.found.length + ben.found.length).toBe(3);
});

describe('MATCH-12: reports', () => {
	/** What the report about this match keeps of what was written. */
	async function chatOf(matchId: MatchId) {
		const { moderation } = service.app.store;
		const made = (await moderation.reports('open', null, 50)).find(
			(one) => one.matchId === matchId,
		);
		return (made && (await moderation.chatOf(made.reportId))) ?? [];
	}

	test('hold what was written in the match, of this partner and of the last', async () => {
		await alone();
		const { ann, ben, matchId } = await twoMet(cast);
		await say(ben, matchId, 'something bad');
		await say(ann, matchId, 'stop it');
		await ben.next(matchId);
		await ann.client.until('match:ended');
		const report = { matchId, reason: 'harassment' as const, words: 'See the chat.', block: true };
		await ann.client.ask('match:report', report);
		// Once is enough.
		await ann.client.ask('match:report', { ...report, words: 'Again.' });
		const reports = await service.app.store.moderation.reports('open', null, 10);
		expect(reports).toHaveLength(1);
		expect(reports[0]).toMatchObject({
			matchId,
			reporter: { personId: (await personOf(ann)).id },
			reported: { personId: (await personOf(ben)).id },
			reason: 'harassment',
			words: 'See the chat.',
		});
		expect(await chatOf(matchId)).toMatchObject([
			{ by: 'reported', body: 'something bad' },
			{ by: 'reporter', body: 'stop it' },
		]);
		expect(await service.app.store.blocks.list((await personOf(ann)).id)).toHaveLength(1);
	});

	test('A-M9: hold the last of what was written, as much as a report keeps', async () => {
		await alone();
		const { ann, ben, matchId } = await twoMet(cast);
		const long = 'x'.repeat(limits.messageLength);
		for (let i = 0; i < 9; i++) await say(ben, matchId, `${i}${long.slice(1)}`);
		await say(ann, matchId, 'stop it');
		await ann.client.ask('match:report', { matchId, reason: 'spam', words: '', block: false });
		const bodies = (await chatOf(matchId)).map(({ body }) => body);
		expect(bodies.at(-1)).toBe('stop it');
		expect(bodies[0]?.slice(0, 2)).toBe('3x');
		expect(bodies).toHaveLength(7);
	});

	test('A-M9: hold a hundred lines at most', async () => {
		await alone();
		const { ann, ben, matchId } = await twoMet(cast);
		for (let i = 0; i < 60; i++) {
			await say(ben, matchId, `bad ${i}`);
			await say(ann, matchId, `stop ${i}`);
		}
		await ann.client.ask('match:report', { matchId, reason: 'spam', words: '', block: false });
		const chat = await chatOf(matchId);
		expect(chat).toHaveLength(limits.reportedLines);
		expect(chat.at(-1)).toMatchObject({ by: 'reporter', body: 'stop 59' });
		expect(chat[0]).toMatchObject({ by: 'reported', body: 'bad 10' });
	}, 60_000);

	test('A-M9: are bounded by person and by network, in words', async () => {
		const { reports } = service.app.matchPeers.matches;
		const refused = { code: 'TOO_MANY_REQUESTS', message: expect.stringContaining('reports') };
		const { person, network } = limits.reports;
		for (let made = 0; made < network; made += 2 * person) {
			await alone();
			const { ann, ben, matchId } = await twoMet(cast);
			const report = { matchId, reason: 'spam' as const, words: '', block: false };
			for (const one of [ann, ben]) {
				const { id } = await personOf(one);
				for (let i = 0; i < person; i++) await reports.report(id, report, 'here');
				await expect(reports.report(id, report, 'there')).rejects.toMatchObject(refused);
			}
			expect(await ann.client.codeOf('match:report', report)).toBe('TOO_MANY_REQUESTS');
			for (const one of [ann, ben]) one.client.socket.disconnect();
		}
		await alone();
		const { ann, matchId } = await twoMet(cast);
		const report = { matchId, reason: 'spam' as const, words: '', block: false };
		const { id } = await personOf(ann);
		await expect(reports.report(id, report, 'here')).rejects.toMatchObject(refused);
		await reports.report(id, report, 'there');
	}, 60_000);

	test('are not about somebody whom one did not meet', async () => {
		await alone();
		const { ann, matchId } = await twoMet(cast);
		const cyd = await Stranger.enter(cast);
		await cyd.start();
		for (const [who, id] of [[cyd, matchId] as const, [ann, newMatchId()] as const]) {
			const report = { matchId: id, reason: 'spam', block: true };
			expect(await who.client.codeOf('match:report', report)).toBe('NOT_FOUND');
			expect(await who.client.codeOf('match:block', { matchId: id })).toBe('NOT_FOUND');
		}
	});
});
