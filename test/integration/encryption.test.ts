import { describe, expect, test } from 'vitest';
import type { EncryptionCheck } from '../../shared/encryption.ts';
import type { Data } from '../../shared/protocol.ts';
import type { Cast, TestClient } from '../support/client.ts';
import {
	enterInput,
	joinInput,
	joinWith,
	newBox,
	newCheck,
	newOlderBox,
} from '../support/encrypted.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
withService((on) => ({ cast } = on), { rooms: { graceSeconds: 5 } });

type Inside = { client: TestClient; joined: Data<'room:join'> };

async function inside(check: EncryptionCheck, cookie?: string, epoch = 0): Promise<Inside> {
	const client = await cast.connect(cookie ? { cookie } : {});
	return { client, joined: await joinWith(client, cast.roomId, check, epoch) };
}

const rekeyInput = (epoch: number, peers: readonly Inside[]) => ({
	epoch,
	check: newCheck(),
	sealed: peers.map(({ joined }) => ({ peerId: joined.you.peerId, box: newBox() })),
	previous: newOlderBox(),
});

describe('ENCRYPTION-1: a room is encrypted from its first join on, for good', () => {
	test('the first one who joins with a secret makes it so, and is its host', async () => {
		const { joined } = await inside(newCheck());
		expect(joined.room.encryption).toEqual({ epoch: 0 });
		expect(joined.you.role).toBe('host');
	});

	test('it stays so when nobody is inside', async () => {
		const check = newCheck();
		const { client } = await inside(check);
		await client.ask('room:leave', {});
		const outsider = await cast.connect();
		expect(await outsider.codeOf('lobby:enter', enterInput(cast.roomId))).toBe('ENCRYPTED');
		const { joined } = await inside(check);
		expect(joined.room.encryption).toEqual({ epoch: 0 });
	});

	test('a room that was founded without a secret never gets one', async () => {
		await cast.joined();
		const client = await cast.connect();
		const enter = enterInput(cast.roomId, newCheck());
		expect(await client.codeOf('lobby:enter', enter)).toBe('NOT_ENCRYPTED');
	});

	test('a room that was founded without one and is empty never gets one', async () => {
		const first = await cast.joined();
		await first.ask('room:leave', {});
		const client = await cast.connect();
		expect(await client.codeOf('lobby:enter', enterInput(cast.roomId, newCheck()))).toBe(
			'NOT_ENCRYPTED',
		);
	});

	test('of those who join a new room at once, all have the secret of the first or are refused', async () => {
		const [one, other] = [newCheck(), newCheck()];
		const clients = await Promise.all(
			[one, other, undefined].map(async (check) => {
				const client = await cast.connect();
				await client.ask('lobby:enter', enterInput(cast.roomId, check));
				return { client, check };
			}),
		);
		const codes = await Promise.all(
			clients.map(({ client, check }) => client.codeOf('room:join', joinInput(cast.roomId, check))),
		);
		expect(codes.filter((code) => code === 'OK')).toHaveLength(1);
		for (const code of codes)
			expect(['OK', 'ENCRYPTED', 'LINK_CHANGED', 'NOT_ENCRYPTED']).toContain(code);
	});
});

