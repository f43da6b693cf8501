import { describe, expect, test } from 'vitest';
import { newKnockId } from '../../shared/ids.ts';
import type { RequestName } from '../../shared/protocol.ts';
import { textOf, Writer } from '../support/chat.ts';
import { type Cast, eventually } from '../support/client.ts';
import { hostAndGuest, inCall, inLobby, joinCode, type InCall } from '../support/people.ts';
import { produceInput } from '../support/rtp.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
withService((on) => ({ cast } = on), { rooms: { graceSeconds: 1 } });

type HostRequest = Extract<RequestName, `host:${string}`>;

/** Each action as it is asked about this guest. */
const actions: Record<HostRequest, (guest: InCall['you']) => object> = {
	'host:policy': () => ({ sharing: 'hosts' }),
	'host:mute': ({ peerId }) => ({ peerId, muted: true }),
	'host:mute-all': () => ({}),
	'host:stop-camera': ({ peerId }) => ({ peerId }),
	'host:stop-share': ({ peerId }) => ({ peerId }),
	'host:lower-hand': ({ peerId }) => ({ peerId }),
	'host:remove': ({ personId }) => ({ personId }),
	'host:removed': () => ({}),
	'host:allow': ({ personId }) => ({ personId }),
	'host:name': ({ personId }) => ({ personId, host: true }),
	'host:hand-over': ({ personId }) => ({ personId }),
	'host:label': ({ personId }) => ({ personId, label: 'Student' }),
	'host:make-wait': ({ personId }) => ({ personId }),
	'host:admit': () => ({ knockId: newKnockId() }),
	'host:admit-all': () => ({}),
	'host:decline': () => ({ knockId: newKnockId() }),
	'host:end-call': () => ({}),
};
const names = Object.keys(actions) as HostRequest[];
/** Those that need something to act upon that is not there. */
const pointless: readonly HostRequest[] = ['host:allow', 'host:admit', 'host:decline'];

describe('HOST-1: what hosts may ask for', () => {
	test.each(names)('%s is for hosts', async (name) => {
		const { host, guest } = await hostAndGuest(cast);
		const expected = pointless.includes(name) ? 'NOT_FOUND' : 'OK';
		expect(await host.client.codeOf(name, actions[name](guest.you))).toBe(expected);
	});

	test.each(names)('%s is NOT_ALLOWED for guests, and changes nothing', async (name) => {
		const { host, guest } = await hostAndGuest(cast);
		const before = host.client.facts.length;
		const answer = await guest.client.raw(name, actions[name](host.you));
		expect(answer).toMatchObject({
			ok: false,
			error: { code: 'NOT_ALLOWED', message: 'Only hosts can do that.' },
		});
		await host.client.ask('media:want', { wants: [] });
		expect(host.client.facts.length).toBe(before);
	});

	test.each(names)('%s is WRONG_PHASE for somebody who was removed', async (name) => {
		const { host, guest } = await hostAndGuest(cast);
		await host.client.ask('host:remove', { personId: guest.you.personId });
		const code = await guest.client.codeOf(name, actions[name](host.you));
		expect(code).toBe('WRONG_PHASE');
	});

	test.each(names)('%s is WRONG_PHASE for outsiders and in the lobby', async (name) => {
		const { guest } = await hostAndGuest(cast);
		const outsider = await cast.connect();
		expect(await outsider.codeOf(name, actions[name](guest.you))).toBe('WRONG_PHASE');
		const { client } = await inLobby(cast);
		expect(await client.codeOf(name, actions[name](guest.you))).toBe('WRONG_PHASE');
	});

	test.each(['host:mute', 'host:stop-camera', 'host:stop-share', 'host:lower-hand'] as const)(
		'%s about somebody who just left is NOT_FOUND',
		async (name) => {
			const { host, guest } = await hostAndGuest(cast);
			await guest.client.ask('room:leave', {});
			expect(await host.client.codeOf(name, actions[name](guest.you))).toBe('NOT_FOUND');
		},
	);
});

