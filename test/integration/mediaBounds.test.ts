import { describe, expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { mediaSource } from '../../shared/mediaSource.ts';
import type { Cast, TestClient } from '../support/client.ts';
import { figure } from '../support/figure.ts';
import { produceInput } from '../support/rtp.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let service: Service;
let cast: Cast;

const entering = async (roomId = newRoomId()) => {
	const client = await cast.connect();
	return { client, answer: await client.raw('lobby:enter', { roomId }) };
};
const limit = (words: RegExp) => ({
	ok: false,
	error: { code: 'LIMIT_REACHED', message: expect.stringMatching(words) as string },
});

describe('MEDIA-20, A-H5: rooms altogether', () => {
	withService((on) => ({ cast } = on), { media: { workers: 2, roomsPerWorker: 2 } });

	test('are as many as the workers carry; the next is refused in words, and those inside go on', async () => {
		const inside: TestClient[] = [];
		for (let room = 0; room < 4; room++) {
			const { client, answer } = await entering();
			expect(answer.ok).toBe(true);
			inside.push(client);
		}
		expect((await entering()).answer).toEqual(limit(/server is full/));
		// So is a hall, and it takes no place from a room.
		const stranger = await cast.connect();
		expect(await stranger.raw('match:enter', { media: true })).toEqual(limit(/server is full/));
		expect(await stranger.codeOf('match:enter', { media: false })).toBe('OK');
		const [first] = inside;
		expect(await first?.codeOf('media:produce', produceInput('camera'))).toBe('OK');
		await first?.ask('room:leave', {});
		expect((await entering()).answer.ok).toBe(true);
	});
});

describe('MEDIA-20, A-H5: people altogether', () => {
	withService((on) => ({ service, cast } = on), { media: { workers: 1, peersPerWorker: 3 } });

	test('are as many as the worker carries, in rooms, lobbies and halls together', async () => {
		const roomId = newRoomId();
		const first = await entering(roomId);
		expect((await entering(roomId)).answer.ok).toBe(true);
		const stranger = await cast.connect();
		expect(await stranger.codeOf('match:enter', { media: true })).toBe('OK');
		for (const id of [roomId, newRoomId()])
			expect((await entering(id)).answer).toEqual(limit(/server is full/));
		expect(await (await cast.connect()).raw('match:enter', { media: true })).toEqual(
			limit(/server is full/),
		);
		// A hall that nobody could come into is no hall.
		expect(service.app.matchPeers.census.pools).toBe(1);
		await stranger.ask('match:leave', {});
		const another = await entering(roomId);
		expect(another.answer.ok).toBe(true);
		expect(await stranger.raw('match:enter', { media: true })).toEqual(limit(/server is full/));
		expect(service.app.matchPeers.census.pools).toBe(0);
		await another.client.ask('room:leave', {});
		await first.client.ask('room:leave', {});
		// One place, however often it is given back and taken.
		for (let turn = 0; turn < 5; turn++) {
			const { client, answer } = await entering(roomId);
			expect(answer.ok).toBe(true);
			await client.ask('room:leave', {});
		}
	});

	test('what many ask for in the same moment does not get past the bound', async () => {
		const roomId = newRoomId();
		const clients = await Promise.all(Array.from({ length: 8 }, () => cast.connect()));
		const codes = await Promise.all(
			clients.map((client) => client.codeOf('lobby:enter', { roomId })),
		);
		expect(codes.toSorted()).toEqual([
			...Array.from({ length: 5 }, () => 'LIMIT_REACHED'),
			...Array.from({ length: 3 }, () => 'OK'),
		]);
	});
});

describe('MEDIA-20: people altogether, on two workers', () => {
	withService((on) => ({ service, cast } = on), { media: { workers: 2, peersPerWorker: 3 } });

	test('are as many as both carry, in one room, which grows onto the other worker', async () => {
		const roomId = newRoomId();
		const inside: TestClient[] = [];
		for (let peer = 0; peer < 6; peer++) {
			const { client, answer } = await entering(roomId);
			expect(answer.ok).toBe(true);
			inside.push(client);
		}
		expect((await entering(roomId)).answer).toEqual(limit(/server is full/));
		expect(await figure(service, 'parley_wide_rooms')).toBe(1);
		await inside[0]?.ask('room:leave', {});
		expect((await entering(roomId)).answer.ok).toBe(true);
	});
});

describe('MEDIA-20, A-H5: one room', () => {
	withService((on) => ({ cast } = on), { media: { lobbyPeers: 2 } });

	test('has as many people in its lobby as are configured, besides those inside', async () => {
		await cast.joined('Inside');
		const { client } = await entering(cast.roomId);
		await entering(cast.roomId);
		expect((await entering(cast.roomId)).answer).toEqual(limit(/room's lobby/));
		await client.join(cast.roomId, 'Came in');
		expect((await entering(cast.roomId)).answer.ok).toBe(true);
	});

	test('takes four producers of a peer, and new ones only for those that ended', async () => {
		const client = await cast.joined('Sender');
		for (let turn = 0; turn < 3; turn++)
			for (const source of mediaSource.options)
				expect(await client.codeOf('media:produce', produceInput(source))).toBe(
					turn === 0 ? 'OK' : 'CONFLICT',
				);
	});
});
