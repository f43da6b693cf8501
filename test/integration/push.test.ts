import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compactVerify, decodeJwt, importJWK } from 'jose';
import { newMessageId, newRingId, newRoomId, type RoomId } from '../../shared/ids.ts';
import { Visit } from '../support/account.ts';
import { acquainted, call, meet, opened, type Caller } from '../support/calls.ts';
import { eventually, type Cast } from '../support/client.ts';
import { PushedDevice, PushService } from '../support/pushService.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let service: Service;
let cast: Cast;
let pushService: PushService;
const contact = 'mailto:admin@example.org';

withService((on) => ({ service, cast } = on), {
	push: { contact, networks: ['127.0.0.0/8', '::1'] },
});
beforeAll(async () => {
	pushService = await PushService.open();
});
afterAll(() => pushService.close());
beforeEach(() => (pushService.status = 201));

/** A request of the page, or of the service worker, of this person's browser. */
function browserOf({ client }: Pick<Caller, 'client'>): Visit {
	const visit = new Visit(service);
	for (const pair of client.cookie.split('; ')) {
		const [name = '', value = ''] = pair.split(/=(.*)/s);
		visit.hold(name, value);
	}
	return visit;
}

async function subscribe(visit: Visit, settings: Partial<PushedDevice['settings']> = {}) {
	const device = new PushedDevice(pushService);
	const { status } = await visit.ask('PUT', '/api/push', { ...device.settings, ...settings });
	expect(status).toBe(200);
	return device;
}

/** Ann, and Ben, who has one device and looks at none of his pages. */
async function annAndBen() {
	const [ann, ben] = (await acquainted(cast, 'Ann', 'Ben')) as [Caller, Caller];
	const visit = browserOf(ben);
	const device = await subscribe(visit);
	await ben.client.ask('people:idle', { idle: true });
	return { ann, ben, visit, device };
}

const say = (from: Caller, roomId: RoomId, body: string, mentions: Caller[] = []) =>
	from.client.ask('chat:post', {
		chat: { roomId },
		messageId: newMessageId(),
		draft: { body, replyTo: null, mentions: mentions.map(({ personId }) => personId), files: [] },
	});

const got = (device: PushedDevice, count: number) =>
	eventually(() => device.notices.length >= count);

describe('PUSH-1: a browser that asked for it', () => {
	test('gets a call that rings, encrypted, and what became of it under the same topic', async () => {
		const { ann, ben, device } = await annAndBen();
		const { ringId } = await call(ann, ben);
		await got(device, 1);
		expect(device.notices).toEqual([{ kind: 'ring', ringId, name: 'Ann', video: true }]);
		await ann.client.ask('call:cancel', { ringId });
		await got(device, 2);
		expect(device.notices[1]).toEqual({ kind: 'over', ringId, name: 'Ann', missed: true });

		const [rung, over] = pushService.pushed.filter(({ path }) => path === device.path);
		expect(rung?.headers).toMatchObject({
			'content-encoding': 'aes128gcm',
			ttl: '30',
			urgency: 'high',
		});
		expect(over?.headers['topic']).toBe(rung?.headers['topic']);
		for (const secret of ['Ann', ringId, ben.personId])
			expect(JSON.stringify(rung?.headers) + String(rung?.body)).not.toContain(secret);
	});

	test('is told by the key that it asked for, for its own push service', async () => {
		const { ann, ben, visit, device } = await annAndBen();
		const { data } = await visit.ask<{ key: string }>('GET', '/api/push');
		const { ringId } = await call(ann, ben);
		await got(device, 1);
		await ann.client.ask('call:cancel', { ringId });
		const sent = pushService.pushed.find(({ path }) => path === device.path);
		const [, token = '', key] =
			/^vapid t=(.+), k=(.+)$/.exec(sent?.headers.authorization ?? '') ?? [];
		expect(key).toBe(data.key);
		const point = Buffer.from(data.key, 'base64url');
		const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) =>
			half.toString('base64url'),
		);
		await compactVerify(token, await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256'));
		expect(decodeJwt(token)).toMatchObject({ aud: pushService.origin, sub: contact });
	});

	test('learns that a call was accepted elsewhere, and declines one without a page', async () => {
		const { ann, ben, visit, device } = await annAndBen();
		const first = await call(ann, ben);
		await got(device, 1);
		await ben.client.ask('call:accept', { ringId: first.ringId });
		await got(device, 2);
		expect(device.notices[1]).toMatchObject({ kind: 'over', missed: false });

		const { ringId } = await call(ann, ben, { roomId: newRoomId() });
		await got(device, 3);
		expect((await visit.ask('POST', '/api/push/decline', { ringId })).status).toBe(200);
		expect(await ann.client.until('call:over', (told) => told.ringId === ringId)).toMatchObject({
			outcome: 'declined',
		});
		const again = await visit.ask('POST', '/api/push/decline', { ringId: newRingId() });
		expect(again.code).toBe('NOT_FOUND');
	});

	test('gets no call that does not ring: of people who are blocked, and while nobody may disturb', async () => {
		const { ann, ben, device } = await annAndBen();
		const zoe = await opened(cast, 'Zoe');
		await meet(cast, zoe);
		await ben.client.ask('people:block', { personId: ann.personId });
		await call(ann, ben);
		await ben.client.ask('people:choose', { state: 'do-not-disturb' });
		await call(zoe, ben);
		await ben.client.ask('people:choose', { state: 'available' });
		const cleo = await opened(cast, 'Cleo');
		await meet(cast, cleo);
		const { ringId } = await call(cleo, ben);
		await got(device, 1);
		expect(device.notices).toEqual([{ kind: 'ring', ringId, name: 'Cleo', video: true }]);
	});
});

