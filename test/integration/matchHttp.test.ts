import { expect, test } from 'vitest';
import { newMatchId, newMessageId, newPersonId, newReportId } from '../../shared/ids.ts';
import { rulesVersion } from '../../shared/match.ts';
import { Matches } from '../../sfu/matching/matches.ts';
import { TextClient } from '../../sfu/matching/textClient.ts';
import { TextClients } from '../../sfu/matching/textClients.ts';
import { Acquaintances } from '../../sfu/people/social/acquaintances.ts';
import { Presence } from '../../sfu/people/presence/presence.ts';
import { eventually, type Cast } from '../support/client.ts';
import { Person } from '../support/person.ts';
import type { Service } from '../support/service.ts';
import { Stranger } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), {});

const ask = (person: Person, what: string, body: unknown = {}) =>
	person.ask('POST', `/api/match/${what}`, { body });
const start = (person: Person, wish = {}) =>
	ask(person, 'start', { mode: 'text', agree: rulesVersion, ...wish });
type Events = { state: string; events: { seq: number; event: string; matchId?: string }[] };
const receive = async (person: Person, body = {}) =>
	(await ask(person, 'receive', body)).data as Events;
const codeOf = async (person: Person, what: string, body?: unknown) =>
	(await ask(person, what, body)).error?.code ?? 'OK';

/** What the service knows of somebody's client. */
function clientOf({ id }: Person): TextClient {
	const { maker } = service.app.matchPeers.matches;
	const [listener] = maker.sessionsOf(id).map((session) => session.listener);
	if (listener instanceof TextClient) return listener;
	throw new Error('there is no such client');
}

test('MATCH-4: a text client meets a person on the web who writes', async () => {
	const client = await (await Person.guest(service)).withToken();
	expect((await start(client, { name: 'Bot', interests: ['tea'] })).data).toEqual({
		state: 'waiting',
		waiting: 1,
	});
	const web = await Stranger.enter(cast);
	await web.start({ interests: ['tea'] });
	const { matchId, partner } = await web.partner();
	expect(partner).toEqual({ name: 'Bot', interests: ['tea'], language: null });
	const found = await receive(client);
	expect(found.state).toBe('matched');
	expect(found.events.at(-1)).toMatchObject({ event: 'found', matchId, partner: { name: null } });
	const sent = await ask(client, 'send', { body: 'Hello' });
	expect(sent.data).toMatchObject({ message: { mine: true, body: 'Hello' } });
	expect((await web.client.until('match:posted')).message).toMatchObject({
		mine: false,
		body: 'Hello',
	});
	// An answer that waits is there as soon as something happens.
	const waited = receive(client, { wait: 60 });
	await web.client.ask('match:post', { matchId, messageId: newMessageId(), body: 'Hi' });
	expect((await waited).events).toMatchObject([
		{ event: 'message', message: { body: 'Hi', mine: false } },
	]);
	await web.client.ask('match:stop', {});
	expect((await receive(client)).events).toMatchObject([{ event: 'ended', matchId, why: 'left' }]);
	expect(await codeOf(client, 'send', { body: 'Too late' })).toBe('NOT_FOUND');
	expect(await codeOf(client, 'send', { matchId, body: 'Too late' })).toBe('NOT_FOUND');
	expect(await codeOf(client, 'disconnect')).toBe('OK');
	expect(await codeOf(client, 'disconnect')).toBe('OK');
	for (const what of ['send', 'receive', 'next'])
		expect(await codeOf(client, what, { body: 'x' })).toBe('NOT_FOUND');
});

test('MATCH-4: two text clients meet, and the next one after another', async () => {
	const people = await Promise.all(Array.from({ length: 3 }, () => Person.guest(service)));
	const [ann, ben, cyd] = people as [Person, Person, Person];
	await start(ann);
	await start(ben);
	await start(cyd);
	const first = (await receive(ann)).events.at(-1)?.matchId;
	expect((await receive(ben)).events.at(-1)?.matchId).toBe(first);
	expect((await ask(ann, 'next', { matchId: first })).data).toMatchObject({ state: 'matched' });
	expect((await receive(ben)).events).toMatchObject([{ event: 'ended', why: 'next' }]);
	// The press that was late changes nothing.
	expect((await ask(ann, 'next', { matchId: first })).data).toMatchObject({ state: 'matched' });
	expect((await ask(ann, 'next')).data).toMatchObject({ state: 'waiting' });
	for (const person of people) await ask(person, 'disconnect');
});

