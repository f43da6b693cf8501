import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CodedError } from '#shared/errors.ts';
import { newPeerId, newPersonId } from '#shared/ids.ts';
import { camera, type FakeTrack } from '../../support/devices.ts';
import {
	FakePage,
	outcome,
	pass,
	until,
	type Recorder,
} from '../../support/clientEngine/fakePage.ts';
import { FakeRoom, newPeer } from '../../support/clientEngine/fakeRoom.ts';
import { never } from '../../support/clientEngine/fakeServer.ts';

let page: FakePage;
let room: FakeRoom;
beforeEach(async () => {
	page = await FakePage.open();
	room = new FakeRoom(page.server);
});
afterEach(() => page.close());

const connected = (told: Recorder) =>
	until(() => told.last('status')?.connection === 'connected', 'it is connected', 30_000);
const inside = (told: Recorder) =>
	until(
		() => told.phase === 'joined' && told.last('status')?.connection === 'connected',
		'it is inside',
	);
const refuse = (code: CodedError['code']) => () => {
	throw new CodedError(code);
};

async function inLobby() {
	const { call, told } = page.call(room.id);
	await connected(told);
	return { call, told };
}

async function joined() {
	const { call, told } = await inLobby();
	expect(await outcome(call.join('Ana'))).toBeNull();
	return { call, told };
}

describe('joining', () => {
	test('goes by way of the lobby, where black and silence are sent, into the room', async () => {
		const { call, told } = await inLobby();
		expect(told.phases).toEqual(['lobby']);
		expect(page.media.sent('video')).toEqual(['black']);
		expect(page.media.sent('audio')).toEqual(['silence']);
		expect(await outcome(call.join('Ana'))).toBeNull();
		expect(told.phases).toEqual(['lobby', 'joining', 'joined']);
		expect(page.server.inputs('room:join')).toMatchObject([{ name: 'Ana', roomId: room.id }]);
		expect(page.server.inputs('room:join')[0]).not.toHaveProperty('resumeToken');
		expect(told.last('peers')?.map(({ name }) => name)).toEqual(['Ben']);
		expect(told.last('own')?.inside).not.toBeNull();
		await pass(50);
		expect(page.media.sent('video')).toEqual(['front (label)']);
		expect(page.media.sent('audio')).toEqual(['desk (label)']);
	});

	test('U-11: has the colour of the person from the lobby on, as the server names them there', async () => {
		const { call, told } = await inLobby();
		expect(told.last('own')).toMatchObject({ personId: room.you.personId, inside: null });
		expect(await outcome(call.join('Ana'))).toBeNull();
		expect(told.last('own')?.personId).toBe(room.you.personId);
	});

	test('leaves a line for each transition and each media decision in the diagnostics, without names', async () => {
		const { diagnostics } = await import('#lib/browser/diagnostics.ts');
		const before = diagnostics().length;
		const { call } = await inLobby();
		expect(await outcome(call.join('Ana'))).toBeNull();
		await pass(50);
		const lines = diagnostics().slice(before);
		const states = lines
			.filter(({ area }) => area === 'connection')
			.map(({ about }) => about?.['to']);
		expect(new Set(states)).toEqual(new Set(['opening', 'entering', 'lobby', 'joining', 'joined']));
		expect(lines.some(({ what }) => what === 'consumer built')).toBe(true);
		expect(lines.some(({ area }) => area === 'devices')).toBe(true);
		expect(JSON.stringify(lines)).not.toMatch(/Ana|Ben/);
	});

	test('that is pressed before the lobby is ready happens as soon as it is', async () => {
		const { call, told } = page.call(room.id);
		expect(await outcome(call.join('Ana'))).toBeNull();
		expect(told.phases).toEqual(['joining', 'joined']);
	});

	test('before the lobby is ready receives first, and then sends each device once', async () => {
		const { call } = page.call(room.id);
		expect(await outcome(call.join('Ana'))).toBeNull();
		await until(() => page.media.sent('video').length > 0, 'it sends');
		await pass(50);
		const names = page.server.asked.map(({ name }) => name);
		const first = (name: (typeof names)[number]) => names.indexOf(name);
		expect(first('room:join')).toBeLessThan(first('media:resume'));
		expect(first('media:resume')).toBeLessThan(first('media:produce'));
		expect(page.server.count('media:produce')).toBe(2);
		expect(page.media.sent('video')).toEqual(['front (label)']);
		expect(page.media.sent('audio')).toEqual(['desk (label)']);
		// Nothing has to be proved to somebody who is inside.
		expect(page.server.count('media:loopback')).toBe(0);
	});

	test('before the lobby is ready, by somebody whose browser cannot send, ends in words', async () => {
		const noPicture = {
			getContext: () => null,
			captureStream: () => ({ getVideoTracks: () => [] }),
		};
		Object.assign(document, { createElement: () => noPicture });
		const { call, told } = page.call(room.id);
		await outcome(call.join('Ana'));
		await until(() => told.phase === 'failed', 'the call has failed');
	});

	test('a full room leaves the person in a new lobby, and says so', async () => {
		const { call, told } = await inLobby();
		page.server.answer({ 'room:join': refuse('ROOM_FULL') });
		expect(await outcome(call.join('Ana'))).toBe('ROOM_FULL');
		await until(() => page.server.count('lobby:enter') === 2, 'the lobby is entered again');
		await until(() => told.phase === 'lobby', 'the person is in the lobby');
		await pass(50);
		expect(page.media.open).toHaveLength(2);
		expect(page.media.sent('video')).toEqual(['black']);
	});

	test('a lobby that is refused for good ends the call with the words of the server', async () => {
		page.server.answer({ 'lobby:enter': refuse('SUSPENDED') });
		const { told } = page.call(room.id);
		await until(() => told.phase === 'failed', 'the call has failed');
		expect(told.last('status')?.phase).toMatchObject({ code: 'SUSPENDED', again: false });
		expect(page.browser.live('video')).toEqual([]);
	});

	test('a server that has no time is asked again after a pause', async () => {
		page.server.answer({ 'lobby:enter': refuse('TOO_MANY_REQUESTS') });
		const { told } = page.call(room.id);
		await until(() => page.server.count('lobby:enter') === 3, 'it was asked three times');
		page.server.answer({ 'lobby:enter': () => room.lobby });
		await connected(told);
		expect(told.phase).toBe('lobby');
	});

	test('a server that does not answer is told as unreachable, and found when it is back', async () => {
		page.server.reachable = false;
		const { told } = page.call(room.id);
		await until(() => told.last('status')?.connection === 'unreachable', 'it is unreachable');
		page.server.reachable = true;
		await connected(told);
		expect(told.phases).toEqual(['entering', 'lobby']);
	});
});

