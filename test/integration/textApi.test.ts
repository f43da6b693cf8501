import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChatSummary, Message } from '../../shared/chat.ts';
import { newMessageId, newRoomId, type RoomId } from '../../shared/ids.ts';
import { Cast, eventually } from '../support/client.ts';
import { Writer } from '../support/chat.ts';
import { Person, type Reply } from '../support/person.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let roomId: RoomId;
let ana: Person;
let bo: Person;
beforeAll(async () => {
	service = await startService();
});
afterAll(() => service.close());
beforeEach(async () => {
	roomId = newRoomId();
	ana = await Person.guest(service);
	bo = await Person.guest(service);
	await ana.enter(roomId, 'Ana');
	await bo.enter(roomId, 'Bo');
});

const at = (path: string) => `/api/rooms/${roomId}${path}`;
const message = ({ data }: Reply) => (data as { message: Message }).message;
const messages = ({ data }: Reply) => (data as { messages: Message[] }).messages;
const bodies = (reply: Reply) =>
	messages(reply).map(({ content }) => (content.kind === 'text' ? content.body : content.kind));
const post = async (person: Person, body: string, more: object = {}, search = '') =>
	message(await person.ask('POST', at(`/messages${search}`), { body: { body, ...more } }));

describe('a message', () => {
	test('is posted, read, and told to those at a socket', async () => {
		const cast = new Cast(service);
		const client = await cast.connect();
		await client.ask('chat:enter', { roomId, name: 'Socket' });
		await client.ask('chat:open', { roomId });
		const posted = await post(ana, 'hello');
		expect(posted).toMatchObject({ author: { personId: ana.id, name: 'Ana' }, seq: 1 });
		const { messages: told } = await client.until('chat:posted');
		expect(told).toEqual([posted]);
		expect(bodies(await bo.ask('GET', at('/messages')))).toEqual(['hello']);
		cast.close();
	});

	test('with an id of its own is stored once', async () => {
		const messageId = newMessageId();
		const first = await post(ana, 'once', { messageId });
		expect(await post(ana, 'once', { messageId })).toEqual(first);
		const taken = await bo.ask('POST', at('/messages'), { body: { body: 'mine', messageId } });
		expect(taken).toMatchObject({ status: 409, error: { code: 'CONFLICT' } });
		expect(bodies(await ana.ask('GET', at('/messages')))).toEqual(['once']);
	});

	test('is edited and deleted by its author alone', async () => {
		const { messageId } = await post(ana, 'one');
		const address = at(`/messages/${messageId}`);
		const edit = { body: { body: 'two' } };
		expect((await bo.ask('PATCH', address, edit)).status).toBe(404);
		expect(message(await ana.ask('PATCH', address, edit)).content).toMatchObject({ body: 'two' });
		expect((await bo.ask('DELETE', address)).status).toBe(404);
		expect(message(await ana.ask('DELETE', address)).content).toEqual({ kind: 'deleted' });
	});

	test('is reacted to and corrected, and both are taken back', async () => {
		const { messageId } = await post(ana, 'he go');
		const reaction = at(`/messages/${messageId}/reactions/${encodeURIComponent('👍')}`);
		expect(message(await bo.ask('PUT', reaction)).reactions).toEqual([
			{ emoji: '👍', people: [bo.id] },
		]);
		expect(message(await bo.ask('DELETE', reaction)).reactions).toEqual([]);
		const correction = at(`/messages/${messageId}/correction`);
		const proposed = await bo.ask('PUT', correction, { body: { body: 'he goes' } });
		expect(message(proposed).corrections).toMatchObject([{ body: 'he goes' }]);
		expect(message(await bo.ask('DELETE', correction)).corrections).toEqual([]);
		const own = await ana.ask('PUT', correction, { body: { body: 'she goes' } });
		expect(own).toMatchObject({ status: 403, error: { code: 'NOT_ALLOWED' } });
		const word = await bo.ask('PUT', at(`/messages/${messageId}/reactions/word`));
		expect(word.error?.code).toBe('BAD_REQUEST');
	});

	test('between two is for these two', async () => {
		const cy = await Person.guest(service);
		await cy.enter(roomId, 'Cy');
		const posted = await post(ana, 'secret', {}, `?with=${bo.id}`);
		expect(bodies(await bo.ask('GET', at(`/messages?with=${ana.id}`)))).toEqual(['secret']);
		expect(bodies(await cy.ask('GET', at(`/messages?with=${ana.id}`)))).toEqual([]);
		expect(bodies(await cy.ask('GET', at('/messages')))).toEqual([]);
		const edit = { body: { body: 'open' } };
		const address = at(`/messages/${posted.messageId}?with=${ana.id}`);
		expect((await cy.ask('PATCH', address, edit)).status).toBe(404);
	});

	test('is found', async () => {
		await post(ana, 'the quick brown fox');
		await post(bo, 'a lazy dog');
		expect(bodies(await bo.ask('GET', at('/search?q=QUICK')))).toEqual(['the quick brown fox']);
		expect((await bo.ask('GET', at('/search'))).error?.code).toBe('BAD_REQUEST');
	});
});

