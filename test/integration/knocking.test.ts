import { describe, expect, test } from 'vitest';
import { newKnockId } from '../../shared/ids.ts';
import type { Sent } from '../../shared/protocol.ts';
import type { Cast, TestClient } from '../support/client.ts';
import { hostAndGuest, inCall, inLobby, joinCode } from '../support/people.ts';
import { produceInput } from '../support/rtp.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
withService((on) => ({ cast } = on), {
	http: { trustProxy: true },
	rooms: { graceSeconds: 1 },
});

const page = { videos: 9, width: 640, height: 360 };
/** Who waits, as this host was told last. */
const waiting = (host: TestClient) =>
	host
		.told('knock:list')
		.at(-1)
		?.knocks.map(({ name }) => name);

/** A host in a room with this policy, and somebody in its lobby. */
async function atTheDoor(policy: Sent<'host:policy'>) {
	const host = await inCall(cast, 'Host');
	await host.client.ask('host:policy', policy);
	return { host, ...(await inLobby(cast)) };
}

describe('ADMISSION-1: how one gets in', () => {
	test.each([
		[{}, 'open', 'OK'],
		[{ locked: true }, 'locked', 'NOT_ADMITTED'],
		[{ knocking: true }, 'knock', 'NOT_ADMITTED'],
		[{ password: 'open sesame' }, 'password', 'NOT_ADMITTED'],
		[{ knocking: true, password: 'open sesame' }, 'knock', 'NOT_ADMITTED'],
		[{ locked: true, knocking: true, password: 'open sesame' }, 'locked', 'NOT_ADMITTED'],
	] as const)('%j is %s, and joining %s', async (policy, admission, code) => {
		const door = await atTheDoor(policy);
		expect(door.admission).toBe(admission);
		expect(await joinCode(cast, door.client)).toBe(code);
	});

	test('hosts come in by themselves, also into a locked room where nobody is', async () => {
		const { host } = await atTheDoor({ locked: true, knocking: true });
		await host.client.ask('room:leave', {});
		const { client, admission } = await inLobby(cast, host.client.cookie);
		expect(admission).toBe('open');
		expect(await joinCode(cast, client)).toBe('OK');
	});

	test('the policy is told without the password, and whoever was inside may come back', async () => {
		const { host, guest } = await hostAndGuest(cast);
		await host.client.ask('host:policy', { locked: true, password: 'open sesame' });
		const { policy } = await guest.client.until('room:policy');
		expect(policy).toMatchObject({ locked: true, password: true });
		expect(JSON.stringify(guest.client.facts)).not.toContain('scrypt');
		await guest.client.ask('room:leave', {});
		const back = await inLobby(cast, guest.client.cookie);
		expect(back.admission).toBe('open');
		// Until the room is empty.
		await host.client.ask('room:leave', {});
		await back.client.until('lobby:standing', ({ admission }) => admission === 'locked');
		expect(await joinCode(cast, back.client)).toBe('NOT_ADMITTED');
	});

	test('a room that is locked while people are in the lobby is locked for them', async () => {
		const host = await inCall(cast, 'Host');
		const { client } = await inLobby(cast);
		await host.client.ask('host:policy', { locked: true });
		await client.until('lobby:standing', ({ admission }) => admission === 'locked');
		expect(await joinCode(cast, client)).toBe('NOT_ADMITTED');
		expect(await client.codeOf('room:knock', { name: 'Guest' })).toBe('NOT_ADMITTED');
		await host.client.ask('host:policy', { locked: false });
		await client.until('lobby:standing', ({ admission }) => admission === 'open');
		expect(await joinCode(cast, client)).toBe('OK');
	});
});