describe('HOST-1: who is host', () => {
	test('the first one, on any device; and whom hosts name', async () => {
		const { host, guest } = await hostAndGuest(cast);
		expect([host.you.role, guest.you.role]).toEqual(['host', 'member']);
		const again = await inCall(cast, 'Host', { cookie: host.client.cookie });
		expect(again.you.role).toBe('host');
		const { personId, peerId } = guest.you;
		await host.client.ask('host:name', { personId, host: true });
		for (const { client } of [host, guest, again])
			await client.until('peer:updated', (told) => told.peerId === peerId && told.role === 'host');
		expect(await guest.client.codeOf('host:mute-all', {})).toBe('OK');
		await host.client.ask('host:name', { personId, host: false });
		await guest.client.until('peer:updated', (told) => told.role === 'member');
		expect(await guest.client.codeOf('host:mute-all', {})).toBe('NOT_ALLOWED');
	});

	test('a room keeps at least one', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const { personId } = host.you;
		expect(await host.client.codeOf('host:name', { personId, host: false })).toBe('CONFLICT');
		await host.client.ask('host:name', { personId: guest.you.personId, host: true });
		expect(await host.client.codeOf('host:name', { personId, host: false })).toBe('OK');
		expect(await host.client.codeOf('host:mute-all', {})).toBe('NOT_ALLOWED');
	});

	test('two hosts who take it from each other at once leave one, and all agree on whom', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const watcher = await inCall(cast, 'Watcher');
		await host.client.ask('host:name', { personId: guest.you.personId, host: true });
		const codes = await Promise.all([
			host.client.codeOf('host:name', { personId: guest.you.personId, host: false }),
			guest.client.codeOf('host:name', { personId: host.you.personId, host: false }),
		]);
		expect(codes).toContain('OK');
		const late = await inCall(cast, 'Late');
		const { peers } = await late.client.join(cast.roomId, 'Late');
		const truth = new Map(peers.map(({ peerId, role }) => [peerId, role]));
		expect([...truth.values()].filter((role) => role === 'host').length).toBeGreaterThan(0);
		for (const { client } of [host, guest, watcher]) {
			for (const { peerId } of [host.you, guest.you]) {
				const last = client.told('peer:updated').findLast((told) => told.peerId === peerId);
				if (last) expect(last.role).toBe(truth.get(peerId));
			}
		}
	});
});

test('HOST-2: two hosts who decide at once leave one policy, and all agree on it', async () => {
	const { host, guest } = await hostAndGuest(cast);
	const watcher = await inCall(cast, 'Watcher');
	await host.client.ask('host:name', { personId: guest.you.personId, host: true });
	await Promise.all(
		Array.from({ length: 10 }, (_, i) =>
			(i % 2 ? host : guest).client.ask('host:policy', {
				locked: i % 3 === 0,
				sharing: i % 2 ? 'hosts' : 'everybody',
			}),
		),
	);
	const { client } = await inLobby(cast);
	const { room } = await client.ask('lobby:enter', { roomId: cast.roomId });
	for (const one of [host, guest, watcher])
		expect(one.client.told('room:policy').at(-1)?.policy).toEqual(room.policy);
});