describe('a page', () => {
	beforeEach(async () => {
		for (let i = 1; i <= 6; i++) await post(ana, `${i}`);
	});

	test.each([
		['', ['1', '2', '3', '4', '5', '6']],
		['?limit=2', ['5', '6']],
		['?before=5&limit=2', ['3', '4']],
		['?after=2&limit=3', ['3', '4', '5']],
		['?after=6', []],
		['?around=3&limit=3', ['2', '3', '4']],
		['?since=2001-01-01&limit=2', ['1', '2']],
		['?since=2999-01-01T00:00:00Z', []],
	])('%s', async (search, expected) => {
		expect(bodies(await bo.ask('GET', at(`/messages${search}`)))).toEqual(expected);
	});

	test.each([
		'?after=1&before=3',
		'?after=-1',
		'?after=one',
		'?after=1&after=2',
		'?limit=0',
		'?limit=201',
		'?since=yesterday',
		'?wait=61&after=1',
		'?wait=x&after=1',
		'?with=nobody',
	])('%s is refused', async (search) => {
		const reply = await bo.ask('GET', at(`/messages${search}`));
		expect(reply).toMatchObject({ status: 400, error: { code: 'BAD_REQUEST' } });
	});

	test('of changes tells what was changed after a revision', async () => {
		const all = await bo.ask('GET', at('/changes?revision=0'));
		const { revision } = all.data as { revision: number };
		const [first] = messages(all);
		await ana.ask('PATCH', at(`/messages/${first?.messageId}`), { body: { body: 'changed' } });
		const changes = await bo.ask('GET', at(`/changes?revision=${revision}`));
		expect(bodies(changes)).toEqual(['changed']);
		expect(changes.data).toMatchObject({ more: false, revision: revision + 1 });
	});

	test('that was read counts as read', async () => {
		const summary = async () =>
			(
				(await bo.ask('GET', at(''))).data as {
					chats: ChatSummary[];
				}
			).chats[0];
		expect(await summary()).toMatchObject({ unread: 6, read: 0 });
		await bo.ask('PUT', at('/read'), { body: { seq: 4 } });
		expect(await summary()).toMatchObject({ unread: 2, read: 4 });
		const { data } = await bo.ask('GET', '/api/rooms');
		expect(data).toMatchObject({ rooms: [{ roomId, lastAt: expect.any(Number), unread: 2 }] });
	});
});

