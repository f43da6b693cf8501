import { describe, expect, test } from 'vitest';
import { newMessageId, type MessageId } from '../../shared/ids.ts';
import { call, talking, two } from '../support/calls.ts';
import { textOf, Writer } from '../support/chat.ts';
import type { Cast, TestClient } from '../support/client.ts';
import { hostAndGuest, inCall, inLobby, joinCode } from '../support/people.ts';
import { Person } from '../support/person.ts';
import { produceInput } from '../support/rtp.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), { rooms: { graceSeconds: 1 } });

/** A host and a guest who write in the chat of the call that both are in. */
async function writers() {
	const { host, guest } = await hostAndGuest(cast);
	return {
		host: await Writer.enter(cast, 'Host', host.client),
		guest: await Writer.enter(cast, 'Guest', guest.client),
		personId: guest.you.personId,
	};
}

describe('CHAT-7: hosts delete messages', () => {
	test('a host deletes the message of another person, for all and for good', async () => {
		const { host, guest } = await writers();
		const { messageId } = await guest.post('rude');
		const target = { chat: host.chat(), messageId };
		const { message } = await host.client.ask('chat:delete', target);
		expect(message).toMatchObject({
			author: { name: 'Guest' },
			content: { kind: 'deleted', byHost: true },
		});
		const told = await guest.client.until('chat:changed');
		expect(told.message).toEqual(message);
		expect((await guest.latest()).find((one) => one.messageId === messageId)).toEqual(message);
		// Repeating it changes nothing and is told to nobody.
		expect((await host.client.ask('chat:delete', target)).message).toEqual(message);
		expect(guest.client.told('chat:changed')).toHaveLength(1);
	});

	test('a host who is not in the call deletes as well, and a former host does not', async () => {
		const { host, guest, personId } = await writers();
		const messages: MessageId[] = [];
		for (const body of ['one', 'two']) messages.push((await guest.post(body)).messageId);
		const [first, second] = messages.map((messageId) => ({ chat: host.chat(), messageId }));
		await host.client.ask('room:leave', {});
		expect(await host.client.codeOf('chat:delete', first)).toBe('OK');
		await host.client.join(cast.roomId, 'Host');
		await host.client.ask('host:hand-over', { personId });
		expect(await host.client.codeOf('chat:delete', second)).toBe('NOT_FOUND');
	});

	test('other people, private chats and system lines stay out of it', async () => {
		const { host, guest } = await writers();
		const byHost = await host.post('mine');
		const secret = await guest.post('secret', {}, host);
		const line = (await host.latest()).find(({ content }) => content.kind === 'system');
		const codes = [
			await guest.client.codeOf('chat:delete', { chat: guest.chat(), messageId: byHost.messageId }),
			await host.client.codeOf('chat:delete', {
				chat: host.chat(guest),
				messageId: secret.messageId,
			}),
			await host.client.codeOf('chat:delete', { chat: host.chat(), messageId: line?.messageId }),
			await host.client.codeOf('chat:delete', { chat: host.chat(), messageId: newMessageId() }),
		];
		expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
		expect((await host.latest(guest)).map(textOf)).toEqual(['secret']);
	});
});