describe('a lost connection', () => {
	test('is resumed with the token, and media goes on over the same transports', async () => {
		const { told } = await joined();
		const { token } = room;
		const before = page.media.open;
		page.server.lose();
		expect(told.last('status')?.connection).toBe('reconnecting');
		expect(told.phase).toBe('joined');
		await inside(told);
		expect(page.server.inputs('room:join').at(-1)).toMatchObject({ resumeToken: token });
		expect(page.server.count('lobby:enter')).toBe(1);
		expect(page.media.open).toEqual(before);
		expect(told.phases.at(-1)).toBe('joined');
	});

	test('comes back under the new name after a change of name', async () => {
		const { call, told } = await joined();
		expect(await outcome(call.own.rename('Anna'))).toBeNull();
		page.server.lose();
		await inside(told);
		expect(page.server.inputs('room:join').at(-1)).toMatchObject({ name: 'Anna' });
	});

	test('that is resumed too late is followed by a new join by way of a new lobby', async () => {
		const { told } = await joined();
		page.server.lose();
		const join = vi.fn(({ name, resumeToken }: { name: string; resumeToken?: string }) => {
			if (resumeToken) throw new CodedError('RESUME_EXPIRED');
			return room.join(name);
		});
		page.server.answer({ 'room:join': join });
		await inside(told);
		expect(join.mock.calls.map(([{ resumeToken }]) => resumeToken !== undefined)).toEqual([
			true,
			false,
		]);
		expect(page.server.count('lobby:enter')).toBe(2);
		expect(page.media.open).toHaveLength(2);
		expect(told.phases).toEqual(['lobby', 'joining', 'joined']);
		await pass(50);
		expect(page.media.sent('video')).toEqual(['front (label)']);
	});

	test('in the middle of a join is followed by another join', async () => {
		const { call, told } = await inLobby();
		page.server.answer({ 'room:join': () => never });
		const joining = outcome(call.join('Ana'));
		await until(() => page.server.count('room:join') === 1, 'the join arrived');
		page.server.answer({ 'room:join': ({ name }) => room.join(name) });
		page.server.lose();
		expect(await joining).toBeNull();
		expect(told.phase).toBe('joined');
		expect(page.server.count('lobby:enter')).toBe(2);
		expect(page.server.inputs('room:join').at(-1)).not.toHaveProperty('resumeToken');
	});

	test('in the lobby is followed by another lobby', async () => {
		const { told } = await inLobby();
		page.server.lose();
		expect(told.last('status')?.connection).toBe('reconnecting');
		await connected(told);
		expect(page.server.count('lobby:enter')).toBe(2);
		await until(
			() => page.media.open.length === 2,
			'the transports of the lobby before are closed',
		);
	});

	test('comes back at once when the network is back', async () => {
		const { told } = await joined();
		page.server.reachable = false;
		page.server.lose();
		await pass(20_000);
		expect(told.last('status')?.connection).toBe('reconnecting');
		page.server.reachable = true;
		page.comeOnline();
		await until(() => told.last('status')?.connection === 'connected', 'it is back', 100);
	});

	test('on which nothing comes at all for 50 s is tried every four seconds, and is back with the next try', async () => {
		const { told } = await joined();
		const before = page.server.handshakes;
		page.server.hanging = true;
		page.server.lose();
		await pass(50_000);
		expect(told.last('status')?.connection).toBe('reconnecting');
		page.server.hanging = false;
		await until(() => told.last('status')?.connection === 'connected', 'it is back', 4500);
		expect(page.server.handshakes).toBe(before + 1);
	});

	test('states again what the server did not hear', async () => {
		const { call, told } = await joined();
		await pass(100);
		page.server.lose();
		const updates = page.server.count('media:update');
		await call.devices.set('camera', false);
		await pass(10);
		expect(page.server.count('media:update')).toBe(updates);
		await inside(told);
		await until(() => page.server.count('media:update') > updates, 'it is stated');
		expect(page.server.inputs('media:update').at(-1)).toMatchObject({ paused: true });
	});

	test('a camera that a host stopped meanwhile is off when it is back', async () => {
		const { told } = await joined();
		room.cameraStopped = true;
		page.server.lose();
		await inside(told);
		expect(told.last('camera')).toEqual({ kind: 'off' });
	});

	test('media that is lost with its worker is made anew, and the person stays inside', async () => {
		const { told } = await joined();
		page.server.tell('room:ended', new CodedError('MEDIA_LOST').toWire());
		expect(told.last('status')?.connection).toBe('reconnecting');
		await inside(told);
		expect(page.server.inputs('room:join').at(-1)).not.toHaveProperty('resumeToken');
		expect(told.phases).not.toContain('failed');
	});

	test('HOST-4: a raised hand is up again when the person comes back as another peer, and not when it was lowered meanwhile', async () => {
		const { told } = await joined();
		const { peerId, name, role, hostMuted } = room.you;
		page.server.tell('peer:updated', { peerId, name, role, hostMuted, hand: 5 });
		page.server.lose();
		await inside(told);
		expect(page.server.count('room:hand')).toBe(0);
		page.server.tell('peer:updated', { peerId, name, role, hostMuted, hand: 5 });
		room.you.peerId = newPeerId();
		page.server.tell('room:ended', new CodedError('MEDIA_LOST').toWire());
		await inside(told);
		await until(() => page.server.count('room:hand') === 1, 'the hand is raised');
		expect(page.server.inputs('room:hand')).toEqual([{ raised: true }]);
	});

	test('a join that is not answered in time is sent again', async () => {
		const { call, told } = await inLobby();
		page.server.answer({ 'room:join': () => never });
		const joining = outcome(call.join('Ana'));
		await until(() => page.server.count('room:join') === 1, 'the join arrived');
		page.server.answer({ 'room:join': ({ name }) => room.join(name) });
		expect(await joining).toBeNull();
		expect(page.server.count('room:join')).toBe(2);
		expect(told.phase).toBe('joined');
	});

	test('a path that fails is restarted', async () => {
		await joined();
		const [transport] = page.media.open;
		transport?.become('failed');
		await until(() => transport?.restarts === 1, 'ICE was restarted');
	});
});