describe('HOST-3: muting', () => {
	/** A host, and a guest with an open microphone. */
	async function speaking() {
		const both = await hostAndGuest(cast);
		const microphone = produceInput('microphone');
		await both.guest.client.ask('media:produce', microphone);
		const { producerId } = microphone;
		const unmute = { producerId, paused: false, width: 0, height: 0 };
		return { ...both, producerId, unmute, microphone };
	}

	test('a muted microphone is paused by the server, and its owner is told by whom', async () => {
		const { host, guest, producerId, unmute } = await speaking();
		const { peerId } = guest.you;
		await host.client.ask('host:mute', { peerId, muted: true });
		const told = await host.client.until('producer:updated', ({ producer }) => producer.paused);
		expect(told.producer.producerId).toBe(producerId);
		expect(await guest.client.until('host:acted')).toEqual({
			by: { personId: host.you.personId, name: 'Host' },
			action: 'muted',
			producerIds: [producerId],
		});
		await guest.client.until('peer:updated', ({ hostMuted }) => hostMuted);
		// Unless the host forbids it, they unmute themselves.
		await guest.client.ask('media:update', unmute);
		await host.client.until('peer:updated', ({ hostMuted }) => !hostMuted);
	});

	test('where only hosts decide, neither unmuting, nor sending anew, nor coming back helps', async () => {
		const { host, guest, producerId, unmute } = await speaking();
		await host.client.ask('host:policy', { unmuting: 'hosts' });
		await host.client.ask('host:mute', { peerId: guest.you.peerId, muted: true });
		const { client } = guest;
		expect(await client.codeOf('media:update', unmute)).toBe('NOT_ALLOWED');
		await client.ask('media:close', { producerId });
		expect(await client.codeOf('media:produce', produceInput('microphone'))).toBe('NOT_ALLOWED');
		await client.ask('room:leave', {});
		await client.ask('lobby:enter', { roomId: cast.roomId });
		await client.ask('media:produce', produceInput('microphone'));
		const back = await client.ask('room:join', {
			roomId: cast.roomId,
			name: 'Guest',
			rtpCapabilities: {},
			firstPage: { videos: 0, width: 0, height: 0 },
		});
		expect(back.you).toMatchObject({ hostMuted: true, producers: [{ paused: true }] });
		const [mine] = back.you.producers;
		const again = { ...unmute, producerId: mine?.producerId };
		expect(await client.codeOf('media:update', again)).toBe('NOT_ALLOWED');
		await host.client.ask('host:mute', { peerId: back.you.peerId, muted: false });
		await client.until('host:acted', ({ action }) => action === 'allowed-to-unmute');
		expect(await client.codeOf('media:update', again)).toBe('OK');
	});

	test('everybody but hosts is muted at once', async () => {
		const { host, guest } = await speaking();
		await host.client.ask('media:produce', produceInput('microphone'));
		const other = await inCall(cast, 'Other');
		await host.client.ask('host:mute-all', {});
		for (const { client } of [guest, other])
			await client.until('host:acted', ({ action }) => action === 'muted');
		const { peers } = await other.client.join(cast.roomId, 'Other');
		const muted = Object.fromEntries(peers.map(({ name, hostMuted }) => [name, hostMuted]));
		expect(muted).toEqual({ Host: false, Guest: true });
		expect(peers.find(({ name }) => name === 'Host')?.producers[0]?.paused).toBe(false);
	});

	test('a peer that comes back after a lost connection is muted still, with its hand up', async () => {
		const { host, guest } = await speaking();
		await guest.client.ask('room:hand', { raised: true });
		await host.client.ask('host:mute', { peerId: guest.you.peerId, muted: true });
		const { resumeToken, peerId } = guest.you;
		guest.client.close();
		await host.client.until('peer:connection', ({ connected }) => !connected);
		const client = await cast.connect({ cookie: guest.client.cookie });
		const back = await client.ask('room:join', {
			roomId: cast.roomId,
			name: 'Guest',
			rtpCapabilities: {},
			firstPage: { videos: 0, width: 0, height: 0 },
			resumeToken,
		});
		expect(back.you).toMatchObject({ peerId, hostMuted: true, producers: [{ paused: true }] });
		expect(back.you.hand).toBeGreaterThan(0);
	});
});

test('HOST-5: a camera is stopped and may be turned on again; a share is ended', async () => {
	const { host, guest } = await hostAndGuest(cast);
	const { peerId } = guest.you;
	const [camera, screen] = [produceInput('camera'), produceInput('screen')];
	await guest.client.ask('media:produce', camera);
	await guest.client.ask('media:produce', screen);
	await host.client.ask('host:stop-camera', { peerId });
	await host.client.until('producer:updated', ({ producer }) => producer.paused);
	await host.client.ask('host:stop-share', { peerId });
	await host.client.until('producer:closed', (told) => told.producerId === screen.producerId);
	await guest.client.until('host:acted', ({ action }) => action === 'share-stopped');
	const acted = guest.client
		.told('host:acted')
		.map(({ action, producerIds }) => [action, producerIds]);
	expect(acted).toEqual([
		['camera-stopped', [camera.producerId]],
		['share-stopped', [screen.producerId]],
	]);
	const { producerId, width, height } = camera;
	const on = { producerId, paused: false, width, height };
	expect(await guest.client.codeOf('media:update', on)).toBe('OK');
});

test('HOST-5: what was ended while the connection was lost stays so', async () => {
	const { host, guest } = await hostAndGuest(cast);
	const { peerId, resumeToken } = guest.you;
	const [camera, screen] = [produceInput('camera'), produceInput('screen')];
	await guest.client.ask('media:produce', camera);
	await guest.client.ask('media:produce', screen);
	guest.client.close();
	await host.client.until('peer:connection', ({ connected }) => !connected);
	await host.client.ask('host:stop-camera', { peerId });
	await host.client.ask('host:stop-share', { peerId });

	const back = async () => {
		const client = await cast.connect({ cookie: guest.client.cookie });
		const { you } = await client.ask('room:join', {
			roomId: cast.roomId,
			name: 'Guest',
			rtpCapabilities: {},
			firstPage: { videos: 0, width: 0, height: 0 },
			resumeToken,
		});
		return { client, you };
	};
	const { client, you } = await back();
	expect(you).toMatchObject({ cameraStopped: true, producers: [{ paused: true }] });
	expect(await client.codeOf('media:produce', screen)).toBe('NOT_ALLOWED');
	expect(await client.codeOf('media:produce', produceInput('screen'))).toBe('OK');
	const { producerId, width, height } = camera;
	await client.ask('media:update', { producerId, paused: false, width, height });
	expect((await back()).you).toMatchObject({ cameraStopped: false });
});