describe('CHAT-18: slow mode', () => {
	const post = (client: TestClient, body: string, messageId = newMessageId()) =>
		client.raw('chat:post', { chat: { roomId: cast.roomId }, messageId, draft: { body } });

	test('a person posts once in the interval, and is told how long to wait', async () => {
		const { host, guest } = await writers();
		await host.client.ask('host:policy', { slowMode: 300 });
		expect(await guest.client.until('chat:slowed')).toEqual({ roomId: cast.roomId, slowMode: 300 });
		expect((await guest.client.until('room:policy')).policy.slowMode).toBe(300);
		await guest.post('one');
		const refused = await post(guest.client, 'two');
		if (refused.ok) throw new Error('a message came too early');
		expect(refused.error).toMatchObject({ code: 'SLOW_MODE' });
		expect(refused.error.retryAfter).toBeGreaterThan(200_000);
		expect(refused.error.retryAfter).toBeLessThanOrEqual(300_000);
		expect(await guest.texts()).not.toContain('two');
		// Hosts are not slowed.
		for (const body of ['a', 'b', 'c']) await host.post(body);
	});

	test('it holds on another device and after leaving, and by HTTP', async () => {
		const { host, guest } = await writers();
		await host.client.ask('host:policy', { slowMode: 60 });
		await guest.post('one');
		await guest.client.ask('room:leave', {});
		const tab = await cast.connect({ cookie: guest.client.cookie });
		expect(await post(tab, 'two')).toMatchObject({ ok: false, error: { code: 'SLOW_MODE' } });
		const { pace } = await tab.ask('chat:open', { roomId: cast.roomId });
		expect(pace.slowMode).toBe(60);
		expect(pace.wait).toBeGreaterThan(0);
		const person = await Person.of(service, guest.client.cookie);
		const reply = await person.ask('POST', `/api/rooms/${cast.roomId}/messages`, {
			body: { body: 'three' },
		});
		expect(reply).toMatchObject({ status: 429, error: { code: 'SLOW_MODE' } });
		expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
		expect((await host.client.ask('chat:open', { roomId: cast.roomId })).pace.wait).toBe(0);
	});

	test('editing, reacting and private messages are not slowed', async () => {
		const { host, guest } = await writers();
		await host.client.ask('host:policy', { slowMode: 300 });
		const { messageId } = await guest.post('one');
		const target = { chat: guest.chat(), messageId };
		await guest.client.ask('chat:edit', { ...target, draft: { body: 'won' } });
		await guest.client.ask('chat:react', { ...target, emoji: '👍', on: true });
		for (const body of ['a', 'b']) await guest.post(body, {}, host);
	});

	test('a refused message is sent again by the same id, and a sent one is found', async () => {
		const { host, guest } = await writers();
		await host.client.ask('host:policy', { slowMode: 300 });
		const first = newMessageId();
		const second = newMessageId();
		expect(await post(guest.client, 'one', first)).toMatchObject({ ok: true });
		expect(await post(guest.client, 'one', first)).toMatchObject({ ok: true });
		expect(await post(guest.client, 'two', second)).toMatchObject({ ok: false });
		await host.client.ask('host:policy', { slowMode: 0 });
		expect(await post(guest.client, 'two', second)).toMatchObject({ ok: true });
		expect((await guest.texts()).filter((body) => body === 'two')).toHaveLength(1);
	});

	test.each([1, -10, 10.5, '10', null])('an interval of %j is BAD_REQUEST', async (slowMode) => {
		const { host } = await hostAndGuest(cast);
		expect(await host.client.codeOf('host:policy', { slowMode })).toBe('BAD_REQUEST');
	});
});

describe('HOST-9: handing over the room', () => {
	test('the other person becomes host, and the one who handed over is none', async () => {
		const { host, guest } = await hostAndGuest(cast);
		await host.client.ask('host:hand-over', { personId: guest.you.personId });
		await host.client.until(
			'peer:updated',
			(told) => told.peerId === host.you.peerId && told.role === 'member',
		);
		await host.client.until(
			'peer:updated',
			(told) => told.peerId === guest.you.peerId && told.role === 'host',
		);
		expect(await host.client.codeOf('host:mute-all', {})).toBe('NOT_ALLOWED');
		expect(await guest.client.codeOf('host:mute-all', {})).toBe('OK');
		const { members } = await host.client.ask('chat:open', { roomId: cast.roomId });
		expect(members.map(({ name, role }) => [name, role])).toEqual([
			['Host', 'member'],
			['Guest', 'host'],
		]);
	});

	test('a share that the policy allows to hosts only ends', async () => {
		const { host, guest } = await hostAndGuest(cast);
		await host.client.ask('host:policy', { sharing: 'hosts' });
		const share = produceInput('screen');
		await host.client.ask('media:produce', share);
		await host.client.ask('host:hand-over', { personId: guest.you.personId });
		await guest.client.until('producer:closed', (told) => told.producerId === share.producerId);
	});

	test('to oneself it is NOT_ALLOWED, and to a person who left NOT_FOUND: the host stays host', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const to = (personId: string) => host.client.codeOf('host:hand-over', { personId });
		expect(await to(host.you.personId)).toBe('NOT_ALLOWED');
		await guest.client.ask('room:leave', {});
		expect(await to(guest.you.personId)).toBe('NOT_FOUND');
		expect(await host.client.codeOf('host:mute-all', {})).toBe('OK');
	});

	test('two hosts who hand over to each other at once leave a host', async () => {
		const { host, guest } = await hostAndGuest(cast);
		await host.client.ask('host:name', { personId: guest.you.personId, host: true });
		await Promise.all([
			host.client.codeOf('host:hand-over', { personId: guest.you.personId }),
			guest.client.codeOf('host:hand-over', { personId: host.you.personId }),
		]);
		const { peers } = await (await cast.connect()).join(cast.roomId, 'Late');
		expect(peers.filter(({ role }) => role === 'host')).toHaveLength(1);
	});
});