describe('the end of a call', () => {
	test('is told to the server, and the lights go out', async () => {
		const { call, told } = await joined();
		call.leave();
		expect(told.phase).toBe('left');
		expect(page.browser.live('video')).toEqual([]);
		expect(page.browser.live('audio')).toEqual([]);
		expect(page.media.open).toEqual([]);
		await until(() => page.server.count('room:leave') === 1, 'the server was told');
		await pass(1000);
		expect(told.phase).toBe('left');
		expect(page.server.count('room:join')).toBe(1);
	});

	test.each(['TAKEN_OVER', 'REMOVED', 'CALL_ENDED'] as const)(
		'%s is told as it is, and nothing is tried',
		async (code) => {
			const { told } = await joined();
			page.server.tell('room:ended', new CodedError(code).toWire());
			expect(told.last('status')?.phase).toMatchObject({ kind: 'failed', code, again: true });
			await pass(30_000);
			expect(page.server.count('lobby:enter')).toBe(1);
			expect(page.media.open).toEqual([]);
		},
	);

	test('can be followed by the lobby again', async () => {
		const { call, told } = await joined();
		page.server.tell('room:ended', new CodedError('CALL_ENDED').toWire());
		call.enter();
		await until(() => told.phase === 'lobby', 'the client is in the lobby');
		await until(() => page.media.open.length === 2, 'there are transports again');
		expect(await outcome(call.join('Ana'))).toBeNull();
	});

	test('a session that ended is not connected again', async () => {
		const { told } = await joined();
		page.server.expel(new CodedError('SIGNED_OUT'));
		expect(told.last('status')?.phase).toMatchObject({
			kind: 'failed',
			code: 'SIGNED_OUT',
			again: false,
		});
		const { handshakes } = page.server;
		await pass(30_000);
		expect(page.server.handshakes).toBe(handshakes);
	});

	test('while the connection is lost leaves no way back', async () => {
		const { call, told } = await joined();
		page.server.lose();
		call.leave();
		await pass(30_000);
		expect(told.phase).toBe('left');
		expect(page.server.count('room:join')).toBe(1);
	});

	test('of another call by the same page leaves this one', async () => {
		const { told } = await joined();
		const other = page.call(room.id);
		expect(told.phase).toBe('left');
		await connected(other.told);
		expect(other.told.phase).toBe('lobby');
	});

	test('a lobby that is answered after the person left makes nothing', async () => {
		const { call, told } = page.call(room.id);
		let answer = (): void => undefined;
		const late = new Promise<void>((resolve) => (answer = resolve));
		page.server.answer({ 'lobby:enter': () => late.then(() => room.lobby) });
		await until(() => page.server.count('lobby:enter') === 1, 'the lobby was asked for');
		call.leave();
		answer();
		await pass(1000);
		expect(told.phase).toBe('left');
		expect(page.media.open).toEqual([]);
	});

	test('a producer that the server does not take ends the call', async () => {
		page.server.answer({ 'media:produce': refuse('BAD_MEDIA') });
		const { told } = page.call(room.id);
		await until(() => told.phase === 'failed', 'the call has failed');
		expect(told.last('status')?.phase).toMatchObject({ code: 'BAD_MEDIA', again: false });
	});
});