test('HOST-8: where only hosts share, others end and begin none, from the lobby neither', async () => {
	const { host, guest } = await hostAndGuest(cast);
	const screen = produceInput('screen');
	await guest.client.ask('media:produce', screen);
	await host.client.ask('host:policy', { sharing: 'hosts' });
	await host.client.until('producer:closed', (told) => told.producerId === screen.producerId);
	await guest.client.until('host:acted', ({ action }) => action === 'share-stopped');
	expect(await guest.client.codeOf('media:produce', produceInput('screen'))).toBe('NOT_ALLOWED');
	expect(await guest.client.codeOf('media:produce', produceInput('camera'))).toBe('OK');
	expect(await host.client.codeOf('media:produce', produceInput('screen'))).toBe('OK');
	const { client } = await inLobby(cast);
	expect(await client.codeOf('media:produce', produceInput('screen-audio'))).toBe('NOT_ALLOWED');
});

describe('HOST-6: removing', () => {
	test('ends all tabs and the chat, and none comes back until allowed', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const tab = await inCall(cast, 'Guest', { cookie: guest.client.cookie });
		const reader = await Writer.enter(
			cast,
			'Guest',
			await cast.connect({ cookie: guest.client.cookie }),
		);
		const hosts = await Writer.enter(cast, 'Host', host.client);
		const { personId } = guest.you;
		await host.client.ask('host:remove', { personId });

		for (const { client } of [guest, tab])
			expect((await client.until('room:ended')).code).toBe('REMOVED');
		await host.client.until('peer:left', ({ peerId }) => peerId === guest.you.peerId);
		await host.client.until('peer:left', ({ peerId }) => peerId === tab.you.peerId);
		expect(await reader.client.until('chat:ended')).toMatchObject({ code: 'REMOVED' });
		await host.client.until('chat:member-removed', (told) => told.personId === personId);
		const heard = reader.heard.length;
		await hosts.post('What only members read');
		expect(reader.heard.length).toBe(heard);
		expect(await reader.client.codeOf('chat:open', { roomId: cast.roomId })).toBe('NOT_MEMBER');
		const entering = { roomId: cast.roomId, name: 'Guest' };
		expect(await reader.client.codeOf('chat:enter', entering)).toBe('REMOVED');

		const { client, admission } = await inLobby(cast, guest.client.cookie);
		expect(admission).toBe('removed');
		expect(await joinCode(cast, client)).toBe('REMOVED');
		expect(await client.codeOf('room:knock', { name: 'Guest' })).toBe('REMOVED');
		const { resumeToken } = guest.you;
		expect(
			await client.codeOf('room:join', {
				...{ roomId: cast.roomId, name: 'Guest', rtpCapabilities: {}, resumeToken },
				firstPage: { videos: 0, width: 0, height: 0 },
			}),
		).toBe('RESUME_EXPIRED');

		const { people } = await host.client.ask('host:removed', {});
		expect(people).toEqual([{ personId, name: 'Guest' }]);
		await host.client.ask('host:allow', { personId });
		await client.until('lobby:standing', (told) => told.admission === 'open');
		expect(await joinCode(cast, client)).toBe('OK');
		expect((await host.client.ask('host:removed', {})).people).toEqual([]);
	});

	test('HOST-1: whoever is first in the call is host, even if others write at the same moment', async () => {
		const [first, second] = [await cast.connect(), await cast.connect()];
		const lobby = await first.ask('lobby:enter', { roomId: cast.roomId });
		await first.ask('room:join', {
			roomId: cast.roomId,
			name: 'First',
			rtpCapabilities: lobby.routerRtpCapabilities,
			firstPage: { videos: 0, width: 0, height: 0 },
		});
		const { you } = await second.ask('chat:enter', { roomId: cast.roomId, name: 'Second' });
		expect(you.role).toBe('member');
		expect(await first.codeOf('host:mute-all', {})).toBe('OK');
	});

	test('members who only write are removed as well; hosts and oneself are not', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const writer = await Writer.enter(cast, 'Writer');
		await host.client.ask('host:remove', { personId: writer.personId });
		await writer.client.until('chat:ended');
		const self = { personId: host.you.personId };
		expect(await host.client.codeOf('host:remove', self)).toBe('NOT_ALLOWED');
		await host.client.ask('host:name', { personId: guest.you.personId, host: true });
		const other = { personId: guest.you.personId };
		expect(await host.client.codeOf('host:remove', other)).toBe('NOT_ALLOWED');
	});

	test('naming somebody host who was removed is NOT_FOUND, and so is removing nobody', async () => {
		const { host, guest } = await hostAndGuest(cast);
		const { personId } = guest.you;
		await host.client.ask('host:remove', { personId });
		expect(await host.client.codeOf('host:name', { personId, host: true })).toBe('NOT_FOUND');
	});
});