describe('ADMISSION-4: knocking', () => {
	test('hosts see who waits, and let them in', async () => {
		const { host, client } = await atTheDoor({ knocking: true });
		expect(await client.ask('room:knock', { name: 'Knocker' })).toEqual({
			admission: 'knock',
			knock: 'waiting',
		});
		const { knocks } = await host.client.until('knock:list');
		expect(knocks).toMatchObject([{ name: 'Knocker' }]);
		await host.client.ask('host:admit', { knockId: knocks[0]?.knockId ?? '' });
		await client.until('lobby:standing', ({ admission }) => admission === 'open');
		await host.client.until('knock:list', (told) => told.knocks.length === 0);
		expect(await joinCode(cast, client)).toBe('OK');
	});

	test('MEDIA-12: before that they are shown nothing of the room', async () => {
		const { host, client } = await atTheDoor({ knocking: true });
		await host.client.ask('media:produce', produceInput('camera'));
		const { routerRtpCapabilities } = await client.ask('lobby:enter', { roomId: cast.roomId });
		const prepare = { rtpCapabilities: routerRtpCapabilities, firstPage: page };
		expect((await client.ask('lobby:prepare', prepare)).consumers).toEqual([]);
		await client.ask('room:knock', { name: 'Knocker' });
		expect((await client.ask('lobby:prepare', prepare)).consumers).toEqual([]);
		await host.client.ask('host:admit-all', {});
		expect((await client.ask('lobby:prepare', prepare)).consumers).toHaveLength(1);
	});

	test('knocking again changes nothing but the name', async () => {
		const { host, client } = await atTheDoor({ knocking: true });
		await client.ask('room:knock', { name: 'Knocker' });
		await client.ask('room:knock', { name: 'Knocker' });
		await client.ask('room:knock', { name: 'Another' });
		await host.client.until('knock:list', ({ knocks }) => knocks[0]?.name === 'Another');
		const [first, second, ...none] = host.client.told('knock:list').map(({ knocks }) => knocks);
		expect(none).toEqual([]);
		expect(second).toEqual([{ ...first?.[0], name: 'Another' }]);
	});

	test('who is declined is told, and may knock again', async () => {
		const { host, client } = await atTheDoor({ knocking: true });
		await client.ask('room:knock', { name: 'Knocker' });
		const { knocks } = await host.client.until('knock:list');
		const [knock] = knocks;
		await host.client.ask('host:decline', { knockId: knock?.knockId ?? '' });
		await client.until('lobby:standing', (told) => told.knock === 'declined');
		expect(await joinCode(cast, client)).toBe('NOT_ADMITTED');
		const gone = { knockId: knock?.knockId };
		expect(await host.client.codeOf('host:admit', gone)).toBe('NOT_FOUND');
		expect((await client.ask('room:knock', { name: 'Knocker' })).knock).toBe('waiting');
	});

	test('two hosts who answer at once: one of them is late', async () => {
		const { host, guest } = await hostAndGuest(cast);
		await host.client.ask('host:name', { personId: guest.you.personId, host: true });
		await host.client.ask('host:policy', { knocking: true });
		const { client } = await inLobby(cast);
		await client.ask('room:knock', { name: 'Knocker' });
		const { knocks } = await guest.client.until('knock:list', (told) => told.knocks.length === 1);
		const knock = { knockId: knocks[0]?.knockId };
		const codes = await Promise.all([
			host.client.codeOf('host:admit', knock),
			guest.client.codeOf('host:decline', knock),
		]);
		expect(codes.sort()).toEqual(['NOT_FOUND', 'OK']);
	});

	test('a knock ends when its knocker leaves or is lost, and when nobody needs to knock', async () => {
		const { host, client } = await atTheDoor({ knocking: true });
		const [other, third] = [(await inLobby(cast)).client, (await inLobby(cast)).client];
		await client.ask('room:knock', { name: 'One' });
		await other.ask('room:knock', { name: 'Two' });
		await third.ask('room:knock', { name: 'Three' });
		await host.client.until('knock:list', (told) => told.knocks.length === 3);
		await client.ask('room:leave', {});
		await host.client.until('knock:list', (told) => told.knocks[0]?.name === 'Two');
		other.close();
		await host.client.until('knock:list', (told) => told.knocks[0]?.name === 'Three');
		expect(waiting(host.client)).toEqual(['Three']);
		await host.client.ask('host:policy', { knocking: false });
		await third.until('lobby:standing', ({ admission }) => admission === 'open');
		expect(waiting(host.client)).toEqual([]);
	});

	test('whoever knocks where nobody is waits for a host, who sees them on coming in', async () => {
		const { host, client } = await atTheDoor({ knocking: true });
		await host.client.ask('room:leave', {});
		await client.ask('room:knock', { name: 'Early' });
		const tab = await cast.connect({ cookie: host.client.cookie });
		const { knocks } = await tab.join(cast.roomId, 'Host');
		expect(knocks.map(({ name }) => name)).toEqual(['Early']);
	});

	test('guests are not told who waits; who becomes a host is', async () => {
		const { host, guest } = await hostAndGuest(cast);
		await host.client.ask('host:policy', { knocking: true });
		const { client } = await inLobby(cast);
		await client.ask('room:knock', { name: 'Knocker' });
		await host.client.until('knock:list');
		expect(guest.client.told('knock:list')).toEqual([]);
		await host.client.ask('host:name', { personId: guest.you.personId, host: true });
		await guest.client.until('knock:list', ({ knocks }) => knocks.length === 1);
	});
});