describe('RELOAD-3: a page that is too old', () => {
	test('is loaded again once, and then says so', async () => {
		page.server.refusal = new CodedError('CLIENT_TOO_OLD').toWire();
		page.call(room.id);
		await until(() => page.reloads === 1, 'the page is loaded again');
		await page.reload();
		const { told } = page.call(room.id);
		await until(() => told.phase === 'failed', 'the call has failed');
		expect(told.last('status')?.phase).toMatchObject({ code: 'CLIENT_TOO_OLD', again: false });
		expect(page.reloads).toBe(1);
	});

	test('keeps the place in the call over that reload', async () => {
		await joined();
		page.server.refusal = new CodedError('CLIENT_TOO_OLD').toWire();
		page.server.lose();
		await until(() => page.reloads === 1, 'the page is loaded again');
		page.server.refusal = null;
		await page.reload();
		room.kept = true;
		const resumed = page.goOn(room.id);
		expect(resumed && (await outcome(resumed.joining))).toBeNull();
	});
});

describe('a handshake without a session', () => {
	test('gets a session and is made again', async () => {
		page.server.refusal = new CodedError('UNAUTHENTICATED').toWire();
		const fetched = vi.fn(async () => {
			page.server.refusal = null;
			return new Response('{}');
		});
		vi.stubGlobal('fetch', fetched);
		await inLobby();
		expect(fetched).toHaveBeenCalledTimes(1);
	});

	test('that is refused again ends the call', async () => {
		page.server.refusal = new CodedError('UNAUTHENTICATED').toWire();
		const { told } = page.call(room.id);
		await until(() => told.phase === 'failed', 'the call has failed');
		expect(told.last('status')?.phase).toMatchObject({ code: 'UNAUTHENTICATED' });
	});
});

