import { afterEach, expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { Cast } from '../support/client.ts';
import { hostAndGuest, inLobby, joinCode } from '../support/people.ts';
import { PostgresServer } from '../support/postgres.ts';
import {
	serviceFolder,
	startServiceProcess,
	type ServiceProcess,
} from '../support/serviceProcess.ts';

let service: ServiceProcess | null = null;
let cast: Cast | null = null;
afterEach(async () => {
	cast?.close();
	await service?.close();
	[service, cast] = [null, null];
});

test('HOST-2: roles, policy and removals are kept when the service is killed', async () => {
	const folder = serviceFolder();
	service = await startServiceProcess(folder);
	const before = new Cast(service);
	const { roomId } = before;
	const { host, guest } = await hostAndGuest(before);
	const other = await before.joined('Other');
	const { personId } = (await other.ask('chat:open', { roomId })).you;
	await host.client.ask('host:name', { personId: guest.you.personId, host: true });
	await host.client.ask('host:remove', { personId });
	await host.client.ask('host:policy', { locked: true, password: 'open sesame', sharing: 'hosts' });
	await service.kill();
	before.close();

	service = await startServiceProcess(folder);
	cast = new Cast(service);
	const enter = async (cookie?: string) => {
		const client = await cast?.connect(cookie ? { cookie } : {});
		if (!client) throw new Error('the test is over');
		return { client, ...(await client.ask('lobby:enter', { roomId })) };
	};
	const stranger = await enter();
	expect(stranger.admission).toBe('locked');
	expect(stranger.room.policy).toMatchObject({ locked: true, password: true, sharing: 'hosts' });
	expect((await enter(other.cookie)).admission).toBe('removed');
	for (const { client } of [host, guest]) {
		const back = await enter(client.cookie);
		expect(back.admission).toBe('open');
		const { you } = await back.client.join(roomId, 'Host');
		expect(you.role).toBe('host');
	}
});

test('HOST-2: with the database away a locked room stays shut, and calls go on', async () => {
	const postgres = await PostgresServer.start();
	try {
		service = await startServiceProcess(serviceFolder(), {
			PARLEY_DATA_DATABASEURL: await postgres.createDatabase(),
			PARLEY_LOG_LEVEL: 'error',
		});
		cast = new Cast(service);
		const { host, guest } = await hostAndGuest(cast);
		await host.client.ask('host:policy', { knocking: true });
		await postgres.stop();

		const { client } = await inLobby(cast);
		expect(await joinCode(cast, client)).toBe('NOT_ADMITTED');
		expect(await client.codeOf('lobby:enter', { roomId: newRoomId() })).toBe('UNAVAILABLE');
		expect(await host.client.codeOf('host:policy', { knocking: false })).toBe('NOT_SAVED');
		expect(host.client.told('room:policy')).toHaveLength(1);
		// Muting is not kept, and a removal does not wait for being kept.
		const { peerId, personId } = guest.you;
		expect(await host.client.codeOf('host:mute', { peerId, muted: true })).toBe('OK');
		expect(await host.client.codeOf('host:remove', { personId })).toBe('NOT_SAVED');
		expect((await guest.client.until('room:ended')).code).toBe('REMOVED');
	} finally {
		await postgres.close();
	}
}, 60_000);