describe('ADMISSION-3: passwords', () => {
	test('the right one lets in, also where others knock', async () => {
		const { client } = await atTheDoor({ knocking: true, password: 'öffne dich' });
		const wrong = { name: 'Guest', password: 'open sesame' };
		expect(await client.codeOf('room:knock', wrong)).toBe('BAD_PASSWORD');
		// Composed in another way, as another keyboard does it.
		const right = { name: 'Guest', password: 'öffne dich'.normalize('NFD') };
		expect((await client.ask('room:knock', right)).admission).toBe('open');
		expect(await joinCode(cast, client)).toBe('OK');
	});

	test('after five wrong ones the right one does not help either, nor another tab', async () => {
		const { client } = await atTheDoor({ password: 'open sesame' });
		const knock = (password: string, tab = client) =>
			tab.codeOf('room:knock', { name: 'Guest', password });
		for (const i of [1, 2, 3, 4, 5]) expect(await knock(`wrong ${i}`)).toBe('BAD_PASSWORD');
		expect(await knock('open sesame')).toBe('TOO_MANY_REQUESTS');
		const tab = (await inLobby(cast, client.cookie)).client;
		expect(await knock('open sesame', tab)).toBe('TOO_MANY_REQUESTS');
		const other = (await inLobby(cast)).client;
		expect(await knock('open sesame', other)).toBe('OK');
	});

	test('five tries at once from five tabs are five tries', async () => {
		const { client } = await atTheDoor({ password: 'open sesame' });
		const tabs = await Promise.all(
			Array.from({ length: 8 }, async () => (await inLobby(cast, client.cookie)).client),
		);
		const codes = await Promise.all(
			tabs.map((tab) => tab.codeOf('room:knock', { name: 'Guest', password: 'wrong' })),
		);
		expect(codes.filter((code) => code === 'BAD_PASSWORD')).toHaveLength(5);
		expect(codes.filter((code) => code === 'TOO_MANY_REQUESTS')).toHaveLength(3);
	});

	test('without one it is not let in; where there is none, none is right', async () => {
		const { host, client } = await atTheDoor({ password: 'open sesame' });
		expect(await client.codeOf('room:knock', { name: 'Guest' })).toBe('NOT_ADMITTED');
		await host.client.ask('host:policy', { password: null, knocking: true });
		const knock = { name: 'Guest', password: 'open sesame' };
		expect(await client.codeOf('room:knock', knock)).toBe('BAD_PASSWORD');
	});

	test('A-M4: wrong ones of one network do not keep others out, and hosts let people in meanwhile', async () => {
		const { host } = await atTheDoor({ password: 'open sesame' });
		const at = async (address: string) => {
			const client = await cast.connect({ headers: { 'x-forwarded-for': address } });
			await client.ask('lobby:enter', { roomId: cast.roomId });
			return client;
		};
		const knock = (client: TestClient, password: string) =>
			client.codeOf('room:knock', { name: 'Guest', password });
		for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
			const guest = await at(address);
			for (let i = 0; i < 5; i++) expect(await knock(guest, 'wrong')).toBe('BAD_PASSWORD');
		}
		const near = await at('192.0.2.4');
		expect(await knock(near, 'open sesame')).toBe('TOO_MANY_REQUESTS');
		expect(await knock(await at('198.51.100.1'), 'open sesame')).toBe('OK');
		await host.client.ask('host:policy', { knocking: true });
		expect(await near.codeOf('room:knock', { name: 'Near' })).toBe('OK');
		const { knocks } = await host.client.until('knock:list', (list) => list.knocks.length > 0);
		await host.client.ask('host:admit', { knockId: knocks[0]?.knockId ?? newKnockId() });
		expect(await joinCode(cast, near)).toBe('OK');
	}, 30_000);
});

describe('ADMISSION-2: the chat of a room that is not open', () => {
	test.each([{ locked: true }, { knocking: true }, { password: 'open sesame' }])(
		'%j: members read on, others do not become one until they are let in',
		async (policy) => {
			const { host, guest } = await hostAndGuest(cast);
			await guest.client.ask('chat:open', { roomId: cast.roomId });
			await host.client.ask('host:policy', policy);
			await guest.client.ask('room:leave', {});
			expect(await guest.client.codeOf('chat:open', { roomId: cast.roomId })).toBe('OK');
			const entering = { roomId: cast.roomId, name: 'Other' };
			const outsider = await cast.connect();
			expect(await outsider.codeOf('chat:enter', entering)).toBe('NOT_ADMITTED');
			const renaming = { roomId: cast.roomId, name: 'Guest again' };
			expect(await guest.client.codeOf('chat:enter', renaming)).toBe('OK');
		},
	);

	test('whoever was let in becomes a member before joining too', async () => {
		const { client } = await atTheDoor({ password: 'open sesame' });
		await client.ask('room:knock', { name: 'Guest', password: 'open sesame' });
		const entering = { roomId: cast.roomId, name: 'Guest' };
		expect(await client.codeOf('chat:enter', entering)).toBe('OK');
	});
});

describe('ADMISSION-6, B-14: whose host is not there', () => {
	test('is told so, until a host comes back', async () => {
		const { host, client } = await atTheDoor({ knocking: true });
		expect(await client.ask('room:knock', { name: 'Guest' })).toEqual({
			admission: 'knock',
			knock: 'waiting',
		});
		await host.client.ask('room:leave', {});
		await client.until('lobby:standing', ({ hostless }) => hostless === true);
		const late = await inLobby(cast);
		expect(await late.client.ask('room:knock', { name: 'Late' })).toMatchObject({
			knock: 'waiting',
			hostless: true,
		});
		const back = await inLobby(cast, host.client.cookie);
		expect(await joinCode(cast, back.client)).toBe('OK');
		await late.client.until('lobby:standing', ({ hostless }) => hostless === undefined);
	});

	test('is told so in a locked room, where others are still inside', async () => {
		const { host } = await hostAndGuest(cast);
		await host.client.ask('host:policy', { locked: true });
		const { client, admission } = await inLobby(cast);
		expect(admission).toBe('locked');
		await host.client.ask('room:leave', {});
		await client.until('lobby:standing', ({ hostless }) => hostless === true);
	});
});