test('HOST-7: the call ends for everybody, and another one may begin', async () => {
	const { host, guest } = await hostAndGuest(cast);
	await host.client.ask('host:end-call', {});
	for (const { client } of [host, guest])
		expect((await client.until('room:ended')).code).toBe('CALL_ENDED');
	await guest.client.ask('lobby:enter', { roomId: cast.roomId });
	expect(await joinCode(cast, guest.client)).toBe('OK');
});

test('HOST-4: hands are up in the order in which they were raised, and hosts lower them', async () => {
	const { host, guest } = await hostAndGuest(cast);
	const other = await inCall(cast, 'Other');
	await other.client.ask('room:hand', { raised: true });
	await guest.client.ask('room:hand', { raised: true });
	await other.client.ask('room:hand', { raised: true });
	const late = await inCall(cast, 'Late');
	const { peers } = await late.client.join(cast.roomId, 'Late');
	const line = peers
		.filter(({ hand }) => hand !== null)
		.sort((a, b) => Number(a.hand) - Number(b.hand));
	expect(line.map(({ name }) => name)).toEqual(['Other', 'Guest']);
	await host.client.ask('host:lower-hand', { peerId: other.you.peerId });
	await other.client.until('host:acted', ({ action }) => action === 'hand-lowered');
	await guest.client.until(
		'peer:updated',
		({ peerId, hand }) => peerId === other.you.peerId && hand === null,
	);
});

test('HOST-4: 200 hands a second are answered TOO_MANY_REQUESTS, and all agree on the end', async () => {
	const { host, guest } = await hostAndGuest(cast);
	const codes = await Promise.all(
		Array.from({ length: 200 }, (_, i) =>
			guest.client.codeOf('room:hand', { raised: i % 2 === 0 }),
		),
	);
	expect(new Set(codes)).toEqual(new Set(['OK', 'TOO_MANY_REQUESTS']));
	expect(await host.client.codeOf('room:hand', { raised: true })).toBe('OK');
	const { peers } = await host.client.join(cast.roomId, 'Host');
	const truth = peers.find(({ peerId }) => peerId === guest.you.peerId)?.hand;
	const last = host.client
		.told('peer:updated')
		.findLast(({ peerId }) => peerId === guest.you.peerId);
	expect(last?.hand).toBe(truth);
});

test('ROOM-9: reactions and new names are told, and the name is kept in the chat', async () => {
	const { host, guest } = await hostAndGuest(cast);
	await guest.client.ask('room:react', { emoji: '🎉' });
	expect(await host.client.until('peer:reacted')).toEqual({
		peerId: guest.you.peerId,
		emoji: '🎉',
	});
	await host.client.ask('chat:open', { roomId: cast.roomId });
	await guest.client.ask('room:rename', { name: 'Another' });
	await host.client.until('peer:updated', ({ name }) => name === 'Another');
	await host.client.until('chat:member', ({ member }) => member.name === 'Another');
});

test('HOST-1: what hosts do stands in the chat', async () => {
	const { host, guest } = await hostAndGuest(cast);
	const writer = await Writer.enter(cast, 'Host', host.client);
	const { personId } = guest.you;
	await host.client.ask('host:name', { personId, host: true });
	await host.client.ask('host:name', { personId, host: false });
	await host.client.ask('host:policy', { locked: true });
	await host.client.ask('host:policy', { locked: false, password: 'open sesame' });
	await host.client.ask('host:policy', { password: null });
	await host.client.ask('host:mute-all', {});
	await host.client.ask('host:remove', { personId });
	await host.client.ask('host:allow', { personId });
	await host.client.ask('host:end-call', {});
	const lines = async () =>
		(await writer.texts()).filter((line) => !/joined|left/.test(line)).join(' ');
	const expected =
		'(named-host) (unnamed-host) (locked) (locked) (password) (password) (muted-everybody) ' +
		'(removed) (allowed) (ended-call)';
	await eventually(async () => (await lines()) === expected);
	expect((await writer.latest()).map(textOf)).toContain('(removed)');
});