describe('a long poll', () => {
	const poll = (person: Person, seq: number, wait: number, search = '') =>
		person.ask('GET', at(`/messages?after=${seq}&wait=${wait}${search}`));
	/** Resolves once as many polls wait as are expected. */
	const waiting = (count: number) => eventually(() => service.app.polls.waiting === count);

	test('is answered at once where there is something', async () => {
		await post(ana, 'there');
		expect(bodies(await poll(bo, 0, 60))).toEqual(['there']);
	});

	test('is answered when something is posted in its chat', async () => {
		const answer = poll(bo, 0, 60);
		await waiting(1);
		await post(ana, 'secret', {}, `?with=${bo.id}`);
		await post(ana, 'news');
		expect(bodies(await answer)).toEqual(['news']);
		const direct = poll(bo, 1, 60, `&with=${ana.id}`);
		await waiting(1);
		await post(ana, 'another secret', {}, `?with=${bo.id}`);
		expect(bodies(await direct)).toEqual(['another secret']);
	});

	test('hears what is said at sockets', async () => {
		const cast = new Cast(service);
		const answer = ana.ask('GET', `/api/rooms/${cast.roomId}/messages?after=0&wait=1`);
		expect((await answer).error?.code).toBe('NOT_MEMBER');
		await ana.enter(cast.roomId, 'Ana');
		const heard = ana.ask('GET', `/api/rooms/${cast.roomId}/messages?after=0&wait=60`);
		await waiting(1);
		const writer = await Writer.enter(cast, 'Socket');
		await writer.post('from a socket');
		expect(bodies(await heard)).toEqual(['from a socket']);
		cast.close();
	});

	test('is answered without a message when the time is over', async () => {
		const reply = await poll(bo, 0, 1);
		expect(reply).toMatchObject({ status: 200, data: { messages: [], last: 0 } });
		await waiting(0);
	});

	test('leaves nothing behind when its client goes away', async () => {
		const asked = request(`${service.url}${at('/messages?after=0&wait=60')}`, {
			headers: bo.proof,
		});
		asked.on('error', () => undefined);
		asked.end();
		await waiting(1);
		asked.destroy();
		await waiting(0);
	});

	test('is one of at most five of a person', async () => {
		const polls = Array.from({ length: 5 }, () => poll(bo, 0, 60));
		await waiting(5);
		expect(await poll(bo, 0, 60)).toMatchObject({
			status: 429,
			error: { code: 'TOO_MANY_REQUESTS' },
		});
		await post(ana, 'for all');
		for (const answer of polls) expect(bodies(await answer)).toEqual(['for all']);
		expect((await poll(bo, 0, 60)).status).toBe(200);
	});

	test('misses nothing of what is posted meanwhile', async () => {
		const heard: string[] = [];
		const listening = (async () => {
			while (heard.length < 40) heard.push(...bodies(await poll(bo, heard.length, 30)));
		})();
		for (let i = 0; i < 40; i++) await post(ana, `${i}`);
		await listening;
		expect(heard).toEqual(Array.from({ length: 40 }, (_, i) => `${i}`));
	});

	test('is answered when the service stops', async () => {
		const other = await startService();
		const person = await Person.guest(other);
		await person.enter(roomId, 'Person');
		const answer = poll(person, 0, 60).then(
			() => 'answered',
			() => 'cut off',
		);
		await eventually(() => other.app.polls.waiting === 1);
		await other.close();
		expect(['answered', 'cut off']).toContain(await answer);
	});
});

describe('nobody but members', () => {
	const requests: [string, string, object?][] = [
		['GET', ''],
		['GET', '/messages'],
		['GET', '/messages?after=0&wait=30'],
		['GET', '/changes?revision=0'],
		['GET', '/search?q=x'],
		['GET', '/export'],
		['POST', '/messages', { body: 'x' }],
		['PATCH', `/messages/${newMessageId()}`, { body: 'x' }],
		['DELETE', `/messages/${newMessageId()}`],
		['PUT', `/messages/${newMessageId()}/reactions/%F0%9F%91%8D`],
		['PUT', `/messages/${newMessageId()}/correction`, { body: 'x' }],
		['PUT', '/read', { seq: 1 }],
		['PUT', '/retention', { kind: 'forever' }],
	];
	test.each(requests)('%s %s', async (method, path, body) => {
		const outsider = await Person.guest(service);
		const asked = body ? { body } : {};
		expect(await outsider.ask(method, at(path), asked)).toMatchObject({
			status: 403,
			error: { code: 'NOT_MEMBER' },
		});
		const nowhere = `/api/rooms/${newRoomId()}${path}`;
		expect((await ana.ask(method, nowhere, asked)).status).toBe(403);
		const nobody = await fetch(`${service.url}${at(path)}`, { method });
		expect(nobody.status).toBe(401);
	});

	test('and pages of other origins change nothing', async () => {
		const headers = { origin: 'https://evil.example' };
		const reply = await ana.ask('POST', at('/messages'), { body: { body: 'x' }, headers });
		expect(reply).toMatchObject({ status: 403, error: { code: 'NOT_ALLOWED' } });
		expect(messages(await ana.ask('GET', at('/messages')))).toEqual([]);
	});
});

