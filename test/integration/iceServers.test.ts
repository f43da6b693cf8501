import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { IceServer } from '../../shared/rtp.ts';
import type { Cast } from '../support/client.ts';
import { inCall, inLobby } from '../support/people.ts';
import { Stranger } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

const stun = { urls: 'stun:stun.example.org' };
const urls = ['turn:turn.example.org?transport=udp', 'turns:turn.example.org:443'];
const secret = 'a secret that the TURN server knows';

let cast: Cast;
withService((on) => ({ cast } = on), {
	media: { iceServers: [stun], turn: { urls, secret } },
});

/** Looks at the credentials as coturn does. @returns who they are of, and for how many seconds they are good. */
function credentials(servers: IceServer[]) {
	expect(servers[0]).toEqual(stun);
	const { username = '', credential, ...told } = servers[1] ?? { urls: [] };
	expect(told).toEqual({ urls });
	expect(credential).toBe(createHmac('sha1', secret).update(username).digest('base64'));
	const [expiry, person] = username.split(':');
	return { person, seconds: Number(expiry) - Date.now() / 1000 };
}

describe('MEDIA-18, A-M1: STUN and TURN servers', () => {
	test('come with credentials of one’s own, for ten minutes', async () => {
		const client = await cast.connect();
		const { iceServers, personId } = await client.ask('lobby:enter', { roomId: cast.roomId });
		const { person, seconds } = credentials(iceServers);
		expect(person).toBe(personId);
		expect(seconds).toBeGreaterThan(590);
		expect(seconds).toBeLessThanOrEqual(600);
	});

	test('are told anew with each restart of ICE, and when a page asks', async () => {
		const { client, you } = await inCall(cast, 'Ann');
		const restarted = await client.ask('media:restart-ice', { direction: 'send' });
		expect(credentials(restarted.iceServers).person).toBe(you.personId);
		const asked = await client.ask('media:ice-servers', {});
		expect(credentials(asked.iceServers).person).toBe(you.personId);
	});

	test('are not told to those who have to knock, until a host lets them in', async () => {
		const host = await inCall(cast, 'Host');
		await host.client.ask('host:policy', { knocking: true });
		const { client, iceServers } = await inLobby(cast);
		expect(iceServers).toEqual([]);
		expect((await client.ask('media:ice-servers', {})).iceServers).toEqual([]);
		const restarted = await client.ask('media:restart-ice', { direction: 'recv' });
		expect(restarted.iceServers).toEqual([]);
		await client.ask('room:knock', { name: 'Guest' });
		const { knocks } = await host.client.until('knock:list', (told) => told.knocks.length > 0);
		for (const { knockId } of knocks) await host.client.ask('host:admit', { knockId });
		await client.until('lobby:standing', ({ admission }) => admission === 'open');
		credentials((await client.ask('media:ice-servers', {})).iceServers);
	});

	test('are not told to those who were removed', async () => {
		const host = await inCall(cast, 'Host');
		const guest = await inCall(cast, 'Guest');
		await host.client.ask('host:remove', { personId: guest.you.personId });
		await guest.client.until('room:ended');
		const { client, iceServers } = await inLobby(cast, guest.client.cookie);
		expect(iceServers).toEqual([]);
		expect((await client.ask('media:ice-servers', {})).iceServers).toEqual([]);
	});

	test('are told to those who meet strangers by video', async () => {
		const { entered } = await Stranger.enter(cast, 'video');
		credentials(entered.media?.iceServers ?? []);
	});
});

describe('without a secret', () => {
	let plain: Cast;
	const fixed = { urls, username: 'everybody', credential: 'the same' };
	withService((on) => ({ cast: plain } = on), { media: { iceServers: [fixed] } });

	test('the servers are told as they are configured', async () => {
		const client = await plain.connect();
		const { iceServers } = await client.ask('lobby:enter', { roomId: plain.roomId });
		expect(iceServers).toEqual([fixed]);
	});
});