describe('RELOAD-1, RELOAD-2: a page that is loaded again', () => {
	test('goes on with the place of the page before, with its name and its devices', async () => {
		const { call } = await joined();
		await call.devices.set('camera', false);
		const { token } = room;
		await page.reload();
		expect(page.server.inputs('room:leave').at(-1)).toEqual({ unloading: true });
		room.kept = true;
		const resumed = page.goOn(room.id);
		expect(resumed && (await outcome(resumed.joining))).toBeNull();
		expect(page.server.inputs('lobby:enter').at(-1)).toMatchObject({ follows: token });
		expect(page.server.inputs('room:join').at(-1)).toMatchObject({ name: 'Ana' });
		await pass(50);
		expect(page.browser.live('video')).toEqual([]);
		expect(page.browser.live('audio')).toHaveLength(1);
	});

	test('twice in a row has the place still', async () => {
		await joined();
		const { token } = room;
		await page.reload();
		room.kept = true;
		page.server.answer({ 'room:join': () => never });
		page.goOn(room.id);
		await until(() => page.server.count('room:join') === 2, 'the join arrived');
		await page.reload();
		page.server.answer({ 'room:join': ({ name }) => room.join(name) });
		const resumed = page.goOn(room.id);
		expect(resumed && (await outcome(resumed.joining))).toBeNull();
		expect(page.server.inputs('lobby:enter').at(-1)).toMatchObject({ follows: token });
	});

	test('comes in like anybody else where the place is gone', async () => {
		await joined();
		await page.reload();
		const resumed = page.goOn(room.id);
		expect(resumed && (await outcome(resumed.joining))).toBeNull();
		expect(resumed?.told.phase).toBe('joined');
	});

	test('stays in the lobby where the place is gone and the room has a door', async () => {
		await joined();
		await page.reload();
		room.admission = 'knock';
		const resumed = page.goOn(room.id);
		expect(resumed && (await outcome(resumed.joining))).toBe('NOT_ADMITTED');
		await pass(100);
		expect(resumed?.told.phase).toBe('lobby');
		expect(page.server.count('room:knock')).toBe(0);
	});

	test('does not go back into a call in which nobody is any more', async () => {
		await joined();
		await page.reload();
		room.kind = 'call';
		room.peers.length = 0;
		const resumed = page.goOn(room.id);
		expect(resumed && (await outcome(resumed.joining))).toBe('CALL_OVER');
		expect(resumed?.told.last('status')?.phase).toMatchObject({ code: 'CALL_OVER', again: false });
	});

	test('after the person left goes to the lobby', async () => {
		const { call } = await joined();
		call.leave();
		await page.reload();
		expect(page.goOn(room.id)).toBeNull();
	});

	test('a minute later goes to the lobby', async () => {
		await joined();
		page.hide();
		await pass(61_000);
		await page.reload();
		expect(page.goOn(room.id)).toBeNull();
	});
});