describe('ENCRYPTION-2: who has another secret, or none, is refused in the lobby and at the join', () => {
	test('without a secret: ENCRYPTED; with another one: LINK_CHANGED', async () => {
		await inside(newCheck());
		const client = await cast.connect();
		expect(await client.raw('lobby:enter', enterInput(cast.roomId))).toMatchObject({
			error: {
				code: 'ENCRYPTED',
				message: 'This room is end-to-end encrypted. Open it with the whole link.',
			},
		});
		expect(await client.codeOf('lobby:enter', enterInput(cast.roomId, newCheck()))).toBe(
			'LINK_CHANGED',
		);
	});

	test('who was in the lobby before the room was encrypted is refused at the join', async () => {
		const early = await cast.connect();
		await early.ask('lobby:enter', enterInput(cast.roomId));
		await inside(newCheck());
		expect(await early.codeOf('room:join', joinInput(cast.roomId))).toBe('ENCRYPTED');
		expect(await early.codeOf('room:join', joinInput(cast.roomId, newCheck()))).toBe(
			'LINK_CHANGED',
		);
	});

	test.each([{ check: 'short' }, { check: `${'A'.repeat(42)}=` }, {}, null, 'x'])(
		'a check of another form is BAD_REQUEST: %j',
		async (encryption) => {
			const client = await cast.connect();
			const enter = { roomId: cast.roomId, encryption };
			expect(await client.codeOf('lobby:enter', enter)).toBe('BAD_REQUEST');
		},
	);

	test('a refused client leaves nothing behind: the room ends with the last one who is in', async () => {
		const check = newCheck();
		const { client } = await inside(check);
		const refused = await cast.connect();
		await refused.codeOf('lobby:enter', enterInput(cast.roomId));
		expect(await refused.codeOf('room:leave', {})).toBe('WRONG_PHASE');
		await client.ask('room:leave', {});
		const { joined } = await inside(check);
		expect(joined.peers).toEqual([]);
	});
});

test('ENCRYPTION-3: everybody inside knows to what a secret is sealed for the others', async () => {
	const check = newCheck();
	const [host, guest] = [await inside(check), await inside(check)];
	expect(guest.joined.peers[0]?.exchangeKey).toEqual(host.joined.you.exchangeKey);
	const told = await host.client.until('peer:joined');
	expect(told.peer.exchangeKey).toEqual(guest.joined.you.exchangeKey);
});

describe('ENCRYPTION-5: a new secret', () => {
	test('each peer gets its own box, and the old link opens the room no more', async () => {
		const check = newCheck();
		const [host, guest, left] = [await inside(check), await inside(check), await inside(check)];
		const input = rekeyInput(1, [host, guest]);
		const sealed = [...input.sealed, { peerId: left.joined.you.peerId, box: null }];
		await host.client.ask('encryption:rekey', { ...input, sealed });
		for (const [index, { client }] of [host, guest, left].entries()) {
			const told = await client.until('encryption:rekeyed');
			expect(told).toEqual({ epoch: 1, check: input.check, box: sealed[index]?.box });
		}
		const late = await cast.connect();
		expect(await late.codeOf('lobby:enter', enterInput(cast.roomId, check))).toBe('LINK_CHANGED');
		const { joined, client } = await inside(input.check, undefined, 1);
		expect(joined.room.encryption).toEqual({ epoch: 1 });
		const chain = { roomId: cast.roomId, check: input.check };
		expect(await client.ask('encryption:chain', chain)).toEqual({
			epoch: 1,
			previous: [input.previous],
		});
		expect(await client.codeOf('encryption:chain', { ...chain, check })).toBe('LINK_CHANGED');
	});

	test('of two at once the first counts, and the second is CONFLICT', async () => {
		const check = newCheck();
		const host = await inside(check);
		const inputs = [rekeyInput(1, [host]), rekeyInput(1, [host])];
		const codes = await Promise.all(
			inputs.map((input) => host.client.codeOf('encryption:rekey', input)),
		);
		expect(codes).toEqual(['OK', 'CONFLICT']);
		expect(await host.client.codeOf('encryption:rekey', rekeyInput(1, [host]))).toBe('CONFLICT');
		expect(await host.client.codeOf('encryption:rekey', rekeyInput(3, [host]))).toBe('CONFLICT');
		expect(await host.client.codeOf('encryption:rekey', rekeyInput(2, [host]))).toBe('OK');
	});

	test('it is CONFLICT where somebody inside has no box', async () => {
		const check = newCheck();
		const [host, guest] = [await inside(check), await inside(check)];
		expect(await host.client.codeOf('encryption:rekey', rekeyInput(1, [host]))).toBe('CONFLICT');
		await guest.client.ask('room:leave', {});
		expect(await host.client.codeOf('encryption:rekey', rekeyInput(1, [host]))).toBe('OK');
	});

	test('it is NOT_ALLOWED for guests, WRONG_PHASE outside and NOT_ENCRYPTED in other rooms', async () => {
		const check = newCheck();
		const [host, guest] = [await inside(check), await inside(check)];
		const input = rekeyInput(1, [host, guest]);
		expect(await guest.client.codeOf('encryption:rekey', input)).toBe('NOT_ALLOWED');
		expect(await (await cast.connect()).codeOf('encryption:rekey', input)).toBe('WRONG_PHASE');
		expect(guest.client.told('encryption:rekeyed')).toEqual([]);
	});

	test('who comes back meanwhile gets the box: by a new connection, or by a new page', async () => {
		const check = newCheck();
		const [host, guest] = [await inside(check), await inside(check)];
		guest.client.close();
		const { peerId, resumeToken } = guest.joined.you;
		await host.client.until('peer:connection', (told) => !told.connected);
		const input = rekeyInput(1, [host, guest]);
		await host.client.ask('encryption:rekey', input);
		const newSecret = { epoch: 1, box: input.sealed[1]?.box };
		const again = await cast.connect({ cookie: guest.client.cookie });
		const resumed = await again.ask('room:join', { ...joinInput(cast.roomId), resumeToken });
		expect(resumed).toMatchObject({ you: { peerId }, newSecret });
		await again.ask('room:leave', { unloading: true });
		const page = await cast.connect({ cookie: guest.client.cookie });
		const enter = { ...enterInput(cast.roomId, check), follows: resumeToken };
		expect(await page.ask('lobby:enter', enter)).toMatchObject({ kept: true, newSecret });
		expect(await page.ask('room:join', joinInput(cast.roomId, check, 1))).toMatchObject({
			you: { peerId },
			newSecret,
		});
	});
});