describe('what makes no sense is refused in words', () => {
	const long = 'x'.repeat(8001);
	test.each<[string, unknown, number, string]>([
		['nothing', {}, 400, 'Write a message'],
		['blanks', { body: ' \n\t ' }, 400, 'Write a message'],
		['a number', { body: 7 }, 400, 'body'],
		['too long a text', { body: long }, 400, '8000'],
		['control characters', { body: 'a\u0007b' }, 400, "aren't allowed"],
		['an id that is none', { body: 'x', messageId: '1' }, 400, 'messageId'],
		['a list', [1], 400, 'JSON object'],
		['text', 'x', 400, 'JSON'],
		['more than 64 KiB', { body: 'x', padding: 'y'.repeat(70_000) }, 413, 'too large'],
		['a reply to nothing', { body: 'x', replyTo: newMessageId() }, 404, ''],
		['a file of nobody', { body: 'x', files: [newMessageId()] }, 404, ''],
	])('%s', async (_what, body, status, words) => {
		const reply = await ana.ask('POST', at('/messages'), { body });
		expect(reply.status).toBe(status);
		expect(reply.error?.message).toContain(words);
		expect(messages(await ana.ask('GET', at('/messages')))).toEqual([]);
	});

	test.each([
		['broken JSON', '{"body":', 'application/json', "isn't valid JSON"],
		['a form', 'body=x', 'application/x-www-form-urlencoded', 'Content-Type'],
	])('%s', async (_what, body, type, words) => {
		const response = await ana.fetch(at('/messages'), {
			method: 'POST',
			headers: { 'content-type': type },
			body,
		});
		expect(response.status).toBe(400);
		expect(await response.text()).toContain(words);
	});

	test('a prototype is a key like others', async () => {
		const response = await ana.fetch(at('/messages'), {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: '{"body":"x","__proto__":{"files":["y"]},"constructor":1}',
		});
		expect(response.status).toBe(200);
		expect((await ana.ask('GET', '/api/rooms/__proto__')).error?.code).toBe('BAD_REQUEST');
		expect((await ana.ask('GET', '/api/rooms/%E0%A4%A')).error?.code).toBe('BAD_REQUEST');
	});

	test('what is not there is not there', async () => {
		const reply = await ana.ask('GET', at('/nothing'));
		expect(reply).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
		expect((await ana.ask('POST', at(''), { body: {} })).status).toBe(404);
	});
});

describe('hosts', () => {
	test('decide how long the chat is kept, and nobody else does', async () => {
		const body = { kind: 'days', days: 30 };
		expect((await bo.ask('PUT', at('/retention'), { body })).error?.code).toBe('NOT_ALLOWED');
		const decided = await ana.ask('PUT', at('/retention'), { body });
		expect(decided.data).toEqual({ retention: body });
		expect((await bo.ask('GET', at(''))).data).toMatchObject({ retention: body });
		const wrong = await ana.ask('PUT', at('/retention'), { body: { kind: 'days', days: 0 } });
		expect(wrong.error?.code).toBe('BAD_REQUEST');
	});

	test('take the chat away with them, as data', async () => {
		const first = await post(ana, 'one');
		await ana.ask('PATCH', at(`/messages/${first.messageId}`), { body: { body: 'two' } });
		for (let i = 0; i < 250; i++) await post(i % 2 ? ana : bo, `${i}`);
		await post(ana, 'secret', {}, `?with=${bo.id}`);
		expect((await bo.ask('GET', at('/export'))).error?.code).toBe('NOT_ALLOWED');
		expect((await ana.ask('GET', at('/export?format=xml'))).error?.code).toBe('BAD_REQUEST');
		const response = await ana.fetch(at('/export?format=json'));
		expect(response.headers.get('content-type')).toContain('application/json');
		expect(response.headers.get('content-disposition')).toMatch(
			/^attachment; filename="parley-\w+-\d{4}-\d\d-\d\d\.json"/,
		);
		const whole = (await response.json()) as { messages: (Message & { edits: unknown[] })[] };
		expect(whole).toMatchObject({ roomId, members: [{ name: 'Ana' }, { name: 'Bo' }] });
		expect(whole.messages.map(({ seq }) => seq)).toEqual(
			Array.from({ length: 251 }, (_, i) => i + 1),
		);
		expect(whole.messages[0]?.edits).toMatchObject([{ body: 'one' }]);
		expect(JSON.stringify(whole)).not.toContain('secret');
	}, 30_000);

	test('take the chat away with them, as text', async () => {
		await post(ana, 'hello\nworld');
		const { fileId } = await bo.upload(roomId, 'x', { filename: 'notes.txt' });
		await post(bo, 'look', { files: [fileId] });
		const response = await ana.fetch(at('/export?format=text'));
		expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
		const text = await response.text();
		expect(text).toMatch(/UTC\.\n\n--- \d{4}-\d\d-\d\d ---\n\n\[\d\d:\d\d\] Ana: hello\n +world\n/);
		expect(text).toContain('file: notes.txt (application/octet-stream, 1 bytes)');
	});

	test('get an empty chat too', async () => {
		const response = await ana.fetch(at('/export'));
		expect(await response.json()).toMatchObject({ messages: [] });
	});
});