describe('ADMISSION-1: the waiting room', () => {
	beforeEach(() => (room.admission = 'knock'));

	test('lets the person in when a host admits', async () => {
		const { call, told } = await inLobby();
		expect(told.last('status')?.admissionState).toEqual({ admission: 'knock', knock: 'none' });
		const joining = outcome(call.join('Ana'));
		await until(() => page.server.count('room:knock') === 1, 'the knock arrived');
		await pass(50);
		expect(told.last('status')?.admissionState).toEqual({ admission: 'knock', knock: 'waiting' });
		expect(told.phase).toBe('lobby');
		page.server.tell('lobby:standing', { admission: 'open', knock: 'none' });
		expect(await joining).toBeNull();
		expect(told.phase).toBe('joined');
		expect(told.last('status')?.admissionState).toBeNull();
		expect(page.server.count('media:ice-servers')).toBe(1);
	});

	test('says that a host declined, and the person may ask again', async () => {
		const { call, told } = await inLobby();
		const joining = outcome(call.join('Ana'));
		await until(() => told.last('status')?.admissionState?.knock === 'waiting', 'the person waits');
		page.server.tell('lobby:standing', { admission: 'knock', knock: 'declined' });
		expect(await joining).toBe('NOT_ADMITTED');
		expect(told.phase).toBe('lobby');
		void outcome(call.join('Ana'));
		await until(() => page.server.count('room:knock') === 2, 'the person knocks again');
	});

	test('ADMISSION-5: takes in whom a host moved there, who asks to join again without a press', async () => {
		room.admission = 'open';
		const { told } = await joined();
		room.admission = 'knock';
		const tracks = page.media.open.length;
		page.server.tell('room:ended', new CodedError('MOVED_TO_WAITING').toWire());
		await until(() => page.server.count('room:knock') === 1, 'the knock arrived');
		expect(page.server.inputs('room:knock').at(-1)).toMatchObject({ name: 'Ana' });
		await until(() => told.last('status')?.admissionState?.knock === 'waiting', 'the person waits');
		expect(told.phase).toBe('lobby');
		expect(told.phases).not.toContain('failed');
		expect(page.media.open.length).toBe(tracks);
		page.server.tell('lobby:standing', { admission: 'open', knock: 'none' });
		await until(() => told.phase === 'joined', 'the person is in the room again');
	});

	test.each([
		['locked', 'NOT_ADMITTED'],
		['removed', 'REMOVED'],
	] as const)('says where the room is %s by now', async (admission, code) => {
		const { call, told } = await inLobby();
		const joining = outcome(call.join('Ana'));
		await until(() => told.last('status')?.admissionState?.knock === 'waiting', 'the person waits');
		page.server.tell('lobby:standing', { admission, knock: 'none' });
		expect(await joining).toBe(code);
	});

	test('a person who waits no longer goes to another lobby, and is not taken in', async () => {
		const { call, told } = await inLobby();
		const joining = outcome(call.join('Ana'));
		await until(() => told.last('status')?.admissionState?.knock === 'waiting', 'the person waits');
		call.stopWaiting();
		expect(await joining).toBeNull();
		await until(() => page.server.count('lobby:enter') === 2, 'there is another lobby');
		await until(
			() => told.last('status')?.admissionState?.knock === 'none',
			'it is known how the person stands',
		);
		page.server.tell('lobby:standing', { admission: 'open', knock: 'none' });
		await pass(1000);
		expect(page.server.count('room:join')).toBe(0);
	});

	test('is asked again when the connection was lost meanwhile', async () => {
		const { call, told } = await inLobby();
		const joining = outcome(call.join('Ana'));
		await until(() => told.last('status')?.admissionState?.knock === 'waiting', 'the person waits');
		page.server.lose();
		expect(told.last('status')?.admissionState).toBeNull();
		await until(() => page.server.count('room:knock') === 2, 'the person knocks again');
		page.server.tell('lobby:standing', { admission: 'open', knock: 'none' });
		expect(await joining).toBeNull();
	});

	test('a person who was admitted while the connection was lost comes in', async () => {
		const { call, told } = await inLobby();
		const joining = outcome(call.join('Ana'));
		await until(() => told.last('status')?.admissionState?.knock === 'waiting', 'the person waits');
		room.admission = 'open';
		page.server.lose();
		expect(await joining).toBeNull();
	});

	test('is passed by the right password after a wrong one', async () => {
		room.admission = 'password';
		const { call } = await inLobby();
		page.server.answer({
			'room:knock': ({ password }) => {
				if (password !== 'right') throw new CodedError('BAD_PASSWORD');
				return { admission: 'open', knock: 'none' };
			},
		});
		expect(await outcome(call.join('Ana', 'wrong'))).toBe('BAD_PASSWORD');
		expect(await outcome(call.join('Ana', 'right'))).toBeNull();
	});

	test('a wrong password leaves a person waiting who waited', async () => {
		const { call, told } = await inLobby();
		const first = outcome(call.join('Ana'));
		await until(() => told.last('status')?.admissionState?.knock === 'waiting', 'the person waits');
		page.server.answer({ 'room:knock': refuse('BAD_PASSWORD') });
		expect(await outcome(call.join('Ana', 'wrong'))).toBe('BAD_PASSWORD');
		expect(await first).toBe('CONFLICT');
		page.server.tell('lobby:standing', { admission: 'open', knock: 'none' });
		await until(() => told.phase === 'joined', 'the person is in');
	});

	test('a decision that comes later is not for a person who does not wait', async () => {
		const { call, told } = await inLobby();
		const joining = outcome(call.join('Ana'));
		await until(() => told.last('status')?.admissionState?.knock === 'waiting', 'the person waits');
		page.server.tell('lobby:standing', { admission: 'knock', knock: 'declined' });
		expect(await joining).toBe('NOT_ADMITTED');
		page.server.tell('lobby:standing', { admission: 'open', knock: 'none' });
		await pass(1000);
		expect(page.server.count('room:join')).toBe(0);
	});
});