describe('ENCRYPTION-6: somebody is removed', () => {
	test('another host is asked for the new secret when the one who did it has left', async () => {
		const check = newCheck();
		const [host, other, guest] = [await inside(check), await inside(check), await inside(check)];
		const { personId } = other.joined.you;
		await host.client.ask('host:name', { personId, host: true });
		await host.client.ask('host:remove', { personId: guest.joined.you.personId });
		await host.client.ask('room:leave', {});
		expect(await other.client.until('encryption:due')).toEqual({ epoch: 0 });
		await other.client.ask('encryption:rekey', rekeyInput(1, [other]));
	});

	test('the next host who comes in is told where none is inside', async () => {
		const check = newCheck();
		const [host, guest] = [await inside(check), await inside(check)];
		await host.client.ask('host:remove', { personId: guest.joined.you.personId });
		await host.client.ask('room:leave', {});
		const back = await inside(check, host.client.cookie);
		expect(back.joined.secretDue).toBe(true);
		await back.client.ask('encryption:rekey', rekeyInput(1, [back]));
	});

	test('the one who was removed gets no box, and stays out', async () => {
		const check = newCheck();
		const [host, guest] = [await inside(check), await inside(check)];
		await host.client.ask('host:remove', { personId: guest.joined.you.personId });
		const input = rekeyInput(1, [host]);
		await host.client.ask('encryption:rekey', input);
		expect(guest.client.told('encryption:rekeyed')).toEqual([]);
		const again = await cast.connect({ cookie: guest.client.cookie });
		expect(await again.codeOf('lobby:enter', enterInput(cast.roomId, check))).toBe('LINK_CHANGED');
		const stranger = await cast.connect();
		expect(await stranger.codeOf('lobby:enter', enterInput(cast.roomId, check))).toBe(
			'LINK_CHANGED',
		);
	});
});