describe('PUSH-2: messages', () => {
	test('for the person alone and those that mention them are told, and others are not', async () => {
		const { ann, ben, device } = await annAndBen();
		const { roomId } = await ann.client.ask('people:direct', {
			personId: ben.personId,
			name: 'Ann',
		});
		await say(ann, cast.roomId, 'to everybody');
		await say(ann, cast.roomId, 'to *you*', [ben]);
		await say(ann, roomId, 'to you alone');
		await got(device, 2);
		expect(device.notices).toEqual([
			{
				...{ kind: 'message', roomId: cast.roomId, with: null, name: 'Ann', room: null },
				...{ direct: false, text: 'to *you*' },
			},
			{
				...{ kind: 'message', roomId, with: ann.personId, name: 'Ann', room: null },
				...{ direct: true, text: 'to you alone' },
			},
		]);
	});

	test('are not told while the person looks at a page, mutes the room, wants calls only, or wants no disturbance', async () => {
		const { ann, ben, visit, device } = await annAndBen();
		const zoe = await opened(cast, 'Zoe');
		await meet(cast, zoe);
		const other = await subscribe(browserOf(zoe));
		await zoe.client.ask('people:idle', { idle: true });
		let told = 0;
		/** Told to Zoe in any case, by the same look at both. */
		const mention = async (body: string) => {
			await say(ann, cast.roomId, body, [ben, zoe]);
			await got(other, ++told);
		};
		await ben.client.ask('people:idle', { idle: false });
		await mention('looking');
		await ben.client.ask('people:idle', { idle: true });
		const change = (settings: object) =>
			visit.ask('PUT', '/api/push', { ...device.settings, ...settings });
		await change({ muted: [cast.roomId] });
		await mention('muted');
		await change({ messages: false });
		await mention('calls only');
		await change({});
		await ben.client.ask('people:choose', { state: 'do-not-disturb' });
		await mention('not now');
		await ben.client.ask('people:choose', { state: 'available' });
		await mention('now');
		await got(device, 1);
		expect(device.notices).toMatchObject([{ text: 'now' }]);
	});

	test('of one person are told ten times in a minute, and do not use up what others have', async () => {
		const { ann, ben, device } = await annAndBen();
		const zoe = await opened(cast, 'Zoe');
		await meet(cast, zoe);
		for (let line = 1; line <= 12; line++) await say(ann, cast.roomId, `line ${line}`, [ben]);
		await say(zoe, cast.roomId, 'from Zoe', [ben]);
		await eventually(() => JSON.stringify(device.notices).includes('from Zoe'));
		expect(device.notices).toHaveLength(11);
	});
});

describe('PUSH-3: a subscription', () => {
	const devicesOf = ({ personId }: Caller) =>
		service.app.store.pushes.of([personId], null, { now: Date.now(), usedAfter: 0 });

	test.each([
		['is switched off', (visit: Visit) => visit.ask('DELETE', '/api/push')],
		[
			'signs out',
			async (visit: Visit) => {
				await visit.signUp(`push-${crypto.randomUUID().slice(0, 8)}`);
				await subscribe(visit);
				return visit.ask('POST', '/api/account/sign-out', {});
			},
		],
		[
			'is deleted',
			(visit: Visit) =>
				visit.ask('POST', '/api/account/delete', { password: null, messages: 'keep' }),
		],
		[
			'is suspended',
			async (_visit: Visit, ben: Caller) => {
				const until = Date.now() + 60_000;
				await service.app.accountStatus.suspend(ben.personId, { until, reason: '' });
				return { status: 200 };
			},
		],
	])('ends when its person %s', async (_what, end) => {
		const { ben, visit } = await annAndBen();
		expect(await devicesOf(ben)).toHaveLength(1);
		expect((await end(visit, ben)).status).toBe(200);
		expect(await devicesOf(ben)).toEqual([]);
	});

	test.each([404, 410])(
		'is forgotten after the answer %i, and nothing else fails',
		async (status) => {
			const { ann, ben, device } = await annAndBen();
			pushService.status = status;
			const { ringId } = await call(ann, ben);
			await got(device, 1);
			await eventually(async () => (await devicesOf(ben)).length === 0);
			expect(await ann.client.codeOf('call:cancel', { ringId })).toBe('OK');
		},
	);

	test('outlives a push service that has trouble', async () => {
		const { ann, ben, device } = await annAndBen();
		pushService.status = 503;
		await say(ann, cast.roomId, 'lost', [ben]);
		await got(device, 1);
		pushService.status = 201;
		await say(ann, cast.roomId, 'there', [ben]);
		await got(device, 2);
		expect(await devicesOf(ben)).toHaveLength(1);
	});

	test.each([
		'http://localhost/push',
		'https://127.0.0.1/push',
		'https://0x7f.1/push',
		'https://[::1]/push',
		'https://user:secret@push.example.org/',
		'ftp://push.example.org/',
		'push.example.org',
		`https://push.example.org/${'x'.repeat(1000)}`,
	])('is refused for the address %s', async (endpoint) => {
		const visit = await Visit.guest(service);
		const { settings } = new PushedDevice(pushService);
		expect((await visit.ask('PUT', '/api/push', { ...settings, endpoint })).code).toBe(
			'BAD_REQUEST',
		);
	});

	test('belongs to a browser: a token has none', async () => {
		const visit = await Visit.guest(service);
		const { data } = await visit.ask<{ secret: string }>('POST', '/api/tokens', { name: 'x' });
		const headers = { authorization: `Bearer ${data.secret}` };
		const { settings } = new PushedDevice(pushService);
		expect((await visit.ask('PUT', '/api/push', settings, headers)).code).toBe('NOT_ALLOWED');
	});
});