test('MATCH-10: a text client and a person on the web keep each other', async () => {
	const [client, ann] = [await Person.guest(service), await Person.guest(service)];
	const web = await Stranger.enter(cast, 'text', ann.proof['cookie']);
	expect(await codeOf(client, 'keep')).toBe('NOT_FOUND');
	await start(client, { name: 'Bot' });
	expect(await codeOf(client, 'keep')).toBe('NOT_FOUND');
	await web.start({ name: 'Ann' });
	const { matchId } = await web.partner();
	await ask(client, 'send', { body: 'Shall we?' });
	expect(await codeOf(client, 'keep', { matchId: newMatchId() })).toBe('NOT_FOUND');
	expect(await codeOf(client, 'keep', { keep: 'yes' })).toBe('BAD_REQUEST');
	expect(await codeOf(client, 'keep')).toBe('OK');
	expect(await web.client.until('match:keep')).toEqual({ matchId, keep: true });
	await web.client.ask('match:keep', { matchId, keep: true });
	expect((await receive(client)).events.map(({ event }) => event)).toContain('kept');
	const contacts = await service.app.store.contacts.list(client.id);
	expect(contacts).toMatchObject([{ personId: ann.id, name: 'Ann' }]);
	await web.client.ask('match:stop', {});
	await ask(client, 'disconnect');
});

test('MATCH-11, MATCH-12, MATCH-17: a text client reports whom it met and nobody else, and blocks them', async () => {
	const { moderation } = service.app.store;
	const [client, ann] = [await Person.guest(service), await Person.guest(service)];
	const web = await Stranger.enter(cast, 'text', ann.proof['cookie']);
	const report = { reason: 'spam', words: 'Sells umbrellas.' };
	expect(await codeOf(client, 'report', report)).toBe('NOT_FOUND');
	expect(await codeOf(client, 'block')).toBe('NOT_FOUND');
	await start(client);
	expect(await codeOf(client, 'report', report)).toBe('NOT_FOUND');
	expect(await codeOf(client, 'block')).toBe('NOT_FOUND');
	await web.start();
	const { matchId } = await web.partner();
	await web.client.ask('match:post', { matchId, messageId: newMessageId(), body: 'Umbrellas!' });
	for (const wrong of [{}, { reason: 'boredom' }, { ...report, words: 'x'.repeat(1001) }])
		expect(await codeOf(client, 'report', wrong)).toBe('BAD_REQUEST');
	expect(await codeOf(client, 'report', { ...report, matchId: newMatchId() })).toBe('NOT_FOUND');
	expect((await ask(client, 'report', report)).data).toEqual({ state: 'matched', waiting: 0 });
	const mine = (await moderation.reports('open', null, 50)).find((one) => one.matchId === matchId);
	expect(mine).toMatchObject({
		...report,
		reporter: { personId: client.id },
		reported: { personId: ann.id },
	});
	expect(await moderation.chatOf(mine?.reportId ?? newReportId())).toMatchObject([
		{ by: 'reported', body: 'Umbrellas!' },
	]);
	expect((await ask(client, 'block')).data).toEqual({ state: 'waiting', waiting: 2 });
	expect(await web.client.until('match:ended')).toMatchObject({ matchId, why: 'next' });
	// The last one can still be reported, and blocking again is harmless.
	expect(await codeOf(client, 'report', { ...report, matchId, block: true })).toBe('OK');
	expect(await service.app.store.blocks.list(client.id)).toMatchObject([{ personId: ann.id }]);
	await web.client.ask('match:stop', {});
	await ask(client, 'disconnect');
	// Nor does it take a client that waits.
	expect((await ask(client, 'report', report)).data).toMatchObject({ state: 'idle' });
	expect(await codeOf(client, 'block')).toBe('OK');
});

test('an event is given once, or again from where one asks', async () => {
	const ann = await Person.guest(service);
	const ben = await Person.guest(service);
	for (const person of [ann, ben]) await start(person);
	const { events } = await receive(ann);
	expect(events.at(-1)?.event).toBe('found');
	expect((await receive(ann, { wait: 0 })).events).toEqual([]);
	expect((await receive(ann, { wait: 0, after: 0 })).events).toEqual(events);
	const waiting = receive(ann, { wait: 60 });
	await eventually(() => clientOf(ann).isPolled);
	await ask(ann, 'disconnect');
	expect(await waiting).toEqual({ state: 'idle', events: [] });
	await ask(ben, 'disconnect');
});

test('MATCH-19: whoever asks what happens takes the place of the one who asked before', async () => {
	const [ann, ben] = [await Person.guest(service), await Person.guest(service)];
	for (const person of [ann, ben]) await start(person);
	await receive(ann);
	// The connection of the first one may be broken, and nobody has noticed.
	const first = ask(ann, 'receive', { wait: 60 });
	await eventually(() => clientOf(ann).isPolled);
	const second = receive(ann, { wait: 60 });
	expect((await first).error?.code).toBe('CONFLICT');
	await ask(ben, 'send', { body: 'Are you there?' });
	expect((await second).events).toMatchObject([{ message: { body: 'Are you there?' } }]);
	for (const person of [ann, ben]) await ask(person, 'disconnect');
});