describe('devices', () => {
	test('a camera that is unplugged is a problem, and the next one takes its place', async () => {
		const { told } = await joined();
		await pass(50);
		page.browser.plug(camera('back', 'environment'));
		page.browser.unplug('front');
		await until(() => told.last('deviceLost') !== undefined, 'the loss is told');
		expect(told.last('deviceLost')).toMatchObject({ kind: 'camera', to: 'back (label)' });
		await until(() => page.media.sent('video')[0] === 'back (label)', 'the other camera is sent');
	});

	test('the only camera that is unplugged leaves the microphone as it is', async () => {
		const { told } = await joined();
		await pass(50);
		page.browser.unplug('front');
		await until(() => told.last('camera')?.kind === 'problem', 'the camera is a problem');
		expect(told.last('microphone')).toEqual({ kind: 'on' });
		expect(told.phase).toBe('joined');
	});

	test('a microphone that a host muted is off', async () => {
		const { told } = await joined();
		await until(() => told.last('microphone')?.kind === 'on', 'the microphone is on');
		page.server.tell('host:acted', {
			by: { personId: newPersonId(), name: 'Ben' },
			action: 'muted',
			producerIds: [],
		});
		await until(() => told.last('microphone')?.kind === 'off', 'the microphone is off');
		expect(page.browser.opened.find(({ kind }) => kind === 'audio')).toMatchObject({
			enabled: false,
		} satisfies Partial<FakeTrack>);
	});

	test('a quiet call opens none before it is answered', async () => {
		const { call, told } = page.call(room.id, true);
		await connected(told);
		expect(page.browser.opened).toEqual([]);
		expect(await outcome(call.answer('Ana', { microphone: true, camera: false }))).toBeNull();
		expect(page.browser.live('audio')).toHaveLength(1);
		expect(page.browser.live('video')).toEqual([]);
	});
});

describe('the others', () => {
	test('that come while the list of a join is on its way are there once', async () => {
		const { call, told } = await inLobby();
		let answer = (): void => undefined;
		const late = new Promise<void>((resolve) => (answer = resolve));
		page.server.answer({ 'room:join': ({ name }) => late.then(() => room.join(name)) });
		const joining = outcome(call.join('Ana'));
		await until(() => page.server.count('room:join') === 1, 'the join arrived');
		const peer = newPeer('Cem');
		page.server.tell('peer:joined', { peer });
		room.peers.push(peer);
		answer();
		expect(await joining).toBeNull();
		expect(told.last('peers')?.map(({ name }) => name)).toEqual(['Ben', 'Cem']);
	});

	test('that left while the connection was lost are gone when it is back', async () => {
		const { told } = await joined();
		page.server.lose();
		expect(told.last('peers')).toHaveLength(1);
		room.peers.length = 0;
		await inside(told);
		expect(told.last('peers')).toEqual([]);
	});
});