describe('ADMISSION-5: moving to the waiting room', () => {
	/** A guest in the call who sends, and whom the host moves. */
	async function moved() {
		const { host, guest } = await hostAndGuest(cast);
		const camera = produceInput('camera');
		await guest.client.ask('media:produce', camera);
		await host.client.ask('host:make-wait', { personId: guest.you.personId });
		return { host, guest, camera };
	}

	/** In the lobby, the moved guest asks to join. @returns what the host is asked. */
	async function knock(host: TestClient, { client }: { client: TestClient }) {
		const { admission } = await client.ask('lobby:enter', { roomId: cast.roomId });
		expect(admission).toBe('knock');
		expect(await client.ask('room:knock', { name: 'Guest' })).toEqual({
			admission: 'knock',
			knock: 'waiting',
			moved: true,
		});
		const { knocks } = await host.until('knock:list', (told) => told.knocks.length > 0);
		return knocks[0]?.knockId;
	}

	test('the person is out at once and waits until a host admits them', async () => {
		const { host, guest, camera } = await moved();
		expect(await guest.client.until('room:ended')).toMatchObject({ code: 'MOVED_TO_WAITING' });
		await host.client.until('peer:left', ({ peerId }) => peerId === guest.you.peerId);
		const update = { producerId: camera.producerId, paused: true, width: 0, height: 0 };
		expect(await guest.client.codeOf('media:update', update)).toBe('WRONG_PHASE');
		const knockId = await knock(host.client, guest);
		expect(await joinCode(cast, guest.client)).toBe('NOT_ADMITTED');
		await host.client.ask('host:admit', { knockId: knockId ?? '' });
		await guest.client.until('lobby:standing', ({ admission }) => admission === 'open');
		expect(await joinCode(cast, guest.client)).toBe('OK');
	});

	test('all tabs of the person are out, a lost one too', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const tab = await inCall(cast, 'Guest', { cookie: guest.client.cookie });
		tab.client.close();
		await host.client.until('peer:connection', ({ connected }) => !connected);
		await host.client.ask('host:make-wait', { personId: guest.you.personId });
		for (const { you } of [guest, tab])
			await host.client.until('peer:left', ({ peerId }) => peerId === you.peerId);
		const again = await inLobby(cast, guest.client.cookie);
		expect(again.admission).toBe('knock');
		expect(await joinCode(cast, again.client)).toBe('NOT_ADMITTED');
	});

	test('a password does not lead past the host, and a locked room lets the host admit', async () => {
		const { host, guest } = await moved();
		await host.client.ask('host:policy', { password: 'open sesame', locked: true });
		await guest.client.ask('lobby:enter', { roomId: cast.roomId });
		const standing = await guest.client.ask('room:knock', {
			name: 'Guest',
			password: 'open sesame',
		});
		expect(standing).toMatchObject({ admission: 'knock', knock: 'waiting' });
		await host.client.ask('host:admit-all', {});
		await guest.client.until('lobby:standing', ({ admission }) => admission === 'open');
	});

	test('a declined person asks again, and still needs a host', async () => {
		const { host, guest } = await moved();
		const knockId = await knock(host.client, guest);
		await host.client.ask('host:decline', { knockId: knockId ?? '' });
		await guest.client.until('lobby:standing', (told) => told.knock === 'declined');
		expect(await joinCode(cast, guest.client)).toBe('NOT_ADMITTED');
		expect(await guest.client.ask('room:knock', { name: 'Guest' })).toMatchObject({
			knock: 'waiting',
		});
	});

	test('it ends with the call', async () => {
		const { host, guest } = await moved();
		await knock(host.client, guest);
		await host.client.ask('room:leave', {});
		await guest.client.until('lobby:standing', ({ admission }) => admission === 'open');
	});

	test('a call of two goes on while one of them waits, and calling them lets nobody in', async () => {
		const [ann, ben] = await two(cast);
		const { roomId } = await talking(ann, ben);
		await ann.client.ask('host:make-wait', { personId: ben.personId });
		await ben.client.until('room:ended', ({ code }) => code === 'MOVED_TO_WAITING');
		await call(ann, ben, { roomId });
		expect((await ben.client.ask('lobby:enter', { roomId })).admission).toBe('knock');
		await ben.client.ask('room:knock', { name: 'Ben' });
		await ann.client.until('knock:list', ({ knocks }) => knocks.length === 1);
		expect(ann.client.told('room:ended')).toEqual([]);
		await ann.client.ask('host:admit-all', {});
		await ben.client.until('lobby:standing', ({ admission }) => admission === 'open');
		await ben.client.join(roomId, 'Ben');
	});

	test('hosts, oneself and people who left are refused', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const other = await inCall(cast, 'Other');
		const { personId } = other.you;
		await host.client.ask('host:name', { personId, host: true });
		const move = (person: string) => host.client.codeOf('host:make-wait', { personId: person });
		expect(await move(host.you.personId)).toBe('NOT_ALLOWED');
		expect(await move(personId)).toBe('NOT_ALLOWED');
		await guest.client.ask('room:leave', {});
		expect(await move(guest.you.personId)).toBe('NOT_FOUND');
	});
});