test('MATCH-3: what makes no sense is said so', async () => {
	const ann = await Person.guest(service);
	expect(await codeOf(ann, 'start', { mode: 'text' })).toBe('NOT_ALLOWED');
	expect(await codeOf(ann, 'receive', { wait: 0 })).toBe('OK');
	expect(await codeOf(ann, 'start', { mode: 'video', agree: rulesVersion })).toBe('BAD_REQUEST');
	expect(await codeOf(ann, 'start', { mode: 'telepathy' })).toBe('BAD_REQUEST');
	expect(await codeOf(ann, 'start', [])).toBe('BAD_REQUEST');
	for (const wrong of [
		{ language: 'English' },
		{ interests: 'tea' },
		{ interests: Array(11).fill('a') },
	])
		expect((await start(ann, wrong)).error?.code).toBe('BAD_REQUEST');
	await start(ann);
	expect(await codeOf(ann, 'send', { body: 'Nobody is there' })).toBe('NOT_FOUND');
	expect(await codeOf(ann, 'send', { matchId: newMatchId(), body: 'Or not?' })).toBe('NOT_FOUND');
	expect(await codeOf(ann, 'send', { body: ' ' })).toBe('BAD_REQUEST');
	expect(await codeOf(ann, 'receive', { wait: 61 })).toBe('BAD_REQUEST');
	const nobody = await fetch(`${service.url}/api/match/start`, { method: 'POST' });
	expect(nobody.status).toBe(401);
	await ask(ann, 'disconnect');
});

test('MATCH-7: a client that asks for nothing any more is lost', async () => {
	const presence = new Presence();
	const matches = new Matches({
		store: service.app.store,
		chats: service.app.chats,
		suspendedUntil: () => Promise.resolve(null),
		acquaintances: new Acquaintances(service.app.store, presence, service.app.chats.access),
	});
	const clients = new TextClients(matches, 200);
	const [ann, ben] = [newPersonId(), newPersonId()];
	const wish = {
		mode: 'text' as const,
		interests: [],
		language: null,
		name: null,
		agree: rulesVersion,
	};
	for (const person of [ann, ben])
		await matches.start(clients.begin(person, 'a network').session, wish);
	const quiet = new AbortController().signal;
	const events: { event: string }[] = [];
	while (!events.some(({ event }) => event === 'ended'))
		events.push(...(await clients.of(ann).receive(undefined, 1_000, quiet)));
	expect(events.at(-1)).toMatchObject({ event: 'ended', why: 'lost' });
	expect(() => clients.of(ben)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
	clients.close();
	matches.close();
	presence.close();
});

test('MATCH-18, A-H5: those of one network hold no more than their share of the places for clients', () => {
	const most = { altogether: 3, network: 2 };
	const clients = new TextClients(service.app.matchPeers.matches, 60_000, most);
	const [first, second] = [newPersonId(), newPersonId()];
	for (const person of [first, second, first]) clients.begin(person, 'here');
	const refused = (code: string) => expect.objectContaining({ code });
	expect(() => clients.begin(newPersonId(), 'here')).toThrow(refused('LIMIT_REACHED'));
	clients.begin(newPersonId(), 'there');
	expect(() => clients.begin(newPersonId(), 'elsewhere')).toThrow(refused('UNAVAILABLE'));
	clients.end(first);
	clients.begin(newPersonId(), 'here');
	clients.close();
});

test('CONN-6: a thousand starts at once are answered, with a budget, and harm nobody', async () => {
	const ann = await Stranger.enter(cast);
	const answers = await Promise.all(
		Array.from({ length: 1_000 }, (_, index) =>
			index % 2 === 0
				? ann.client.codeOf('match:start', { mode: 'text', agree: rulesVersion })
				: ann.client.codeOf('match:stop', {}),
		),
	);
	expect(new Set(answers)).toEqual(new Set(['OK', 'TOO_MANY_REQUESTS']));
	const [ben, cyd] = [await Stranger.enter(cast), await Stranger.enter(cast)];
	await ben.start();
	await cyd.start();
	await ben.partner();
	await cyd.client.ask('match:stop', {});
});

test('CONN-6: starts, disconnects and what else there is, all at once by HTTP, leave nobody behind', async () => {
	const { maker } = service.app.matchPeers.matches;
	const people = await Promise.all(Array.from({ length: 5 }, () => Person.guest(service)));
	const requests: readonly [string, unknown][] = [
		['start', { mode: 'text', agree: rulesVersion }],
		['disconnect', {}],
		['next', {}],
		['send', { body: 'x' }],
		['block', {}],
		['receive', { wait: 0 }],
	];
	const codes = await Promise.all(
		people.flatMap((person) =>
			Array.from({ length: 60 }, (_, index) => {
				const [what, body] = requests[index % requests.length] ?? ['start', {}];
				return codeOf(person, what, body);
			}),
		),
	);
	// Each is answered with a reason that a client can understand.
	const understood = ['OK', 'TOO_MANY_REQUESTS', 'NOT_FOUND', 'WRONG_PHASE', 'CONFLICT'];
	expect([...new Set(codes)].filter((code) => !understood.includes(code))).toEqual([]);
	expect(codes.filter((code) => code === 'OK').length).toBeGreaterThan(people.length);
	const gone = async (person: Person) => (await codeOf(person, 'disconnect')) === 'OK';
	for (const person of people) await eventually(() => gone(person));
	const ids = new Set(people.map(({ id }) => id));
	expect(maker.everybody.filter(({ personId }) => ids.has(personId))).toEqual([]);
});
